// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client database used on one day: the largest and the last numbers that were read on it. Kept after the database is
 * deleted.
 *
 * @param id 0 before it is stored
 * @param day its beginning in UTC
 * @param name of the database when it was read last on that day
 * @param customerId whom it counted for then
 * @param planId that it was on then
 * @param users regular users
 * @param databaseSizeBytes bytes
 * @param fileSizeBytes bytes, as they were reported
 * @param records how many records count against each limit that the database holds, by model, followed by a space and the
 *     domain where it has one
 * @param readAt when it was read last
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
        Map<String, String> records,
        Instant readAt) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<Usage, Long> ID = RecordField.of("id");

    /** The field {@code tenantId}, for filters and sort keys. */
    public static final RecordField<Usage, TenantId> TENANT_ID = RecordField.of("tenantId");

    /** The field {@code day}, for filters and sort keys. */
    public static final RecordField<Usage, Instant> DAY = RecordField.of("day");

    /** The field {@code name}, for filters and sort keys. */
    public static final RecordField<Usage, String> NAME = RecordField.of("name");

    /** The field {@code customerId}, for filters and sort keys. */
    public static final RecordField<Usage, CustomerId> CUSTOMER_ID = RecordField.of("customerId");

    /** The field {@code planId}, for filters and sort keys. */
    public static final RecordField<Usage, PlanId> PLAN_ID = RecordField.of("planId");

    /** The field {@code users}, for filters and sort keys. */
    public static final RecordField<Usage, Integer> USERS = RecordField.of("users");

    /** The field {@code peakUsers}, for filters and sort keys. */
    public static final RecordField<Usage, Integer> PEAK_USERS = RecordField.of("peakUsers");

    /** The field {@code databaseSizeBytes}, for filters and sort keys. */
    public static final RecordField<Usage, Long> DATABASE_SIZE_BYTES = RecordField.of("databaseSizeBytes");

    /** The field {@code peakDatabaseSizeBytes}, for filters and sort keys. */
    public static final RecordField<Usage, Long> PEAK_DATABASE_SIZE_BYTES = RecordField.of("peakDatabaseSizeBytes");

    /** The field {@code fileSizeBytes}, for filters and sort keys. */
    public static final RecordField<Usage, Long> FILE_SIZE_BYTES = RecordField.of("fileSizeBytes");

    /** The field {@code peakFileSizeBytes}, for filters and sort keys. */
    public static final RecordField<Usage, Long> PEAK_FILE_SIZE_BYTES = RecordField.of("peakFileSizeBytes");

    /** The field {@code readAt}, for filters and sort keys. */
    public static final RecordField<Usage, Instant> READ_AT = RecordField.of("readAt");

    public Usage {
        records = Map.copyOf(records);
    }
}
