// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import dev.allotment.erasure.Erasures;
import dev.allotment.fleet.Servers;

/** The types of an {@link Event}, with the names of its {@link Event#details}. */
public enum EventType {
    /** A stranger opened an account. */
    SIGNED_UP,

    /** The password of an account was changed or set. Details: imported ({@code true} for a hash that was imported). */
    PASSWORD_CHANGED,

    /** An API key was created. Details: key (its number), name, scope, expires; user in a tenant database (a login). */
    API_KEY_CREATED,

    /** An API key was replaced by another one. Details: as {@link #API_KEY_CREATED}, and replaces (a number). */
    API_KEY_ROTATED,

    /** An API key was revoked. Details: key (its number), name; user in a tenant database (a login). */
    API_KEY_REVOKED,

    /** A user signed in with a browser that had not signed in to the account before. Details: browser. */
    NEW_DEVICE,

    /** A second factor was set up for an account. */
    FACTOR_SET,

    /** A user turned off the second factor of its account. */
    FACTOR_TURNED_OFF,

    /** An administrator removed the second factor of an account. */
    FACTOR_RESET,

    /** A recovery code was used. Details: left (how many are left). */
    FACTOR_CODE_USED,

    /** The recovery codes of an account were replaced. */
    FACTOR_CODES_RENEWED,

    /** A passkey was added to an account. Details: passkey (its number). */
    PASSKEY_ADDED,

    /** A passkey was removed from an account by its user. Details: passkey (its number). */
    PASSKEY_REMOVED,

    /** An identity provider was created. Details: provider (its id), customer (its id; none if it is for everyone). */
    IDENTITY_PROVIDER_CREATED,

    /** An identity provider or its secret was changed. Details: as {@link #IDENTITY_PROVIDER_CREATED}. */
    IDENTITY_PROVIDER_CHANGED,

    /** An identity provider was deleted. Details: as {@link #IDENTITY_PROVIDER_CREATED}. */
    IDENTITY_PROVIDER_DELETED,

    /** A customer has proven that a mail domain is its own. Details: mailDomain (its number), customer (its id). */
    IDENTITY_DOMAIN_VERIFIED,

    /** The proof of a mail domain was gone for too long. Details: as {@link #IDENTITY_DOMAIN_VERIFIED}. */
    IDENTITY_DOMAIN_LAPSED,

    /** A customer has removed a mail domain. Details: as {@link #IDENTITY_DOMAIN_VERIFIED}. */
    IDENTITY_DOMAIN_REMOVED,

    /** An account was linked to a person at an identity provider. Details: provider (its id). */
    IDENTITY_LINKED,

    /** The link of an account to an identity provider was removed by its user. Details: as {@link #IDENTITY_LINKED}. */
    IDENTITY_UNLINKED,

    /**
     * It was decided whether each member of a team needs a second factor or a passkey. Details: customer, required
     * ({@code true} or {@code false}).
     */
    TEAM_FACTOR_CHANGED,

    /** A tenant was created and opened. Details: name, plan, notify (whether the owner gets an email). */
    TENANT_CREATED,

    /**
     * A tenant was created as a copy. Details: name, source, neutralised (see {@link Parameter#NEUTRALISED}), and
     * expiresAt of a preview copy.
     */
    TENANT_DUPLICATED,

    /** An existing database became a tenant. Details: name, plan. */
    TENANT_ADOPTED,

    /**
     * A configuration change was applied. Details: install, update, uninstall (names of add-ons); suspended (true or
     * false), if the change contains it; before (the identity of a backup), if one was made before the change.
     */
    TENANT_CONFIGURED,

    /**
     * The tenant schema was migrated in a tenant database. Details: from (empty if unknown), to; before (the identity
     * of a backup), if one was made before it.
     */
    TENANT_MIGRATED,

    /** A tenant was renamed. Details: from, to. */
    TENANT_RENAMED,

    /** A tenant was moved to another database server. Details: name; from, to (the names of the servers). */
    TENANT_MOVED,

    /** A host was added to a tenant. Details: host. */
    TENANT_DOMAIN_ADDED,

