// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/**
 * Asks for a client database to be moved to another plan, or another version of its own.
 *
 * @param version 0: the one that is sold now
 * @param force whether it is done though something is over the new limits, or add-ons would go with what they hold
 */
public record SwitchPlan(TenantId tenant, PlanId plan, int version, boolean force) {
    /** To what is sold on the plan now. */
    public static SwitchPlan of(TenantId tenant, PlanId plan) {
        return new SwitchPlan(tenant, plan, 0, false);
    }

    public SwitchPlan atVersion(int value) {
        return new SwitchPlan(tenant, plan, value, force);
    }

    public SwitchPlan forced(boolean value) {
        return new SwitchPlan(tenant, plan, version, value);
    }
}
