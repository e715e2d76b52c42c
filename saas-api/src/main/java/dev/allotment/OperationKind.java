// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import dev.allotment.backup.Backups;
import dev.allotment.erasure.Erasures;
import dev.allotment.fleet.Campaigns;

/** What an {@link Operation} does. */
public enum OperationKind {
    /** Creates a customer. Recorded, as finished, only if the request had an idempotency key. */
    CREATE_CUSTOMER,

    /** Creates a plan. Recorded, as finished, only if the request had an idempotency key. */
    CREATE_PLAN,

    /** Creates a tenant. */
    CREATE_TENANT,

    /** Copies a tenant. */
    DUPLICATE_TENANT,

    /** Applies a configuration change. */
    CONFIGURE_TENANT,

    /** Renames a tenant. */
    RENAME_TENANT,

    /** Moves a tenant to another database server. */
    MOVE_TENANT,

    /** Suspends a tenant. */
    SUSPEND_TENANT,

    /** Resumes a tenant. */
    RESUME_TENANT,

    /** Changes limits or expiry of a tenant. */
    UPDATE_TENANT,

    /** Moves a tenant to another plan or version. */
    SWITCH_PLAN,

    /** Soft-deletes a tenant. */
    RETAIN_TENANT,

    /** Restores a soft-deleted tenant. */
    RESTORE_TENANT,

    /** Removes a tenant database for good. */
    DELETE_TENANT,

    /** Builds a template. */
    BUILD_TEMPLATE,

    /** Deletes a template. */
    DELETE_TEMPLATE,

    /** Builds a spare. */
    BUILD_SPARE,

    /** Deletes a spare. */
    DELETE_SPARE,

    /** Turns an existing database into a tenant. */
    ADOPT_TENANT,

    /** Turns an existing database into a template. */
    ADOPT_TEMPLATE,

    /** Migrates the tenant schema in a tenant database. */
    MIGRATE_TENANT,

    /** Brings many tenants to one state, each with a separate operation, see {@link Campaigns}. */
    CAMPAIGN,

    /** Runs an action of the embedder on a tenant, as a part of a {@link #CAMPAIGN}. */
    RUN_TENANT_ACTION,

    /** Brings the name, the rights and the state of a tenant database in line with the catalog. */
    REPAIR_TENANT,

    /** Repairs what a check of the catalog against the database servers finds. */
    REPAIR,

    /** Makes a backup of a tenant. */
    BACK_UP_TENANT,

    /** Creates a tenant from a backup or a dump. */
    RESTORE_BACKUP,

    /** Brings a tenant back to a backup. */
    RESTORE_IN_PLACE,

    /** Deletes a backup of a tenant. */
    DELETE_BACKUP,

    /** Encrypts the key of a tenant's backups again, with another secret key. */
    ENCRYPT_BACKUP_KEY,

    /** Restores a backup into a database that is deleted afterwards, see {@link Backups#drill}. */
    DRILL_BACKUP,

    /** Erases a customer, see {@link Erasures}. */
    ERASE_CUSTOMER,

    /** Exchanges the databases of two tenants, see {@link Tenants#swap}. */
    SWAP_TENANTS,

    /** Prepares an export of a tenant, see {@link AsyncOperations#prepareExport}. */
    EXPORT_TENANT
}
