// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a tenant used on one day: the last and the largest values that were read on that day. Usage survives the
 * deletion of the tenant.
 *
 * <p>Two hours after a day has ended, the control plane closes it: it gives the record a revision and reports its
 * values as {@link EventType#USAGE_CLOSED}. If a value changes after that, the next revision follows.
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
 * @param revision how often the day was closed for this tenant; 0: not yet
 * @param closeAt when the day is closed next; null: it is closed with these values, or is too old to be closed
 * @param closed the values by {@linkplain UsageMetrics metric} of the last revision; empty: there is none
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
        Instant readAt,
        int revision,
        @Nullable Instant closeAt,
        Map<String, String> closed) {
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
    public static final RecordField<Usage, Integer> REVISION = RecordField.of("revision");
    public static final RecordField<Usage, Instant> CLOSE_AT = RecordField.of("closeAt");

    /** Creates a record from all its components. Only the control plane creates one. */
    @Internal
    public Usage {
        records = Map.copyOf(records);
        closed = Map.copyOf(closed);
    }

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(TenantId tenantId, Instant day) {
        return new Builder(tenantId, day);
    }

    /** Starts a builder with the values of this record, for {@link UsageRecords#correct}. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects the parts of {@link Usage}. Not safe for use by several threads. */
    public static final class Builder {
        private long id;
        private TenantId tenantId;
        private Instant day;
        private String name = "";
        private @Nullable CustomerId customerId;
        private @Nullable PlanId planId;
        private int users;
        private int peakUsers;
        private long databaseSizeBytes;
        private long peakDatabaseSizeBytes;
        private long fileSizeBytes;
        private long peakFileSizeBytes;
        private long backupSizeBytes;
        private long peakBackupSizeBytes;
        private Map<String, String> records = Map.of();
        private Instant readAt = Instant.EPOCH;
        private int revision;
        private @Nullable Instant closeAt;
        private Map<String, String> closed = Map.of();

        private Builder(TenantId tenantId, Instant day) {
            this.tenantId = Objects.requireNonNull(tenantId, "tenantId");
            this.day = Objects.requireNonNull(day, "day");
        }

        private Builder(Usage from) {
            id = from.id;
            tenantId = from.tenantId;
            day = from.day;
            name = from.name;
            customerId = from.customerId;
            planId = from.planId;
            users = from.users;
            peakUsers = from.peakUsers;
            databaseSizeBytes = from.databaseSizeBytes;
            peakDatabaseSizeBytes = from.peakDatabaseSizeBytes;
            fileSizeBytes = from.fileSizeBytes;
            peakFileSizeBytes = from.peakFileSizeBytes;
            backupSizeBytes = from.backupSizeBytes;
            peakBackupSizeBytes = from.peakBackupSizeBytes;
            records = from.records;
            readAt = from.readAt;
            revision = from.revision;
            closeAt = from.closeAt;
            closed = from.closed;
        }

        /** Sets {@link Usage#id}. Default: 0. */
        public Builder id(long value) {
            id = value;
            return this;
        }

        /** Sets {@link Usage#tenantId}. */
        public Builder tenantId(TenantId value) {
            tenantId = value;
            return this;
        }

        /** Sets {@link Usage#day}. */
        public Builder day(Instant value) {
            day = value;
            return this;
        }

        /** Sets {@link Usage#name}. Default: an empty text. */
        public Builder name(String value) {
            name = value;
            return this;
        }

        /** Sets {@link Usage#customerId}. Default: null. */
        public Builder customerId(@Nullable CustomerId value) {
            customerId = value;
            return this;
        }

        /** Sets {@link Usage#planId}. Default: null. */
        public Builder planId(@Nullable PlanId value) {
            planId = value;
            return this;
        }

        /** Sets {@link Usage#users}. Default: 0. */
        public Builder users(int value) {
            users = value;
            return this;
        }

        /** Sets {@link Usage#peakUsers}. Default: 0. */
        public Builder peakUsers(int value) {
            peakUsers = value;
            return this;
        }

        /** Sets {@link Usage#databaseSizeBytes}. Default: 0. */
        public Builder databaseSizeBytes(long value) {
            databaseSizeBytes = value;
            return this;
        }

        /** Sets {@link Usage#peakDatabaseSizeBytes}. Default: 0. */
        public Builder peakDatabaseSizeBytes(long value) {
            peakDatabaseSizeBytes = value;
            return this;
        }

        /** Sets {@link Usage#fileSizeBytes}. Default: 0. */
        public Builder fileSizeBytes(long value) {
            fileSizeBytes = value;
            return this;
        }

        /** Sets {@link Usage#peakFileSizeBytes}. Default: 0. */
        public Builder peakFileSizeBytes(long value) {
            peakFileSizeBytes = value;
            return this;
        }

        /** Sets {@link Usage#backupSizeBytes}. Default: 0. */
        public Builder backupSizeBytes(long value) {
            backupSizeBytes = value;
            return this;
        }

        /** Sets {@link Usage#peakBackupSizeBytes}. Default: 0. */
        public Builder peakBackupSizeBytes(long value) {
            peakBackupSizeBytes = value;
            return this;
        }

        /** Sets {@link Usage#records}. Default: none. */
        public Builder records(Map<String, String> value) {
            records = value;
            return this;
        }

        /** Sets {@link Usage#readAt}. Default: {@code 1970-01-01T00:00:00Z}. */
        public Builder readAt(Instant value) {
            readAt = value;
            return this;
        }

        /** Sets {@link Usage#revision}. Default: 0. */
        public Builder revision(int value) {
            revision = value;
            return this;
        }

        /** Sets {@link Usage#closeAt}. Default: null. */
        public Builder closeAt(@Nullable Instant value) {
            closeAt = value;
            return this;
        }

        /** Sets {@link Usage#closed}. Default: none. */
        public Builder closed(Map<String, String> value) {
            closed = value;
            return this;
        }

        /** Creates the record. */
        public Usage build() {
            return new Usage(
                    id,
                    tenantId,
                    day,
                    name,
                    customerId,
                    planId,
                    users,
                    peakUsers,
                    databaseSizeBytes,
                    peakDatabaseSizeBytes,
                    fileSizeBytes,
                    peakFileSizeBytes,
                    backupSizeBytes,
                    peakBackupSizeBytes,
                    records,
                    readAt,
                    revision,
                    closeAt,
                    closed);
        }
    }
}
