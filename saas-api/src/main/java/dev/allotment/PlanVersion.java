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

    /** Creates a record from all its components. Only the control plane creates one. */
    @Internal
    public PlanVersion {
        addons = List.copyOf(addons);
    }
}
