// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/** What an {@link Event} tells. */
public enum EventType {
    /** A stranger opened an account. */
    SIGNED_UP,
    PASSWORD_CHANGED,
    /** A client database was made and opened; details: name, plan, notify (whether the owner is to be written to). */
    TENANT_CREATED,
    /** A client database was made as a copy; details: name, source. */
    TENANT_DUPLICATED,
    /** Details: install, update, uninstall. */
    TENANT_CONFIGURED,
    /** Details: from, to. */
    TENANT_RENAMED,
    /** Limits, blocking or customer were changed. */
    TENANT_CHANGED,
    /** Details: from, to, reason. */
    TENANT_EXTENDED,
    /** The time of a client database is about to end; details: expiresAt. */
    TENANT_EXPIRING,
    /** Details: cause. */
    TENANT_SUSPENDED,
    /** Details: cause that is gone. */
    TENANT_RESUMED,
    TENANT_DELETED,
    /** An access token was used. */
    TENANT_ENTERED,
    TEMPLATE_BUILT,
    TEMPLATE_DELETED
}
