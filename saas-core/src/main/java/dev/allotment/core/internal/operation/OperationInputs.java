// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.backup.BackupId;
import dev.allotment.spi.backend.StoredOperation;
import java.util.Map;

/** The keys under which operations store their input. They are stored data, so they must not change. */
public final class OperationInputs {
    public static final String SOURCE_NAME = "sourceName";
    public static final String SOURCE_UUID = "sourceUuid";
    public static final String SOURCE_SERVER = "sourceServer";
    /** The server that a tenant is moved to. */
    public static final String TARGET_SERVER = "targetServer";
    /** Present if a tenant is moved while it is open. */
    public static final String LIVE = "live";
    /** Why a tenant is closed while it is moved, for operators. */
    public static final String CLOSED_BECAUSE = "closedBecause";

    public static final String SPARE_NAME = "spareName";
    /** The identity of the spare. The tenant has another one if the spare could not be claimed. */
    public static final String SPARE_UUID = "spareUuid";

    public static final String NOTIFY = "notify";
    public static final String UNFINISHED_TEMPLATE = "unfinishedTemplate";
    public static final String GENERATED_NAME = "generatedName";
    public static final String ADMIN_LOGIN = "adminLogin";
    public static final String ADMIN_HASH = "adminHash";
    /** The names of the neutralisers that a copy must run. */
    public static final String NEUTRALISERS = "neutralisers";
    /** The whole configuration change, which may have secrets among its parameters. */
    public static final String REQUEST = "request";
    /** Present if the configuration change has already moved the tenant between trial and paid in the catalog. */
    public static final String PLACE_TAKEN = "placeTaken";

    public static final String SUSPENDED = "suspended";
    public static final String TRIAL = "trial";
    public static final String NEW_NAME = "newName";
    /** The end of the new name's cool-down when it was reserved, restored if the operation is undone. */
    public static final String QUARANTINED = "quarantined";

    public static final String REQUESTED_BY = "requestedBy";
    public static final String REQUESTED_AT = "requestedAt";
    /**
     * The id of the account that requested a deletion, or of the owner that requested a backup. It stays the same if
     * the login of the account changes.
     */
    public static final String ACCOUNT = "account";

    public static final String UNTIL = "until";
    public static final String DELETED_AT = "deletedAt";
    /** The UUIDs of the operations that this one has superseded, separated by commas. */
    public static final String SUPERSEDED = "superseded";

    public static final String PLAN = "plan";
    public static final String SPARE = "spare";
    /** The codes of what a check found, separated by spaces. */
    public static final String FINDINGS = "findings";

    /** Present if the tenant's application is locked out during a migration. */
    public static final String ALONE = "alone";

    /** The version of the tenant schema that a campaign brings tenants to. */
    public static final String SCHEMA_VERSION = "schemaVersion";

    /** The action that is run for a tenant. */
    public static final String ACTION = "action";

    /** The add-ons that are newer than in the template or the spare, separated by commas. */
    public static final String OUTDATED_ADDONS = "outdatedAddons";

    /** The only server that is repaired, or the one on which a backup is restored as a drill. */
    public static final String SERVER = "server";
    /** What a repair is limited to, the key of a finding in each line; missing: nothing. */
    public static final String ONLY = "only";
    /** What a repair drops, a name in each line. */
    public static final String DROP = "drop";

    /** The identity of the backup that is restored or deleted. */
    public static final String BACKUP = "backup";
    /** The schedule by which a backup is made; missing: a caller requested it. */
    public static final String SCHEDULE = "schedule";

    /** Present if the operation works on files of the application, which a node may not have registered. */
    public static final String FILES = "files";

    /** Present if the operation makes a backup before it changes the tenant. */
    public static final String SAFETY = "safety";

    /** Present if the tenant that is made of a backup is not neutralised. */
    public static final String UNCHANGED = "unchanged";

    /** Present if another installation made the backup that is restored. */
    public static final String IMPORTED = "imported";

    /** Present if the tenant is made of a dump, which only the node that has the request knows. */
    public static final String DUMP = "dump";

    /** Present if the adopted database belonged to this control plane already, and no record knew it. */
    public static final String ORPHAN = "orphan";

    /** The id of the customer that is erased, or that a tenant is made for. It stays if the tenant is not made. */
    public static final String CUSTOMER = "customer";

    /**
     * Present if the failure says nothing about the tenant: it may pass, or a node that died had started the change. A
     * campaign that it belongs to tries the tenant again.
     */
    public static final String TRY_AGAIN = "tryAgain";

    private OperationInputs() {}

    /** The input of an operation that deletes or restores a backup. */
    public static Map<String, String> of(BackupId backup) {
        return Map.of(BACKUP, backup.toString());
    }

    /** Whether the operation makes a backup before it changes the tenant. A campaign makes those of its operations. */
    public static boolean wantsBackup(StoredOperation operation) {
        return operation.input().containsKey(SAFETY) && operation.campaign() == null;
    }
}
