// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The terms under which a {@link Plan} was sold for some time. Versions never change: changing a term of a plan creates
 * a new version, and tenants stay on theirs until {@link Tenants#switchPlan} moves them.
 *
 * <p>Immutable. The {@link RecordField} constants name the fields for filters and sort keys.
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
 * @param entitlements as in {@link Plan}
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
        Instant createdAt,
        Map<String, Entitlement> entitlements) {
    public static final RecordField<PlanVersion, Long> ID = RecordField.of("id");
    public static final RecordField<PlanVersion, PlanId> PLAN_ID = RecordField.of("planId");
    public static final RecordField<PlanVersion, Integer> NUMBER = RecordField.of("number");
    public static final RecordField<PlanVersion, TemplateId> TEMPLATE_ID = RecordField.of("templateId");
    public static final RecordField<PlanVersion, Integer> MAX_USERS = RecordField.of("maxUsers");
    public static final RecordField<PlanVersion, Integer> STORAGE_LIMIT_MB = RecordField.of("storageLimitMb");
    public static final RecordField<PlanVersion, Boolean> BLOCK_ON_EXPIRATION = RecordField.of("blockOnExpiration");
    public static final RecordField<PlanVersion, Boolean> BLOCK_ON_STORAGE_EXCEED =
            RecordField.of("blockOnStorageExceed");
    public static final RecordField<PlanVersion, Integer> TRIAL_HOURS = RecordField.of("trialHours");
    public static final RecordField<PlanVersion, Integer> GRACE_DAYS = RecordField.of("graceDays");
    public static final RecordField<PlanVersion, Integer> MAX_DATABASES_PER_CUSTOMER =
            RecordField.of("maxDatabasesPerCustomer");
    public static final RecordField<PlanVersion, Integer> MAX_TRIAL_DATABASES_PER_CUSTOMER =
            RecordField.of("maxTrialDatabasesPerCustomer");
    public static final RecordField<PlanVersion, Instant> CREATED_AT = RecordField.of("createdAt");

    /** Creates a record from all its components. Only the control plane creates one. */
    @Internal
    public PlanVersion {
        addons = List.copyOf(addons);
        entitlements = Map.copyOf(entitlements);
    }
}
