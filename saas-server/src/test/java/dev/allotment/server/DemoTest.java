// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Customer;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.TeamRole;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.tenant.TenantDataSources;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemoTest {
    @ParameterizedTest
    @CsvSource({
        "portal.localhost, client-%i.localhost, shop-%i.localhost",
        "portal.example.com, client-%i.example.com, shop-%i.example.com",
        "odoo.local, client-%i.odoo.local, shop-%i.odoo.local"
    })
    void tenantsHaveHostsInTheDomainOfTheMainDatabase(String main, String client, String shop) {
        try (Saas saas = Saas.builder()
                .backend("h2", Map.of("memory", "true"))
                .mainDatabase(main)
                .open()) {
            Demo.fill(saas, templates -> {}, true);

            assertThat(saas.plans().list(Query.all()))
                    .extracting(Plan::dbNameTemplate)
                    .containsExactlyInAnyOrder(client, shop);
            assertThat(saas.parameters().value(Parameter.BASE_DOMAIN))
                    .as("names without a dot")
                    .hasValue(client.substring("client-%i.".length()));
        }
    }

    @Test
    void theDemoHasCustomersWithTeamsDatabasesAndOrders() throws Exception {
        try (Saas saas = Saas.builder()
                        .backend("h2", Map.of("memory", "true"))
                        .passwordIterations(1)
                        .open();
                TenantDataSources databases = TenantDataSources.of(saas)) {
            Demo.fill(saas, Runnable::run, true);
            Demo.fill(saas, Runnable::run, true);

            User mia = saas.accounts()
                    .authenticate(DemoCustomers.OWNER, DemoCustomers.PASSWORD, null)
                    .orElseThrow();
            assertThat(saas.customers().list(Query.all()))
                    .extracting(Customer::name)
                    .contains("Harbour Coffee", "Nordlicht Bikes", "Atelier Luz");
            assertThat(saas.actingAs(mia.id()).teams().members())
                    .extracting(each -> each.member().role())
                    .containsExactlyInAnyOrder(TeamRole.OWNER, TeamRole.ADMINISTRATOR, TeamRole.MEMBER);
            assertThat(saas.tenants().list(Query.all()))
                    .extracting(Tenant::state)
                    .containsExactlyInAnyOrder(
                            TenantState.OPEN, TenantState.OPEN, TenantState.OPEN, TenantState.SUSPENDED);
            Tenant harbour = saas.tenants()
                    .list(Query.where(Filter.equal(Tenant.OWNER_ID, mia.id())))
                    .get(0);
            assertThat(new Orders(databases.of(harbour)).latest())
                    .extracting(LandingView.Order::name)
                    .containsExactly("S00003", "S00002", "S00001");
        }
    }

    @Test
    void theDemoStartsEmptyOnRequest() {
        try (Saas saas = Saas.builder().backend("h2", Map.of("memory", "true")).open()) {
            Demo.fill(saas, Runnable::run, false);

            assertThat(saas.tenants().count(Filter.all())).isZero();
            assertThat(saas.plans().list(Query.all())).allMatch(Plan::published);
        }
    }
}
