// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.Map;
import java.util.TreeMap;

/** The metrics of a closed day of {@link Usage}: the numbers that are reported to metering systems. */
public final class UsageMetrics {
    /** Regular users when the day ended. */
    public static final String SEATS = "seats";

    /** The most regular users on the day. */
    public static final String SEATS_MAX = "seats.max";

    /** Megabytes of database and files when the day ended, rounded up. */
    public static final String STORAGE_MB = "storage_mb";

    /** Megabytes of the largest database and the largest files of the day, rounded up. */
    public static final String STORAGE_MB_MAX = "storage_mb.max";

    /** Megabytes of backups when the day ended, rounded up. */
    public static final String BACKUP_MB = "backup_mb";

    /** The most megabytes of backups on the day, rounded up. */
    public static final String BACKUP_MB_MAX = "backup_mb.max";

    /** 1 for each day on which the tenant existed. */
    public static final String TENANT_DAYS = "tenant_days";

    /** Precedes the key of {@link Usage#records} in the metric of a record quota: {@code records.crm.lead}. */
    public static final String RECORDS = "records.";

    private UsageMetrics() {}

    /** Returns the values of a record by metric, in the order of the names. */
    public static Map<String, Long> of(Usage usage) {
        Map<String, Long> values = new TreeMap<>();
        values.put(SEATS, (long) usage.users());
        values.put(SEATS_MAX, (long) usage.peakUsers());
        values.put(STORAGE_MB, megabytes(usage.databaseSizeBytes() + usage.fileSizeBytes()));
        values.put(STORAGE_MB_MAX, megabytes(usage.peakDatabaseSizeBytes() + usage.peakFileSizeBytes()));
        values.put(BACKUP_MB, megabytes(usage.backupSizeBytes()));
        values.put(BACKUP_MB_MAX, megabytes(usage.peakBackupSizeBytes()));
        values.put(TENANT_DAYS, 1L);
        usage.records().forEach((key, count) -> values.put(RECORDS + key, Long.valueOf(count)));
        return values;
    }

    /** Returns whether a text can be the name of a metric. */
    public static boolean isMetric(String name) {
        return switch (name) {
            case SEATS, SEATS_MAX, STORAGE_MB, STORAGE_MB_MAX, BACKUP_MB, BACKUP_MB_MAX, TENANT_DAYS -> true;
            default -> name.startsWith(RECORDS) && name.length() > RECORDS.length();
        };
    }

    private static long megabytes(long bytes) {
        return (bytes + Plan.MEGABYTE - 1) / Plan.MEGABYTE;
    }
}
