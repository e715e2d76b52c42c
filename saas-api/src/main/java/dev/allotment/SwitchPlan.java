// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.Objects;

/**
 * A command to move a tenant to another plan, or to another version of its plan: {@code SwitchPlan.builder(shop.id(),
 * plan.id()).build()}.
 *
 * <p>Immutable.
 *
 * @param tenant the tenant to move
 * @param plan the new plan
 * @param version the version of the plan; 0: the one that is sold now
 * @param force whether the tenant is moved although it exceeds new limits, or although add-ons and their data are
 *     removed
 */
public record SwitchPlan(TenantId tenant, PlanId plan, int version, boolean force) {
    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public SwitchPlan {}

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(TenantId tenant, PlanId plan) {
        return new Builder(tenant, plan);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects the parts of {@link SwitchPlan}. Not safe for use by several threads. */
    public static final class Builder {
        private TenantId tenant;
        private PlanId plan;
        private int version;
        private boolean force;

        private Builder(TenantId tenant, PlanId plan) {
            this.tenant = Objects.requireNonNull(tenant, "tenant");
            this.plan = Objects.requireNonNull(plan, "plan");
        }

        private Builder(SwitchPlan from) {
            tenant = from.tenant;
            plan = from.plan;
            version = from.version;
            force = from.force;
        }

        /** Sets {@link SwitchPlan#tenant}. */
        public Builder tenant(TenantId value) {
            tenant = value;
            return this;
        }

        /** Sets {@link SwitchPlan#plan}. */
        public Builder plan(PlanId value) {
            plan = value;
            return this;
        }

        /** Sets {@link SwitchPlan#version}. Default: 0. */
        public Builder version(int value) {
            version = value;
            return this;
        }

        /** Sets {@link SwitchPlan#force}. Default: false. */
        public Builder force(boolean value) {
            force = value;
            return this;
        }

        /** Creates the record. It checks no value: {@link Tenants#switchPlan} refuses wrong ones. */
        public SwitchPlan build() {
            return new SwitchPlan(tenant, plan, version, force);
        }
    }
}
