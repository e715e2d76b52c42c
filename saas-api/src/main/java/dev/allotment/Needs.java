// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a use case with the permissions that the {@link TeamRole} of a portal account, or the {@link Role} of an
 * operator, needs for it. Without one of them, the call is refused with {@code access.not-allowed}. A use case without
 * this mark is for administrators.
 *
 * <p>At an interface it marks the methods that the interface inherits from {@link dev.allotment.Lookup}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface Needs {
    /**
     * Returns the permissions, all of which are needed. Empty: none, because the use case is about the account itself
     * or checks a secret. Then an account may call it that belongs to no team, and an operator has only its own
     * records there.
     */
    Permission[] value();

    /** Returns what the role of an operator needs instead. Empty: the same. */
    Permission[] operators() default {};
}
