// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.backup.BackupId;
import java.util.Map;

/** The keys under which operations that make tenants store their input. They are stored data, so they stay. */
public final class OperationInputs {
    public static final String SOURCE_NAME = "sourceName";
    public static final String SOURCE_UUID = "sourceUuid";
    public static final String SOURCE_SERVER = "sourceServer";
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
    /** The add-ons that are newer than in the template or the spare, separated by commas. */
    public static final String OUTDATED_ADDONS = "outdatedAddons";
    /** Present if the operation works on files of the application, which a node may not have registered. */
    public static final String FILES = "files";
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

    private static final String BACKUP = "backup";

    private OperationInputs() {}

    /** The input of an operation that restores a backup. */
    public static Map<String, String> of(BackupId backup) {
        return Map.of(BACKUP, backup.toString());
    }
}