    /** A host was removed from a tenant. Details: host. */
    TENANT_DOMAIN_REMOVED,

    /**
     * Limits, blocking, trial, customer or tags of a tenant were changed. Details: name, and for each changed field
     * of {@link Tenant} two values, such as {@code maxUsers.from} and {@code maxUsers.to}. A change of the expiry is
     * {@link #TENANT_EXTENDED}.
     */
    TENANT_CHANGED,

    /**
     * A tenant was moved to another plan or version. Details: from, to (each a plan and its version), installed,
     * removed, forced.
     */
    TENANT_PLAN_SWITCHED,

    /** The expiry of a tenant was changed in any way. Details: from, to, reason. */
    TENANT_EXTENDED,

    /** A tenant is about to expire. Details: expiresAt. */
    TENANT_EXPIRING,

    /**
     * A tenant exceeds its storage limit: it grew, or the limit was set below its size. Details: name, used, limit (in
     * megabytes).
     */
    TENANT_STORAGE_EXCEEDED,

    /** A tenant was suspended. Details: cause. */
    TENANT_SUSPENDED,

    /** A tenant was resumed. Details: cause (the one that no longer applies). */
    TENANT_RESUMED,

    /**
     * A tenant was soft-deleted. Details: name, until (when its database is removed), and account (the id of the
     * account that deleted it) unless the embedder or the maintenance did.
     */
    TENANT_RETAINED,

    /** A soft-deleted tenant was restored. Details: name. */
    TENANT_RESTORED,

    /**
     * An administrator abandoned an operation. Details: operation, kind, step, node, reason, remains (what it may have
     * left behind).
     */
    OPERATION_ABANDONED,

    /** A pre-deletion backup was made. Details: name, backup. */
    TENANT_BACKED_UP,

    /**
     * A tenant database was removed for good: see {@link DeletionProof}. Details: name, uuid, server, requestedBy,
     * requestedAt, verified, backup if there was a pre-deletion backup, and backups ({@code deleted}, with the key
     * that they were encrypted with) if there is a store for them.
     */
    TENANT_DELETED,

    /** A sign-in link was used. */
    TENANT_ENTERED,

    /**
     * An older catalog was restored, or its server failed over to an older state, and starts a new epoch. Details:
     * epoch, spares (how many are not used any more), names (how many were reserved for databases that it does not
     * know), tenants (how many have changed since, and are left alone), changed (the names of the first of these),
     * moved (the names of those that are on another server than recorded, and are used there).
     */
    CATALOG_RESTORED,

    /** The database of a tenant was brought in line with the catalog. Details: name, findings (their codes). */
    TENANT_REPAIRED,

    /**
     * A database or a login that no tenant has was dropped because an administrator named it. Details: database,
     * server (its name), finding (its code).
     */
    ORPHAN_DROPPED,

    /** An administrator confirmed that the catalog was moved or restored. Details: from, to (its places). */
    CATALOG_MOVED,

    /** An operator ended the use of the catalog at its place, to move it. */
    CATALOG_LEFT,

    /** An administrator made a copy of the catalog a separate control plane. Details: from, to (its identities). */
    CATALOG_SEPARATED,

    /** A template was built. */
    TEMPLATE_BUILT,

    /** A template was deleted. */
    TEMPLATE_DELETED,

    /** A database server was {@linkplain Servers#giveUp given up} as lost. Details: server (its name). */
    SERVER_GIVEN_UP,

    /** A database server that was given up is {@linkplain Servers#reinstate used again}. Details: server (its name). */
    SERVER_REINSTATED,

    /**
     * Sessions of a tenant's application were ended, because they took too much of the database server or should not
     * have existed. At most once in ten minutes for a tenant and a reason on each node. Details: name, reason, count.
     */
    SESSIONS_ENDED,

    /**
     * The login of a tenant had rights of an administrator, of the control plane or of another tenant, and lost them.
     * An
     * operator should find out how it got them. Details: name.
     */
    RIGHTS_REVOKED,

