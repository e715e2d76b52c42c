// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import static dev.allotment.AllowedFor.Keys.READ_ONLY;
import static dev.allotment.AllowedFor.Keys.TENANTS;
import static dev.allotment.Permission.MANAGE_BILLING;
import static dev.allotment.Permission.VIEW;

import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The plans. A portal user sees the plans of its customer's tenants. Only administrators change plans. */
@AllowedFor({READ_ONLY, TENANTS})
@Needs(VIEW)
public interface Plans extends Lookup<PlanId, Plan> {
    /**
     * Creates a plan.
     *
     * @param plan its id is ignored
     * @throws SaasException {@code plan.invalid} with everything that is wrong
     */
    default Plan create(Plan plan) {
        return create(plan, null);
    }

    /**
     * Creates a plan, once for each key.
     *
     * @param plan its id is ignored
     * @param idempotencyKey the caller's key, at most 255 characters; a repeated request with the same key returns
     *     the plan of the first one, as it is now; null: no key
     * @throws SaasException {@code plan.invalid} with everything that is wrong, {@code idempotency.mismatch}, {@code
     *     configuration.invalid} for a wrong key, {@code record.missing} if the plan of the first request was deleted
     */
    Plan create(Plan plan, @Nullable String idempotencyKey);

    /**
     * Changes a plan under a lock, as {@link Accounts#update(UserId, UnaryOperator)} does for accounts. Changing a
     * term that is sold (template, limits, blocking, trial, grace) creates a new {@link PlanVersion}; tenants stay on
     * theirs.
     *
     * @param change receives the plan as stored and returns it as wanted; may be called more than once; id, creation
     *     and version are ignored
     * @throws SaasException {@code plan.invalid}, {@code access.not-allowed}
     */
    @Needs(MANAGE_BILLING)
    Plan update(PlanId plan, UnaryOperator<Plan> change);

    /**
     * Changes a plan as {@link #update} does, if it is still as the caller has seen it. So two administrators who edit
     * it at the same time cannot undo each other's changes.
     *
     * @param seen the plan as it was read
     * @param wanted the plan to store instead; id, creation and version are ignored
     * @throws SaasException {@code record.changed} if the stored plan differs from {@code seen} in anything; {@code
     *     record.missing}, {@code plan.invalid}, {@code access.not-allowed}
     */
    @Needs(MANAGE_BILLING)
    Plan replace(Plan seen, Plan wanted);

    /**
     * Deletes a plan.
     *
     * @throws SaasException {@code plan.in-use} while a tenant that is not deleted is on it
     */
    void delete(PlanId plan);

    /**
     * Returns the name that a tenant created now would get from the plan's name template. The name is not reserved;
     * each call returns another one.
     *
     * @throws SaasException {@code plan.no-name-template}, {@code tenant.name-invalid} if the server itself needs the
     *     name, {@code server.none}, {@code server.labels-missing}
     */
    String generateName(PlanId plan);

    /** Returns the versions of plans. A portal user sees those of its customer's tenants. */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(VIEW)
    Lookup<Long, PlanVersion> versions();

    /**
     * Returns one version of a plan.
     *
     * @param number 0: the version that is sold now
     * @throws SaasException {@code record.missing}
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(VIEW)
    PlanVersion version(PlanId plan, int number);

    /** Returns the plan with this name; the oldest, if several have it. */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(VIEW)
    default Optional<Plan> findByName(String name) {
        return list(Query.where(Filter.equal(Plan.NAME, name)).page(0, 1)).stream()
                .findFirst();
    }
}
