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
    public PlanVersion {
        addons = List.copyOf(addons);
    }
}
