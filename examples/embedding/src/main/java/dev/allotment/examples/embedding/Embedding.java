// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.embedding;

import dev.allotment.ConfigurationChange;
import dev.allotment.ConfigurationResult;
import dev.allotment.CreateTenant;
import dev.allotment.CreatedTenant;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SignInLink;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.core.Allotment;
import java.util.Map;

/** Signs a customer up, gives it a database of its own, configures that, and lets the customer in. */
public final class Embedding {
    private Embedding() {}

    /** Needs no arguments. What it makes is kept in memory, so it can be run again. */
    public static void main(String[] args) {
        Map<String, String> storage = Map.of("memory", "true");
        try (Saas saas = Allotment.builder().backend("h2", storage).open()) {
            Plan.Builder offer = Plan.builder("Shop").dbNameTemplate("shop-%i");
            Plan plan = saas.plans().create(offer.maxUsers(5).build());
            User owner = saas.accounts().signUp(new SignUp("client@example.com", "Client Name", "a password"));
            CreatedTenant made = saas.tenants().create(CreateTenant.on(plan).ownedBy(owner));
            Tenant shop = made.tenant();
            System.out.println("Made " + saas.tenants().publicUrl(shop) + " for " + owner.login());

            ConfigurationChange.Builder wish =
                    ConfigurationChange.builder().install("guestbook").hiddenParam("saas_client.max_users", "10");
            ConfigurationResult upgraded = saas.configuration().apply(shop.id(), wish.build());
            shop = upgraded.tenant();
            System.out.println("Installed " + upgraded.installed() + " for " + shop.maxUsers() + " users");

            SignInLink entry = saas.access().issue(shop.id());
            var visit = saas.access().redeem(shop.name(), entry.token()).orElseThrow();
            System.out.println("Let " + visit.member().name() + " into " + shop.name());
        }
    }
}
