// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a tenant used on one day: the last and the largest values that were read on that day. Usage survives the
 * deletion of the tenant.
 *
 * <p>Immutable. The {@link RecordField} constants name the fields for filters and sort keys.
 *
 * @param id 0 before it is stored
 * @param tenantId the tenant
 * @param day the start of the day in UTC
 * @param name the tenant's name when it was last read on that day
 * @param customerId the customer that the tenant belonged to then; null: outside any plan
 * @param planId the tenant's plan then; null: outside any plan
 * @param users regular users
 * @param peakUsers the most regular users on that day
 * @param databaseSizeBytes bytes of the database
 * @param peakDatabaseSizeBytes the most bytes of the database on that day
 * @param fileSizeBytes bytes of files, as the tenant's application reported them
 * @param peakFileSizeBytes the most bytes of files on that day
 * @param backupSizeBytes bytes of the tenant's backups in the store
 * @param peakBackupSizeBytes the most bytes of the backups on that day
 * @param records how many records count against each record quota; the key is the model, followed by a space and the
 *     domain if there is one
 * @param readAt when the values were last read
 */
public record Usage(
        long id,
        TenantId tenantId,
        Instant day,
        String name,
        @Nullable CustomerId customerId,
        @Nullable PlanId planId,
        int users,
        int peakUsers,
        long databaseSizeBytes,
        long peakDatabaseSizeBytes,
        long fileSizeBytes,
        long peakFileSizeBytes,
        long backupSizeBytes,
        long peakBackupSizeBytes,
        Map<String, String> records,
        Instant readAt) {
    public static final RecordField<Usage, Long> ID = RecordField.of("id");
    public static final RecordField<Usage, TenantId> TENANT_ID = RecordField.of("tenantId");
    public static final RecordField<Usage, Instant> DAY = RecordField.of("day");
    public static final RecordField<Usage, String> NAME = RecordField.of("name");
    public static final RecordField<Usage, CustomerId> CUSTOMER_ID = RecordField.of("customerId");
    public static final RecordField<Usage, PlanId> PLAN_ID = RecordField.of("planId");
    public static final RecordField<Usage, Integer> USERS = RecordField.of("users");
    public static final RecordField<Usage, Integer> PEAK_USERS = RecordField.of("peakUsers");
    public static final RecordField<Usage, Long> DATABASE_SIZE_BYTES = RecordField.of("databaseSizeBytes");
    public static final RecordField<Usage, Long> PEAK_DATABASE_SIZE_BYTES = RecordField.of("peakDatabaseSizeBytes");
    public static final RecordField<Usage, Long> FILE_SIZE_BYTES = RecordField.of("fileSizeBytes");
    public static final RecordField<Usage, Long> PEAK_FILE_SIZE_BYTES = RecordField.of("peakFileSizeBytes");
    public static final RecordField<Usage, Long> BACKUP_SIZE_BYTES = RecordField.of("backupSizeBytes");
    public static final RecordField<Usage, Long> PEAK_BACKUP_SIZE_BYTES = RecordField.of("peakBackupSizeBytes");
    public static final RecordField<Usage, Instant> READ_AT = RecordField.of("readAt");

    /** Creates a record from all its components. Only the control plane creates one. */
    @Internal
    public Usage {
        records = Map.copyOf(records);
    }
}
