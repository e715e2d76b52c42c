// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What is sold. A portal user sees the plans of its own client databases. Only administrators change them. */
public interface Plans extends Lookup<PlanId, Plan> {
    /**
     * Adds a plan.
     *
     * @param plan its id is not used
     * @throws SaasException {@code plan.invalid} naming all that is wrong
     */
    default Plan create(Plan plan) {
        return create(plan, null);
    }

    /**
     * Adds a plan, once.
     *
     * @param plan its id is not used
     * @param idempotencyKey chosen by the caller, 255 characters at most; a repeated request with the same key returns the plan
     *     that the first one made, as it is now. null: none
     * @throws SaasException {@code plan.invalid} naming all that is wrong, {@code idempotency.mismatch}, {@code
     *     configuration.invalid} for a wrong key, {@code record.missing} where the first one's plan was deleted
     */
    Plan create(Plan plan, @Nullable String idempotencyKey);

    /**
     * As {@link Accounts#update}; the id, the creation and the version are not taken over. What changes the terms that are sold
     * (template, limits, blocking, trial, grace) makes a new {@link PlanVersion}; client databases stay on theirs.
     */
    Plan update(PlanId plan, UnaryOperator<Plan> change);

    /**
     * Removes a plan.
     *
     * @throws SaasException {@code plan.in-use} while a client database that lives is on it
     */
    void delete(PlanId plan);

    /**
     * The next name by the plan's DB Names template, as a client database that is made now would get it. It is not reserved; each
     * call gives another.
     *
     * @throws SaasException {@code plan.no-name-template}, {@code tenant.name-invalid} where it is one that the server itself
     *     needs, {@code server.none}
     */
    String generateName(PlanId plan);

    /** The terms under which plans were and are sold; a portal user sees those of its own client databases. */
    Lookup<Long, PlanVersion> versions();

    /**
     * One version of a plan.
     *
     * @param number 0: the one that is sold now
     * @throws SaasException {@code record.missing}
     */
    PlanVersion version(PlanId plan, int number);
}
