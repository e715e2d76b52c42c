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
    /** Creates a record from all its components. Only the control plane creates one. */
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
     * @param field a component of {@link Tenant} or {@link PlanVersion}, such as {@code maxUsers}; of entitlements,
     *     with the name, such as {@code entitlements.projects}
     * @param from the present value as text; {@code none} if there is no plan, or no such entitlement
     * @param to the new value as text; {@code none} if there is no such entitlement
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

    /** Returns whether nothing would happen. */
    public boolean empty() {
        return changes.isEmpty() && addonsToInstall.isEmpty() && addonsToRemove.isEmpty();
    }

    /** Returns whether the switch is refused unless it is forced. */
    public boolean needsForce() {
        return !exceeded.isEmpty() || !addonsToRemove.isEmpty();
    }
}
