// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a tenant used on one day: the last and the largest values that were read on that day. Usage survives the
 * deletion of the tenant.
 *
 * <p>Immutable.
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

    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public Usage {
        records = Map.copyOf(records);
    }

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(TenantId tenantId, Instant day, String name, Instant readAt) {
        return new Builder(tenantId, day, name, readAt);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects the parts of {@link Usage}. Not safe for use by several threads. */
    public static final class Builder {
        private long id;
        private TenantId tenantId;
        private Instant day;
        private String name;
        private @Nullable CustomerId customerId;
        private @Nullable PlanId planId;
        private int users;
        private int peakUsers;
        private long databaseSizeBytes;
        private long peakDatabaseSizeBytes;
        private long fileSizeBytes;
        private long peakFileSizeBytes;
        private Map<String, String> records = Map.of();
        private Instant readAt;

        private Builder(TenantId tenantId, Instant day, String name, Instant readAt) {
            this.tenantId = tenantId;
            this.day = day;
            this.name = name;
            this.readAt = readAt;
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
            records = from.records;
            readAt = from.readAt;
        }

        /** Sets {@link Usage#id}: 0 before it is stored. Default: 0. */
        public Builder id(long value) {
            id = value;
            return this;
        }

        /** Sets {@link Usage#tenantId}: the tenant. */
        public Builder tenantId(TenantId value) {
            tenantId = value;
            return this;
        }

        /** Sets {@link Usage#day}: the start of the day in UTC. */
        public Builder day(Instant value) {
            day = value;
            return this;
        }

        /** Sets {@link Usage#name}: the tenant's name when it was last read on that day. */
        public Builder name(String value) {
            name = value;
            return this;
        }

        /**
         * Sets {@link Usage#customerId}: the customer that the tenant belonged to then; null: outside any plan.
         * Default: null.
         */
        public Builder customerId(@Nullable CustomerId value) {
            customerId = value;
            return this;
        }

        /** Sets {@link Usage#planId}: the tenant's plan then; null: outside any plan. Default: null. */
        public Builder planId(@Nullable PlanId value) {
            planId = value;
            return this;
        }

        /** Sets {@link Usage#users}: regular users. Default: 0. */
        public Builder users(int value) {
            users = value;
            return this;
        }

        /** Sets {@link Usage#peakUsers}: the most regular users on that day. Default: 0. */
        public Builder peakUsers(int value) {
            peakUsers = value;
            return this;
        }

        /** Sets {@link Usage#databaseSizeBytes}: bytes of the database. Default: 0. */
        public Builder databaseSizeBytes(long value) {
            databaseSizeBytes = value;
            return this;
        }

        /** Sets {@link Usage#peakDatabaseSizeBytes}: the most bytes of the database on that day. Default: 0. */
        public Builder peakDatabaseSizeBytes(long value) {
            peakDatabaseSizeBytes = value;
            return this;
        }

        /**
         * Sets {@link Usage#fileSizeBytes}: bytes of files, as the tenant's application reported them. Default: 0.
         */
        public Builder fileSizeBytes(long value) {
            fileSizeBytes = value;
            return this;
        }

        /** Sets {@link Usage#peakFileSizeBytes}: the most bytes of files on that day. Default: 0. */
        public Builder peakFileSizeBytes(long value) {
            peakFileSizeBytes = value;
            return this;
        }

        /**
         * Sets {@link Usage#records}: how many records count against each record quota; the key is the model, followed
         * by a space and the domain if there is one. Default: none.
         */
        public Builder records(Map<String, String> value) {
            records = value;
            return this;
        }

        /** Sets {@link Usage#readAt}: when the values were last read. */
        public Builder readAt(Instant value) {
            readAt = value;
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
                    records,
                    readAt);
        }
    }
}
