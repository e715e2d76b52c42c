// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.embedding;

import dev.allotment.ConfigurationChange;
import dev.allotment.ConfigurationResult;
import dev.allotment.CreateTenant;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SignInLink;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.User;
import java.util.Map;

/** Signs a customer up, creates and configures a tenant, and signs the customer in to it. */
public final class Embedding {
    private Embedding() {}

    /** Runs the example. It takes no arguments and stores everything in memory, so it can run again. */
    public static void main(String[] args) {
        try (Saas saas = Saas.builder().backend("h2", Map.of("memory", "true")).open()) {
            Plan.Builder offer = Plan.builder("Shop").dbNameTemplate("shop-%i");
            Plan plan = saas.plans().create(offer.build());
            SignUp.Builder client = SignUp.builder("client@example.com", "Client Name", "a password");
            User owner = saas.accounts().signUp(client.build());
            CreateTenant order = CreateTenant.onPlan(plan).owner(owner).build();
            Tenant shop = saas.tenants().create(order).tenant();
            System.out.println("Created " + saas.tenants().publicUrl(shop) + " for " + owner.login());

            ConfigurationChange change = ConfigurationChange.builder()
                    .install("guestbook")
                    .maxUsers(10)
                    .build();
            ConfigurationResult result = saas.configuration().apply(shop.id(), change);
            shop = result.tenant();
            System.out.println("Installed " + result.installed() + " for " + shop.maxUsers() + " users");

            SignInLink link = saas.access().issue(shop.id());
            var visit = saas.access().redeem(shop.name(), link.token()).orElseThrow();
            System.out.println("Signed in " + visit.member().name() + " to " + shop.name());
        }
    }
}
