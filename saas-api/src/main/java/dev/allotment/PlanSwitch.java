// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.List;

/**
 * What moving a tenant to another plan or version would do, as of now.
 *
 * <p>Immutable.
 *
 * @param plan the new plan
 * @param version the version of the new plan
 * @param changes the values that would change
 * @param exceeded the new limits that the tenant already exceeds; it still works, but cannot add more
 * @param addonsToInstall in this order
 * @param addonsToRemove in this order, with all their data: add-ons of the old version that the new one does not have
 *     and that no other add-on needs
 */
public record PlanSwitch(
        PlanId plan,
        int version,
        List<Change> changes,
        List<Excess> exceeded,
        List<String> addonsToInstall,
        List<String> addonsToRemove) {
    /** Creates a record from all its components. Use {@link #builder} instead. */
    @Internal
    public PlanSwitch {
        changes = List.copyOf(changes);
        exceeded = List.copyOf(exceeded);
        addonsToInstall = List.copyOf(addonsToInstall);
        addonsToRemove = List.copyOf(addonsToRemove);
    }

    /**
     * One value that would change.
     *
     * @param field a component of {@link Tenant} or {@link PlanVersion}, such as {@code maxUsers}
     * @param from the present value as text; {@code none} if there is no plan
     * @param to the new value as text
     */
    public record Change(String field, String from, String to) {}

    /**
     * A new limit that is already exceeded.
     *
     * @param field {@code maxUsers}, {@code storageLimitMb} (in megabytes), {@code maxDatabasesPerCustomer} or {@code
     *     maxTrialDatabasesPerCustomer}
     * @param limit the new limit
     * @param found the present value
     */
    public record Excess(String field, long limit, long found) {}

    /** Starts a builder with the required parts. The builder methods name the defaults of the others. */
    public static Builder builder(PlanId plan, int version) {
        return new Builder(plan, version);
    }

    /** Starts a builder with the values of this record. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Returns whether nothing would happen. */
    public boolean empty() {
        return changes.isEmpty() && addonsToInstall.isEmpty() && addonsToRemove.isEmpty();
    }

    /** Returns whether the switch is refused unless it is forced. */
    public boolean needsForce() {
        return !exceeded.isEmpty() || !addonsToRemove.isEmpty();
    }

    /** Collects the parts of {@link PlanSwitch}. Not safe for use by several threads. */
    public static final class Builder {
        private PlanId plan;
        private int version;
        private List<Change> changes = List.of();
        private List<Excess> exceeded = List.of();
        private List<String> addonsToInstall = List.of();
        private List<String> addonsToRemove = List.of();

        private Builder(PlanId plan, int version) {
            this.plan = plan;
            this.version = version;
        }

        private Builder(PlanSwitch from) {
            plan = from.plan;
            version = from.version;
            changes = from.changes;
            exceeded = from.exceeded;
            addonsToInstall = from.addonsToInstall;
            addonsToRemove = from.addonsToRemove;
        }

        /** Sets {@link PlanSwitch#plan}: the new plan. */
        public Builder plan(PlanId value) {
            plan = value;
            return this;
        }

        /** Sets {@link PlanSwitch#version}: the version of the new plan. */
        public Builder version(int value) {
            version = value;
            return this;
        }

        /** Sets {@link PlanSwitch#changes}: the values that would change. Default: none. */
        public Builder changes(List<Change> value) {
            changes = value;
            return this;
        }

        /**
         * Sets {@link PlanSwitch#exceeded}: the new limits that the tenant already exceeds; it still works, but cannot
         * add more. Default: none.
         */
        public Builder exceeded(List<Excess> value) {
            exceeded = value;
            return this;
        }

        /** Sets {@link PlanSwitch#addonsToInstall}: in this order. Default: none. */
        public Builder addonsToInstall(List<String> value) {
            addonsToInstall = value;
            return this;
        }

        /**
         * Sets {@link PlanSwitch#addonsToRemove}: in this order, with all their data: add-ons of the old version that
         * the new one does not have and that no other add-on needs. Default: none.
         */
        public Builder addonsToRemove(List<String> value) {
            addonsToRemove = value;
            return this;
        }

        /** Creates the record. */
        public PlanSwitch build() {
            return new PlanSwitch(plan, version, changes, exceeded, addonsToInstall, addonsToRemove);
        }
    }
}