    /**
     * An export of a tenant was started, for its customer, or a dump. Details: name; of a dump: dump ({@code true}); of
     * a backup: backup (its id); of a prepared export: export (its id), and downloaded if this is a download.
     */
    TENANT_EXPORTED,

    /**
     * An export of a customer was started. Details: customer (its id), tenants (how many databases it has). Each of
     * these has {@link #TENANT_EXPORTED}, too, when it is read.
     */
    CUSTOMER_EXPORTED,

    /** An account requested the erasure of its customer, see {@link Erasures#request}. Details: requestedAt. */
    ERASURE_REQUESTED,

    /** The request of an account for an erasure was withdrawn. */
    ERASURE_WITHDRAWN,

    /**
     * A customer was erased, with everything that named it, see {@link Erasures}. Details: customer (its id),
     * requestedAt; accounts, tenants (how many were removed), events, operations, usage (how many of their records stay
     * without names). Each tenant that had a database has {@link #TENANT_DELETED}, too.
     */
    CUSTOMER_ERASED,

    /**
     * A backup of a tenant was made. Details: name, backup (its identity), bytes (its size in the store), sourceServer
     * (if it was read from a source).
     */
    BACKUP_CREATED,

    /**
     * A tenant was created from a backup or a dump. Details: name, source (the UUID of the tenant that the backup was
     * made of; a dump can have any), backup (its identity), dump ({@code true} if it was a dump), server, neutralised
     * (see {@link Parameter#NEUTRALISED}; empty if it was not), imported ({@code true} if another installation made the
     * backup), expiresAt (of a preview copy).
     */
    BACKUP_RESTORED,

    /**
     * A database server refused a part of a backup or a dump that was restored, in a drill, too. The database is
     * without it, and has everything else. Details: name, part (what is missing).
     */
    PART_NOT_RESTORED,

    /**
     * A tenant was brought back to a backup. Details: name, backup (its identity), before (the identity of the backup
     * of the state that the tenant had until then).
     */
    TENANT_RESTORED_IN_PLACE,

    /**
     * A tenant got the database of another tenant, and that one the database of this one. Each of the two has this
     * event. Details: name; with (the name of the other one), withUuid (its identity); until (when the one that got the
     * previous state is deleted); neutralised (see {@link Parameter#NEUTRALISED}; empty if the new state of the
     * first one is not).
     */
    TENANT_SWAPPED,

    /**
     * A backup of a tenant was deleted. Details: name, backup (its identity), reason ({@code requested}, {@code
     * retention} if newer ones replaced it, or {@code limit} if there was no room for a scheduled one).
     */
    BACKUP_DELETED,

    /**
     * A scheduled backup of a tenant was not made, because the limit of its plan is reached ({@link
     * Plan#backupLimitMb}). Details: name, limit (in megabytes).
     */
    BACKUP_SKIPPED,

    /** A backup was restored as a drill. Details: name, backup (its identity), members (how many there were). */
    BACKUP_DRILLED,

    /** A backup could not be restored as a drill. Details: name, backup (its identity), error (the code), message. */
    BACKUP_DRILL_FAILED,

    /** A campaign was started. Details: campaign (the id of its operation), change. */
    CAMPAIGN_STARTED,

    /** A campaign was paused. Details: as {@link #CAMPAIGN_STARTED}. */
    CAMPAIGN_PAUSED,

    /** A campaign was continued. Details: as {@link #CAMPAIGN_STARTED}, retry (whether failed tenants are retried). */
    CAMPAIGN_RESUMED,

    /**
     * A campaign is done, was stopped by failures, was cancelled or abandoned, or failed itself. Details: as {@link
     * #CAMPAIGN_STARTED}, done, failed (numbers of tenants), error (the code; empty: done).
     */
    CAMPAIGN_ENDED,

    /**
     * The payment state of a customer, or of one tenant, was reported, and differs from what was known. Details:
     * customer (its id; none if the tenant has no customer), from (empty if none was known), to, since.
     */
    PAYMENT_CHANGED,

