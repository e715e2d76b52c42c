// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fleet;

import dev.allotment.ErrorCodes;
import dev.allotment.OperationId;
import dev.allotment.PlanId;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Tenants;
import dev.allotment.hook.TenantAction;
import dev.allotment.hook.TenantSchema;
import java.util.List;

/** The state that a {@link Campaign} brings tenants to. */
public sealed interface CampaignChange {
    /** Migrates the {@link TenantSchema} to its present version, each tenant as {@link Tenants#migrate}. */
    static CampaignChange schema() {
        return new Schema();
    }

    /**
     * Updates add-ons to their latest versions where they are installed, each tenant with a configuration change.
     *
     * @param names none: all add-ons
     */
    static CampaignChange addons(String... names) {
        return new Addons(List.of(names));
    }

    /**
     * Runs an action of the embedder, once for each tenant.
     *
     * @param name the name that the {@link TenantAction} was registered with
     */
    static CampaignChange action(String name) {
        return new Action(name);
    }

    /**
     * Moves tenants to a database server, each as {@link Tenants#move}. With {@link Campaign.Builder#server}, it
     * empties another one.
     */
    static CampaignChange move(ServerId server) {
        return new Move(server);
    }

    /**
     * Makes the moves that {@link Servers#rebalancing} found, each as {@link Tenants#move} does. A tenant that has left
     * its server since then stays where it is.
     */
    static CampaignChange rebalance(Rebalancing rebalancing) {
        return new Rebalance(rebalancing.moves());
    }

    /**
     * Switches tenants to the version of a plan that is sold when the campaign starts, each as {@link
     * Tenants#switchPlan}. A tenant that exceeds a limit of the plan, or would lose add-ons, is refused, and counts as
     * failed. Tenants on a later version of the plan stay there. With {@link Campaign.Builder#plan}, only tenants that
     * are on that plan are switched.
     */
    static CampaignChange plan(PlanId plan) {
        return new Plan(plan, 0, false);
    }

    /**
     * Switches tenants as {@link #plan(PlanId)}, also those that exceed limits or lose add-ons with their data. {@link
     * Campaign.Builder#backupBefore} makes a backup of each tenant before that.
     */
    static CampaignChange planByForce(PlanId plan) {
        return new Plan(plan, 0, true);
    }

    /**
     * Takes a campaign of {@link #plan(PlanId)} back, which must have ended: each tenant that it has switched, and that
     * is still on the same version of that plan, returns to the plan and version where it was, as with {@link
     * Tenants#switchPlan}. Add-ons that were removed are installed again, without their data. A tenant that had no plan
     * keeps the new one.
     *
     * @param campaign the number of that campaign
     * @param force whether a tenant is also switched if it exceeds limits of the earlier plan, or loses add-ons of the
     *     new one with their data
     */
    static CampaignChange switchBack(OperationId campaign, boolean force) {
        return new SwitchBack(campaign, force);
    }

    /** The tenant schema gets its present version. */
    record Schema() implements CampaignChange {}

    /**
     * Installed add-ons get their latest versions.
     *
     * @param names the add-ons; empty: all
     */
    record Addons(List<String> names) implements CampaignChange {
        /** Copies the list. */
        public Addons {
            names = List.copyOf(names);
        }
    }

    /**
     * An action was run.
     *
     * @param name the name that it was registered with
     */
    record Action(String name) implements CampaignChange {}

    /**
     * The tenant is on a database server.
     *
     * @param server that server
     */
    record Move(ServerId server) implements CampaignChange {}

    /**
     * Each of these tenants has left the server where it was.
     *
     * @param moves 1 to {@value Rebalancing#MOST_MOVES}, of different tenants
     */
    record Rebalance(List<Rebalancing.Move> moves) implements CampaignChange {
        /**
         * Copies the list.
         *
         * @throws SaasException {@code configuration.invalid} for too few, too many, or two of one tenant
         */
        public Rebalance {
            moves = List.copyOf(moves);
            long tenants =
                    moves.stream().map(Rebalancing.Move::tenant).distinct().count();
            if (moves.isEmpty() || moves.size() > Rebalancing.MOST_MOVES || tenants < moves.size()) {
                throw SaasException.invalid(
                        ErrorCodes.CONFIGURATION_INVALID,
                        "A campaign that evens out servers has 1 to " + Rebalancing.MOST_MOVES
                                + " moves of different tenants, found " + moves.size() + " of " + tenants
                                + " tenants. Show the moves first, and start these.");
            }
        }
    }

    /**
     * The tenant is on a plan.
     *
     * @param plan that plan
     * @param version the version of the plan, or a later one; 0: the one that is sold when the campaign starts
     * @param force whether tenants are switched that exceed limits, or lose add-ons with their data
     */
    record Plan(PlanId plan, int version, boolean force) implements CampaignChange {
        /**
         * Checks the version.
         *
         * @throws SaasException {@code configuration.invalid} if it is negative
         */
        public Plan {
            if (version < 0) {
                throw SaasException.invalid(
                        ErrorCodes.CONFIGURATION_INVALID,
                        "A version of a plan is 1 or higher, or 0 for the one that is sold now; found " + version
                                + ".");
            }
        }
    }

    /**
     * The tenant is on the plan where it was before a campaign switched it.
     *
     * @param campaign the number of that campaign
     * @param force whether tenants are switched that exceed limits, or lose add-ons with their data
     */
    record SwitchBack(OperationId campaign, boolean force) implements CampaignChange {}
}
