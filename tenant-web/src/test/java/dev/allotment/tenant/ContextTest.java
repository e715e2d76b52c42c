// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreatedTenant;
import dev.allotment.DatabaseLogin;
import dev.allotment.Filter;
import dev.allotment.Member;
import dev.allotment.Query;
import dev.allotment.Tenant;
import dev.allotment.test.Browser;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What the application is handed")
final class ContextTest {
    private static final String SHOP = "shop.localhost";

    @Test
    @DisplayName("is a data source whose connections end with the request, whatever the application forgets")
    void forgotten() throws Exception {
        String run = UUID.randomUUID().toString();
        try (TenantDataSources sources = TenantDataSources.builder(
                                tenant -> new DatabaseLogin("jdbc:h2:mem:" + run + tenant.name(), "sa", ""))
                        .build();
                World world = World.open(builder -> builder.dataSources(sources))) {
            Browser browser = world.inside(world.create(SHOP));
            for (int i = 0; i < 10; i++) {
                assertThat(browser.get(world.at(SHOP, "/forgetful")).body()).containsIgnoringCase(run + SHOP);
            }
            assertThat(sources.lentConnections()).isZero();
            assertThat(sources.reservedConnections()).isOne();
            assertThat(browser.get(world.at(SHOP, "/late")).body()).contains("has ended; background work uses");
            assertThat(sources.lentConnections()).isZero();
        }
    }

    @Test
    @DisplayName("is no data source where the backend has no logins for applications, and says so")
    void unsupported() throws Exception {
        try (World world = World.open()) {
            Browser browser = world.inside(world.create(SHOP));
            assertThat(browser.get(world.at(SHOP, "/forgetful")).body()).contains("no login of its own");
        }
    }

    @Test
    @DisplayName(
            "follows changes of groups within seconds, and of the session at once, unless that is trusted for a while")
    void fresh() throws Exception {
        try (World world = World.open(builder -> builder.trustSessions(Duration.ofSeconds(30)))) {
            CreatedTenant created = world.create(SHOP);
            Tenant shop = created.tenant();
            Browser browser = world.inside(created);
            assertThat(browser.get(world.at(SHOP, "/")).body()).contains("owner@");
            world.saas.access().closeSession(browser.cookie(SHOP, "session_id"));
            assertThat(browser.get(world.at(SHOP, "/")).body())
                    .describedAs("trusted")
                    .contains("owner@");
            world.nanos.addAndGet(TimeUnit.SECONDS.toNanos(30));
            assertThat(browser.get(world.at(SHOP, "/")).status()).isEqualTo(303);
            assertThat(shop.name()).isEqualTo(SHOP);
        }
        try (World world = World.open()) {
            CreatedTenant created = world.create(SHOP);
            Browser browser = world.inside(created);
            var members = world.saas.database(SHOP).members();
            var owner = members.list(Query.where(Filter.equal(Member.OWNER, true))).get(0);
            assertThat(browser.get(world.at(SHOP, "/")).body()).contains("base.group_user");
            members.setGroups(owner.id(), List.of());
            world.nanos.addAndGet(TimeUnit.SECONDS.toNanos(5));
            assertThat(browser.get(world.at(SHOP, "/")).body()).contains(" in [] ");
            world.saas.access().closeSession(browser.cookie(SHOP, "session_id"));
            assertThat(browser.get(world.at(SHOP, "/")).status()).isEqualTo(303);
        }
    }
}
