// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The terms under which a {@link Plan} was sold for some time. Never changed: whoever changes one of these terms of a plan
 * makes a new version, and tenants stay on theirs until they are moved by {@link Tenants#switchPlan}.
 *
 * @param number 1 for the first one of a plan
 * @param templateId that of the plan then; it may be gone by now
 * @param addons what came with that template, in the order of installation
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
    public static final RecordField<PlanVersion, Boolean> BLOCK_ON_STORAGE_EXCEED = RecordField.of("blockOnStorageExceed");

    /** The field {@code trialHours}, for filters and sort keys. */
    public static final RecordField<PlanVersion, Integer> TRIAL_HOURS = RecordField.of("trialHours");

    /** The field {@code graceDays}, for filters and sort keys. */
    public static final RecordField<PlanVersion, Integer> GRACE_DAYS = RecordField.of("graceDays");

    /** The field {@code maxDatabasesPerCustomer}, for filters and sort keys. */
    public static final RecordField<PlanVersion, Integer> MAX_DATABASES_PER_CUSTOMER = RecordField.of("maxDatabasesPerCustomer");

    /** The field {@code maxTrialDatabasesPerCustomer}, for filters and sort keys. */
    public static final RecordField<PlanVersion, Integer> MAX_TRIAL_DATABASES_PER_CUSTOMER = RecordField.of("maxTrialDatabasesPerCustomer");

    /** The field {@code createdAt}, for filters and sort keys. */
    public static final RecordField<PlanVersion, Instant> CREATED_AT = RecordField.of("createdAt");

    public PlanVersion {
        addons = List.copyOf(addons);
    }
}
