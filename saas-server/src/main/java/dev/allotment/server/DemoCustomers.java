// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.CreateTenant;
import dev.allotment.Filter;
import dev.allotment.NewUser;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.SuspendTenant;
import dev.allotment.TeamRole;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.billing.PaymentReport;
import dev.allotment.billing.PaymentState;
import dev.allotment.tenant.TenantDataSources;
import java.sql.SQLException;

/** The customers of the demo: companies with teams, databases and orders, of which some need attention. */
final class DemoCustomers {
    /** The password of all their accounts, which is public. */
    static final String PASSWORD = "three blue boats";

    /** The owner of the first company. */
    static final String OWNER = "mia@harbour.example";

    private final Saas saas;
    private final Plan shop;
    private final TenantDataSources databases;

    private DemoCustomers(Saas saas, Plan shop, TenantDataSources databases) {
        this.saas = saas;
        this.shop = shop;
        this.databases = databases;
    }

    /** Whether the first one was created, so that people can sign in as its owner. */
    static boolean exist(Saas saas) {
        return saas.accounts().count(Filter.equal(User.LOGIN, OWNER)) > 0;
    }

    /** Creates them. Takes a few seconds. */
    static void create(Saas saas, Plan shop) throws SQLException {
        try (TenantDataSources databases = TenantDataSources.of(saas)) {
            new DemoCustomers(saas, shop, databases).create();
        }
    }

    private void create() throws SQLException {
        User mia = company(OWNER, "Mia Larsen", "Harbour Coffee");
        colleague(mia, "tom@harbour.example", "Tom Okafor", TeamRole.ADMINISTRATOR);
        colleague(mia, "lea@harbour.example", "Lea Schmidt", TeamRole.MEMBER);
        Tenant harbour = shop(mia, "harbour");
        order(harbour, "Café Morgenrot", "Espresso beans, 1 kg", 12, "18.50");
        order(harbour, "Office Nord", "Filter coffee, 500 g", 30, "7.90");
        order(harbour, "Bakery Lund", "Oat milk", 24, "2.10");
        order(shop(mia, "harbour-test"), "Trial customer", "Espresso beans, 1 kg", 1, "18.50");

        User jonas = company("jonas@nordlicht.example", "Jonas Weber", "Nordlicht Bikes");
        colleague(jonas, "accounts@nordlicht.example", "Accounting", TeamRole.BILLING);
        order(shop(jonas, "nordlicht"), "City of Kiel", "Cargo bike", 3, "4290.00");
        saas.payments()
                .report(PaymentReport.ofCustomer(jonas.customerId(), PaymentState.PAST_DUE)
                        .reference("INV-2041")
                        .build());

        User ines = company("ines@luz.example", "Inés Vidal", "Atelier Luz");
        Tenant luz = shop(ines, "luz");
        saas.tenants()
                .suspend(SuspendTenant.builder(luz.id())
                        .reason("The customer has requested a break.")
                        .build());
    }

    private User company(String login, String owner, String name) {
        User user =
                saas.accounts().signUp(SignUp.builder(login, owner, PASSWORD).build());
        saas.customers()
                .update(user.customerId(), each -> each.toBuilder().name(name).build());
        return user;
    }

    private void colleague(User owner, String login, String name, TeamRole role) {
        saas.accounts()
                .create(NewUser.builder(login, name)
                        .password(PASSWORD)
                        .customerId(owner.customerId())
                        .teamRole(role)
                        .build());
    }

    private Tenant shop(User owner, String name) {
        return saas.tenants()
                .create(CreateTenant.onPlan(shop)
                        .owner(owner)
                        .name(name + "." + Demo.domain(saas.mainDatabase()))
                        .build())
                .tenant();
    }

    private void order(Tenant tenant, String customer, String product, int quantity, String price) throws SQLException {
        new Orders(databases.of(tenant)).add(new Orders.NewOrder(customer, product, quantity, price));
    }
}
