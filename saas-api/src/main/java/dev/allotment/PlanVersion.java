// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The terms under which a {@link Plan} was sold for some time. Versions never change: changing a term of a plan
 * creates a new version, and tenants stay on theirs until {@link Tenants#switchPlan} moves them.
 *
 * <p>Immutable.
 *
 * @param id 0 before it is stored
 * @param planId the plan
 * @param number 1 for the first version of a plan
 * @param templateId the plan's template at that time, which may be deleted by now; null: none
 * @param addons the add-ons of that template, in the order of installation
 * @param maxUsers as in {@link Plan}
 * @param storageLimitMb as in {@link Plan}
 * @param blockOnExpiration as in {@link Plan}
 * @param blockOnStorageExceed as in {@link Plan}
 * @param trialHours as in {@link Plan}
 * @param graceDays as in {@link Plan}
 * @param maxDatabasesPerCustomer as in {@link Plan}
 * @param maxTrialDatabasesPerCustomer as in {@link Plan}
 * @param createdAt when the record was created; set by the control plane
 */
public record PlanVersion(
        long id,
        PlanId planId,
        int number,
        @Nullable TemplateId templateId,
        List<String> addons,
        int maxUsers,
        int storageLimitMb,
        boolean blockOnExpiration,
        boolean blockOnStorageExceed,
        int trialHours,
        int graceDays,
        int maxDatabasesPerCustomer,
        int maxTrialDatabasesPerCustomer,
        Instant createdAt) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<PlanVersion, Long> ID = RecordField.of("id");

    /** The field {@code planId}, for filters and sort keys. */
    public static final RecordField<PlanVersion, PlanId> PLAN_ID = RecordField.of("planId");

    /** The field {@code number}, for filters and sort keys. */
    public static final RecordField<PlanVersion, Integer> NUMBER = RecordField.of("number");

    /** The field {@code templateId}, for filters and sort keys. */
    public static final RecordField<PlanVersion, TemplateId> TEMPLATE_ID = RecordField.of("templateId");

    /** The field {@code maxUsers}, for filters and sort keys. */
    public static final RecordField<PlanVersion, Integer> MAX_USERS = RecordField.of("maxUsers");

    /** The field {@code storageLimitMb}, for filters and sort keys. */
    public static final RecordField<PlanVersion, Integer> STORAGE_LIMIT_MB = RecordField.of("storageLimitMb");

    /** The field {@code blockOnExpiration}, for filters and sort keys. */
    public static final RecordField<PlanVersion, Boolean> BLOCK_ON_EXPIRATION = RecordField.of("blockOnExpiration");

    /** The field {@code blockOnStorageExceed}, for filters and sort keys. */
    public static final RecordField<PlanVersion, Boolean> BLOCK_ON_STORAGE_EXCEED =
            RecordField.of("blockOnStorageExceed");

    /** The field {@code trialHours}, for filters and sort keys. */
    public static final RecordField<PlanVersion, Integer> TRIAL_HOURS = RecordField.of("trialHours");

    /** The field {@code graceDays}, for filters and sort keys. */
    public static final RecordField<PlanVersion, Integer> GRACE_DAYS = RecordField.of("graceDays");

    /** The field {@code maxDatabasesPerCustomer}, for filters and sort keys. */
    public static final RecordField<PlanVersion, Integer> MAX_DATABASES_PER_CUSTOMER =
            RecordField.of("maxDatabasesPerCustomer");

    /** The field {@code maxTrialDatabasesPerCustomer}, for filters and sort keys. */
    public static final RecordField<PlanVersion, Integer> MAX_TRIAL_DATABASES_PER_CUSTOMER =
            RecordField.of("maxTrialDatabasesPerCustomer");

    /** The field {@code createdAt}, for filters and sort keys. */
    public static final RecordField<PlanVersion, Instant> CREATED_AT = RecordField.of("createdAt");

    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public PlanVersion {
        addons = List.copyOf(addons);
    }

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(PlanId planId, int number) {
        return new Builder(planId, number);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects the parts of {@link PlanVersion}. Not safe for use by several threads. */
    public static final class Builder {
        private long id;
        private PlanId planId;
        private int number;
        private @Nullable TemplateId templateId;
        private List<String> addons = List.of();
        private int maxUsers;
        private int storageLimitMb;
        private boolean blockOnExpiration;
        private boolean blockOnStorageExceed;
        private int trialHours;
        private int graceDays;
        private int maxDatabasesPerCustomer;
        private int maxTrialDatabasesPerCustomer;
        private Instant createdAt = Instant.EPOCH;

        private Builder(PlanId planId, int number) {
            this.planId = planId;
            this.number = number;
        }

        private Builder(PlanVersion from) {
            id = from.id;
            planId = from.planId;
            number = from.number;
            templateId = from.templateId;
            addons = from.addons;
            maxUsers = from.maxUsers;
            storageLimitMb = from.storageLimitMb;
            blockOnExpiration = from.blockOnExpiration;
            blockOnStorageExceed = from.blockOnStorageExceed;
            trialHours = from.trialHours;
            graceDays = from.graceDays;
            maxDatabasesPerCustomer = from.maxDatabasesPerCustomer;
            maxTrialDatabasesPerCustomer = from.maxTrialDatabasesPerCustomer;
            createdAt = from.createdAt;
        }

        /** Sets {@link PlanVersion#id}: 0 before it is stored. Default: 0. */
        public Builder id(long value) {
            id = value;
            return this;
        }

        /** Sets {@link PlanVersion#planId}: the plan. */
        public Builder planId(PlanId value) {
            planId = value;
            return this;
        }

        /** Sets {@link PlanVersion#number}: 1 for the first version of a plan. */
        public Builder number(int value) {
            number = value;
            return this;
        }

        /**
         * Sets {@link PlanVersion#templateId}: the plan's template at that time, which may be deleted by now; null:
         * none. Default: null.
         */
        public Builder templateId(@Nullable TemplateId value) {
            templateId = value;
            return this;
        }

        /**
         * Sets {@link PlanVersion#addons}: the add-ons of that template, in the order of installation. Default: none.
         */
        public Builder addons(List<String> value) {
            addons = value;
            return this;
        }

        /** Sets {@link PlanVersion#maxUsers}. Default: 0. */
        public Builder maxUsers(int value) {
            maxUsers = value;
            return this;
        }

        /** Sets {@link PlanVersion#storageLimitMb}. Default: 0. */
        public Builder storageLimitMb(int value) {
            storageLimitMb = value;
            return this;
        }

        /** Sets {@link PlanVersion#blockOnExpiration}. Default: false. */
        public Builder blockOnExpiration(boolean value) {
            blockOnExpiration = value;
            return this;
        }

        /** Sets {@link PlanVersion#blockOnStorageExceed}. Default: false. */
        public Builder blockOnStorageExceed(boolean value) {
            blockOnStorageExceed = value;
            return this;
        }

        /** Sets {@link PlanVersion#trialHours}. Default: 0. */
        public Builder trialHours(int value) {
            trialHours = value;
            return this;
        }

        /** Sets {@link PlanVersion#graceDays}. Default: 0. */
        public Builder graceDays(int value) {
            graceDays = value;
            return this;
        }

        /** Sets {@link PlanVersion#maxDatabasesPerCustomer}. Default: 0. */
        public Builder maxDatabasesPerCustomer(int value) {
            maxDatabasesPerCustomer = value;
            return this;
        }

        /** Sets {@link PlanVersion#maxTrialDatabasesPerCustomer}. Default: 0. */
        public Builder maxTrialDatabasesPerCustomer(int value) {
            maxTrialDatabasesPerCustomer = value;
            return this;
        }

        /**
         * Sets {@link PlanVersion#createdAt}: when the record was created; set by the control plane. Default:
         * 1970-01-01T00:00:00Z.
         */
        public Builder createdAt(Instant value) {
            createdAt = value;
            return this;
        }

        /** Creates the record. */
        public PlanVersion build() {
            return new PlanVersion(
                    id,
                    planId,
                    number,
                    templateId,
                    addons,
                    maxUsers,
                    storageLimitMb,
                    blockOnExpiration,
                    blockOnStorageExceed,
                    trialHours,
                    graceDays,
                    maxDatabasesPerCustomer,
                    maxTrialDatabasesPerCustomer,
                    createdAt);
        }
    }
}
