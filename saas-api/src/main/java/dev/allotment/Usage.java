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
    public Usage {
        records = Map.copyOf(records);
    }
}
