// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.CreatedTenant;
import dev.allotment.DatabaseLogin;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.access.Member;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.Databases;
import dev.allotment.test.Browser;
import dev.allotment.testing.InterruptibleBackend;
import dev.allotment.testing.MemoryBackend;
import dev.allotment.testing.ProcessKilled;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ContextTest {
    private static final String SHOP = "shop.localhost";

    @Test
    void theBuilderOfTheFilterNamesEveryMistake() {
        try (Saas saas = Saas.builder().backend(MemoryBackend.create()).open()) {
            TenantFilter.Builder wrong = TenantFilter.builder(saas)
                    .pathPrefix("db")
                    .trustedProxies(List.of("proxy.example.com"))
                    .hostCacheTtl(Duration.ofSeconds(-1))
                    .sessionCacheTtl(Duration.ofHours(1))
                    .bypass(List.of("xmlrpc"))
                    .allowAnonymous("/a*b");
            assertThatThrownBy(wrong::build)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll(
                            "path prefix",
                            "proxy.example.com",
                            "hostCacheTtl",
                            "sessionCacheTtl",
                            "[xmlrpc]",
                            "[/a*b]");
        }
    }

    @Test
    void isUnavailableWhileTheTenantIsMovedToAnotherServer() throws Exception {
        try (World world = World.open()) {
            CreatedTenant shop = world.create(SHOP);
            Browser browser = world.inside(shop);
            ServerId second = world.saas
                    .servers()
                    .create(Server.builder("second").build())
                    .id();
            Databases old = world.backend.databases(
                    world.saas.servers().get(shop.tenant().serverId()));
            for (int steps = 0; old.exists(SHOP); steps++) {
                InterruptibleBackend process = InterruptibleBackend.over(world.backend);
                Saas other = world.node(process);
                // The last attempt may have to be finished.
                world.clock.advance(Duration.ofMinutes(1));
                world.saas.operations().recover();
                world.saas.tenants().move(shop.tenant().id(), shop.tenant().serverId());
                process.killAfter(steps);
                assertThatThrownBy(() -> other.tenants().move(shop.tenant().id(), second))
                        .isInstanceOf(ProcessKilled.class);
            }
            world.nanos.addAndGet(TimeUnit.MINUTES.toNanos(1));
            var meanwhile = browser.get(world.at(SHOP, "/x"));
            assertThat(meanwhile.status()).isEqualTo(503);
            assertThat(meanwhile.body()).contains("Temporarily unavailable");

            world.clock.advance(Duration.ofMinutes(1));
            world.saas.operations().recover();
            assertThat(browser.get(world.at(SHOP, "/x")).body()).contains("owner@" + SHOP);
        }
    }

    @Test
    void closesForgottenConnectionsAtTheEndOfTheRequest() throws Exception {
        String run = UUID.randomUUID().toString();
        try (TenantDataSources sources = TenantDataSources.builder(
                                tenant -> new DatabaseLogin("jdbc:h2:mem:" + run + tenant.name(), "sa", ""),
                                Tenant::serverId)
                        .build();
                World world = World.open(builder -> builder.dataSources(sources))) {
            Browser browser = world.inside(world.create(SHOP));
            for (int i = 0; i < 10; i++) {
                assertThat(browser.get(world.at(SHOP, "/forgetful")).body()).containsIgnoringCase(run + SHOP);
            }
            assertThat(sources.acquiredConnections()).isZero();
            assertThat(sources.reservedConnections()).isOne();
            assertThat(browser.get(world.at(SHOP, "/late")).body()).contains("has finished. For background work");
            assertThat(sources.acquiredConnections()).isZero();
        }
    }

    @Test
    void reportsThatTheBackendHasNoLoginsForApplications() throws Exception {
        try (World world = World.open()) {
            Browser browser = world.inside(world.create(SHOP));
            assertThat(browser.get(world.at(SHOP, "/forgetful")).body()).contains("have no logins");
        }
    }

    @Test
    void seesChangedGroupsWithinSecondsAndClosedSessionsAtOnceUnlessTheyAreCached() throws Exception {
        try (World world = World.open(builder -> builder.sessionCacheTtl(Duration.ofSeconds(30)))) {
            CreatedTenant created = world.create(SHOP);
            Tenant shop = created.tenant();
            Browser browser = world.inside(created);
            assertThat(browser.get(world.at(SHOP, "/")).body()).contains("owner@");
            world.saas.access().closeSession(browser.cookie(SHOP, "session_id"));
            assertThat(browser.get(world.at(SHOP, "/")).body())
                    .describedAs("cached")
                    .contains("owner@");
            world.nanos.addAndGet(TimeUnit.SECONDS.toNanos(30));
            assertThat(browser.get(world.at(SHOP, "/")).status()).isEqualTo(303);
            assertThat(shop.name()).isEqualTo(SHOP);
        }
        try (World world = World.open()) {
            CreatedTenant created = world.create(SHOP);
            Browser browser = world.inside(created);
            var members = world.saas.database(SHOP).members();
            var owner =
                    members.list(Query.where(Filter.equal(Member.OWNER, true))).get(0);
            assertThat(browser.get(world.at(SHOP, "/")).body()).contains("base.group_user");
            members.setGroups(owner.id(), List.of());
            world.nanos.addAndGet(TimeUnit.SECONDS.toNanos(5));
            assertThat(browser.get(world.at(SHOP, "/")).body()).contains(" in [] ");
            world.saas.access().closeSession(browser.cookie(SHOP, "session_id"));
            assertThat(browser.get(world.at(SHOP, "/")).status()).isEqualTo(303);
        }
    }
}
