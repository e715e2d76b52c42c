// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

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
}
