// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/** What an {@link Event} tells. */
public enum EventType {
    /** A stranger opened an account. */
    SIGNED_UP,
    PASSWORD_CHANGED,
    /** A client database was made and opened; details: name, plan, notify (whether the owner is to be written to). */
    TENANT_CREATED,
    /** A client database was made as a copy; details: name, source, neutralised ({@link Parameter#NEUTRALISED}). */
    TENANT_DUPLICATED,
    /** A database that others had made became a client database; details: name, plan. */
    TENANT_ADOPTED,
    /** Details: install, update, uninstall (names of add-ons); suspended (true or false), where the configuration says it. */
    TENANT_CONFIGURED,
    /** Details: from, to. */
    TENANT_RENAMED,
    /** Details: host. */
    TENANT_ALIAS_ADDED,
    /** Details: host. */
    TENANT_ALIAS_REMOVED,
    /**
     * Limits, blocking, trial, customer or tags were changed; details: name, and for each changed field of {@link Tenant} two,
     * called like it, {@code maxUsers.from} and {@code maxUsers.to}. Its time has events of its own.
     */
    TENANT_CHANGED,
    /** Moved to another plan or version; details: from, to (each a plan and its version), installed, removed, forced. */
    TENANT_PLAN_SWITCHED,
    /** Its time was changed, in whatever way; details: from, to, reason. */
    TENANT_EXTENDED,
    /** The time of a client database is about to end; details: expiresAt. */
    TENANT_EXPIRING,
    /** It began to hold more than its limit, or its limit came down below what it holds; details: name, used, limit (in megabytes). */
    TENANT_STORAGE_EXCEEDED,
    /** Details: cause. */
    TENANT_SUSPENDED,
    /** Details: cause that is gone. */
    TENANT_RESUMED,
    /** Deleted, and kept until then; details: name, until. */
    TENANT_RETAINED,
    /** Taken back before it was gone; details: name. */
    TENANT_RESTORED,
    /** A final backup was made before it was removed; details: name, backup. */
    TENANT_BACKED_UP,
    /**
     * Gone for good: see {@link DeletionProof}; details: name, uuid, server, requestedBy, requestedAt, verified, and backup if
     * there was one.
     */
    TENANT_DELETED,
    /** An access token was used. */
    TENANT_ENTERED,
    TEMPLATE_BUILT,
    TEMPLATE_DELETED,
    /** A database server was {@link Servers#giveUp given up} as lost; details: server (its name). */
    SERVER_GIVEN_UP
}
