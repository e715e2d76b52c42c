// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import java.util.Map;
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
            Demo.fill(saas, templates -> {});

            assertThat(saas.plans().list(Query.all()))
                    .extracting(Plan::dbNameTemplate)
                    .containsExactlyInAnyOrder(client, shop);
            assertThat(saas.parameters().value(Parameter.BASE_DOMAIN))
                    .as("names without a dot")
                    .hasValue(client.substring("client-%i.".length()));
        }
    }
}
