// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import dev.allotment.access.ApiKeyScope;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a use case that a caller with a limited API key may call, within the rights of the key's user. A use case
 * without this mark refuses limited keys with {@code access.not-allowed}: it needs {@link ApiKeyScope#EVERYTHING}.
 *
 * <p>A session that the identity provider of a customer has opened is limited to that customer. It may call what keys
 * for one customer may, and what has the mark {@link Keys#PROVIDED_SESSION}. Everything else is refused with {@code
 * identity.limited-session}: the operator of that provider can open such sessions, and must not change the account.
 *
 * <p>At an interface it marks the methods that the interface inherits from {@link Lookup}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface AllowedFor {
    /** Returns the kinds of limited keys and sessions that may call it. */
    Keys[] value();

    /** A kind of limited API keys or sessions. */
    enum Keys {
        /** Keys with the scope {@link ApiKeyScope#READ_ONLY}. */
        READ_ONLY,

        /**
         * Keys that are limited to the tenants of one customer or of one plan, see {@link ApiKeyScope#ofCustomer} and
         * {@link ApiKeyScope#ofPlan}. Other tenants do not exist for them.
         */
        TENANTS,

        /** Keys with the scope {@link ApiKeyScope#PAYMENTS}. */
        PAYMENTS,

        /** Sessions that the identity provider of a customer has opened. */
        PROVIDED_SESSION
    }
}