    /**
     * A customer, or one tenant, is not paid, and the plan wants a notice on this day. Details: customer (its id; none
     * if the tenant has no customer), day (a number of {@link PaymentTerms#noticeDays}), since, suspendsAt (when the
     * tenant for which this was found is suspended), name (that of the tenant; none if it is about the customer).
     */
    PAYMENT_DUE,

    /**
     * An account got into the team of a customer. Details: customer (its id), account (its id), role; invitation (its
     * id, if the account accepted one).
     */
    TEAM_MEMBER_ADDED,

    /**
     * A member of a team got another role or other tenants. Details: customer (its id), account (its id), role, tenants
     * ({@code all}, or their ids).
     */
    TEAM_MEMBER_CHANGED,

    /** An account was removed from the team of a customer, or left it. Details: customer (its id), account (its id). */
    TEAM_MEMBER_REMOVED,

    /**
     * A person was invited to the team of a customer, or again. Details: customer (its id), invitation (its id), role,
     * expiresAt.
     */
    TEAM_INVITATION_CREATED,

    /** An invitation was accepted. Details: customer (its id), invitation (its id), account (its id). */
    TEAM_INVITATION_ACCEPTED,

    /** An invitation was declined. Details: customer (its id), invitation (its id). */
    TEAM_INVITATION_DECLINED,

    /** An invitation was revoked, or replaced. Details: as {@link #TEAM_INVITATION_DECLINED}. */
    TEAM_INVITATION_REVOKED,

    /**
     * An operator has requested access to a tenant. Details: customer (its id), supportAccess (its id), right,
     * expiresAt.
     */
    SUPPORT_ACCESS_REQUESTED,

    /**
     * A customer has granted support access. Details: as {@link #SUPPORT_ACCESS_REQUESTED}; standing ({@code true}, if
     * its standing answer did).
     */
    SUPPORT_ACCESS_GRANTED,

    /** A customer, or its standing answer, has refused support access. Details: as {@link #SUPPORT_ACCESS_GRANTED}. */
    SUPPORT_ACCESS_REFUSED,

    /**
     * An operator has withdrawn a request, or has given support access back. Details: customer, supportAccess, right.
     */
    SUPPORT_ACCESS_WITHDRAWN,

    /** A customer has revoked support access. Details: as {@link #SUPPORT_ACCESS_WITHDRAWN}. */
    SUPPORT_ACCESS_REVOKED,

    /** A request was not answered in time, or the time of support access has passed. Details: as before. */
    SUPPORT_ACCESS_EXPIRED,

    /**
     * An operator has entered the application of a tenant. Details: customer, supportAccess, right, use (its number).
     */
    SUPPORT_ACCESS_USED,

    /** A customer has set its standing answer to requests for support access. Details: customer, answer, hours. */
    SUPPORT_SETTING_CHANGED,

    /** A webhook endpoint was created. Details: webhook (its id), customer (its id; none for operators). */
    WEBHOOK_CREATED,

    /** A webhook endpoint was changed or enabled. Details: as {@link #WEBHOOK_CREATED}. */
    WEBHOOK_CHANGED,

    /** The secret of a webhook endpoint was replaced. Details: as {@link #WEBHOOK_CREATED}. */
    WEBHOOK_SECRET_ROTATED,

    /**
     * A webhook endpoint was disabled. Details: as {@link #WEBHOOK_CREATED}, failed ({@code true} if its
     * receiver is the reason).
     */
    WEBHOOK_DISABLED,

    /** A webhook endpoint was deleted. Details: as {@link #WEBHOOK_CREATED}. */
    WEBHOOK_DELETED,

    /**
     * A day of usage of a tenant was closed, or closed again because its values had changed. Details: usage (the number
     * of the {@link Usage}), day, revision; customer (that of the tenant when the day was closed for the first time, if
     * it had one); the value of each of the {@link UsageMetrics} as {@code value.}, followed by its name, and that in
     * the revision before as {@code before.}, followed by its name.
     */
    USAGE_CLOSED,

    /** A closed day of usage was corrected. Details: usage (the number of the {@link Usage}), day, reason. */
    USAGE_CORRECTED
}
