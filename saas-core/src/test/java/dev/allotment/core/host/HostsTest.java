// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.host;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.Parameter;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.Tenants;
import dev.allotment.core.Fixture;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HostsTest {
    private static final ServerId SERVER = new ServerId(1);

    private final Fixture fixture = new Fixture();
    private final Tenants tenants = fixture.saas.tenants();

    @AfterEach
    void close() {
        fixture.close();
    }

    private void template(String template) {
        fixture.saas
                .servers()
                .update(
                        SERVER,
                        server ->
                                server.toBuilder().clientsHostTemplate(template).build());
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "none,                             shop,             shop.example.com",
                "none,                             shop.example.org, shop.example.org",
                "none,                             shop.example.com, shop.example.com",
                "{dbname}.{base_saas_domain},      shop,             shop.example.com",
                "{DBNAME}.db.{base_saas_domain_1}, shop,             shop.db.example.com",
                "{dbname}.x.{dbname}.example.com,  shop,             shop.x.shop.example.com",
            })
    void leadsBackToItsTenantOnly(String template, String name, String host) {
        fixture.saas.parameters().set(Parameter.BASE_DOMAIN, "example.com");
        template(template);
        Tenant tenant = fixture.tenant(name);

        assertThat(tenants.host(tenant)).isEqualTo(host);
        assertThat(tenants.findByHost(host)).contains(tenant);
        assertThat(tenants.findByHost(host.toUpperCase(Locale.ROOT) + ".:8069"))
                .as("as a client may send it")
                .contains(tenant);
        for (String other :
                new String[] {"x" + host, host + "x", "x." + host, host + "..", "", ".", "shop", "{dbname}"}) {
            assertThat(tenants.findByHost(other)).describedAs(other).isEmpty();
        }
        tenants.delete(tenant.id());
        assertThat(tenants.findByHost(host)).isEmpty();
    }

    @Test
    void staysWithTheFirstTenantIfTwoNamesMakeTheSameHost() {
        fixture.saas.parameters().set(Parameter.BASE_DOMAIN, "example.com");
        Tenant first = fixture.tenant("shop");
        Tenant second = fixture.tenant("shop.example.com");

        assertThat(tenants.host(second)).isEqualTo(tenants.host(first));
        assertThat(tenants.findByHost("shop.example.com")).contains(first);
    }

    @Test
    void neverEqualsTheMainDatabasesHost() {
        template("{dbname}.localhost");
        Tenant tenant = fixture.tenant("portal");

        assertThat(tenants.host(tenant)).isEqualTo("portal.localhost");
        assertThat(tenants.findByHost("portal.localhost")).isEmpty();
    }

    @Test
    void leadsNowhereIfTenantsShareItByPath() {
        fixture.saas.parameters().set(Parameter.BASE_DOMAIN, "clients.example.com");
        template("{base_saas_domain}/db/{dbname}");
        Tenant tenant = fixture.tenant("shop");

        assertThat(tenants.host(tenant)).isEqualTo("clients.example.com");
        assertThat(tenants.publicUrl(tenant)).hasToString("http://clients.example.com:8069/db/shop");
        assertThat(fixture.saas
                        .actingAs(Objects.requireNonNull(tenant.ownerId()))
                        .access()
                        .issue(tenant.id())
                        .url())
                .asString()
                .startsWith("http://clients.example.com:8069/db/shop/saas_client/new_database?access_token=");
        assertThat(tenants.findByHost("clients.example.com")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "example.com/db",
                "example.com/{dbname}/x",
                "example.com/db-{dbname}",
                "example.com/db/{dbname}/",
                "example.com//{dbname}",
                "/{dbname}",
                "example.com/../{dbname}?",
                "user@example.com/{dbname}",
                "{dbname}:8080",
            })
    void refusesTemplatesThatDoNotDistinguishTenants(String template) {
        assertRefusal(() -> template(template)).isEqualTo(ErrorCodes.SERVER_INVALID);
    }
}
