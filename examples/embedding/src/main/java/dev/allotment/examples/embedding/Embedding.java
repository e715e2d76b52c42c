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

/** Signs up a customer, creates and configures a tenant database, and signs the customer in to it. */
public final class Embedding {
    private Embedding() {}

    /** Runs the example. Takes no arguments, and stores everything in memory. */
    public static void main(String[] args) {
        Map<String, String> storage = Map.of("memory", "true");
        try (Saas saas = Allotment.builder().backend("h2", storage).open()) {
            Plan.Builder offer = Plan.builder("Shop").dbNameTemplate("shop-%i");
            Plan plan = saas.plans().create(offer.maxUsers(5).build());
            User owner = saas.accounts().signUp(new SignUp("client@example.com", "Client Name", "a password"));
            CreatedTenant created = saas.tenants().create(CreateTenant.on(plan).ownedBy(owner));
            Tenant shop = created.tenant();
            System.out.println("Created " + saas.tenants().publicUrl(shop) + " for " + owner.login());

            ConfigurationChange.Builder change =
                    ConfigurationChange.builder().install("guestbook").hiddenParam("saas_client.max_users", "10");
            ConfigurationResult result = saas.configuration().apply(shop.id(), change.build());
            shop = result.tenant();
            System.out.println("Installed " + result.installed() + " for " + shop.maxUsers() + " users");

            SignInLink link = saas.access().issue(shop.id());
            var visit = saas.access().redeem(shop.name(), link.token()).orElseThrow();
            System.out.println("Signed in " + visit.member().name() + " to " + shop.name());
        }
    }
}
