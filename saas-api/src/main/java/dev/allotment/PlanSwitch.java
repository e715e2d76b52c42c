// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.List;

/**
 * What a move to another plan or version would do to a client database, as of now. What it counted before is counted anew.
 *
 * @param changes what the catalog says of it
 * @param exceeded what is over the new limits already; the database goes on, but takes no more of it
 * @param addonsToInstall in this order
 * @param addonsToRemove in this order, with all that they hold: those that came with its version, do not come with the new one,
 *     and are needed by none that stays
 */
public record PlanSwitch(
        PlanId plan,
        int version,
        List<Change> changes,
        List<Excess> exceeded,
        List<String> addonsToInstall,
        List<String> addonsToRemove) {

    /**
     * One thing that would change.
     *
     * @param field a component of {@link Tenant} or {@link PlanVersion}, such as {@code maxUsers}
     * @param from as text; {@code none} where there was no plan
     */
    public record Change(String field, String from, String to) {}

    /**
     * Something that is over its new limit.
     *
     * @param field {@code maxUsers}, {@code storageLimitMb} (in megabytes), {@code maxDatabasesPerCustomer} or {@code
     *     maxTrialDatabasesPerCustomer}
     */
    public record Excess(String field, long limit, long found) {}

    public PlanSwitch {
        changes = List.copyOf(changes);
        exceeded = List.copyOf(exceeded);
        addonsToInstall = List.copyOf(addonsToInstall);
        addonsToRemove = List.copyOf(addonsToRemove);
    }

    /** Whether nothing would happen. */
    public boolean empty() {
        return changes.isEmpty() && addonsToInstall.isEmpty() && addonsToRemove.isEmpty();
    }

    /** Whether it is refused unless it is forced. */
    public boolean needsForce() {
        return !exceeded.isEmpty() || !addonsToRemove.isEmpty();
    }
}
