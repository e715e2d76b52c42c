// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.Plan;
import dev.allotment.Tenant;
import dev.allotment.User;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How much databases use, with their limits. */
class UsagePagesTest {
    private PortalTestServer server;
    private PortalVisit admin;
    private Plan plan;
    private User owner;

    @BeforeEach
    void open() throws Exception {
        server = PortalTestServer.openPaused();
        admin = PortalVisit.signedIn(server, "admin");
        plan = server.plan("Basic");
        owner = server.signUp("cleo@example.com", "Cleo");
    }

    @AfterEach
    void close() {
        server.close();
    }

    /** A database with a limit of 100 MB, whose application has stored so many. */
    private Tenant using(String name, int megabytes) {
        Tenant made = server.saas
                .tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).name(name).build())
                .tenant();
        server.saas
                .tenants()
                .update(
                        made.id(),
                        each -> each.toBuilder()
                                .storageLimitMb(100)
                                .maxUsers(4000)
                                .build());
        server.saas.tenants().reportFileStorage(made.id(), (long) megabytes << 20);
        return server.saas.tenants().sync(made.id());
    }

    private List<String> storageMeter(Tenant tenant) {
        return List.copyOf(admin.get("/admin/databases/" + tenant.id())
                .page()
                .select("svg.meter[aria-label^=Storage]")
                .first()
                .classNames());
    }

    @Test
    void aMeterAndAFilterShowWhichDatabasesAreNearOrOverTheirLimits() {
        Tenant ant = using("ant.localhost", 10);
        Tenant bee = using("bee.localhost", 85);
        Tenant cat = using("cat.localhost", 120);

        assertThat(storageMeter(ant)).contains("fine").doesNotContain("nearly", "full");
        assertThat(storageMeter(bee)).contains("nearly").doesNotContain("fine", "full");
        assertThat(storageMeter(cat)).contains("full").doesNotContain("fine", "nearly");
        assertThat(admin.get("/admin/databases?usage=over")
                        .page()
                        .select("section.panel")
                        .first()
                        .select("tbody th")
                        .eachText())
                .containsExactly("cat.localhost");
    }

    @Test
    void largeNumbersHaveSeparatorsAndOneHasNoPlural() {
        assertThat(users(using("ant.localhost", 10))).matches("[0-9]+ of 4,000 users");
        Tenant single = using("bee.localhost", 10);
        server.saas
                .tenants()
                .update(single.id(), each -> each.toBuilder().maxUsers(1).build());
        assertThat(users(single)).matches("[0-9]+ of 1 user");
    }

    private String users(Tenant tenant) {
        return admin.get("/admin/databases/" + tenant.id())
                .page()
                .select(".usage .figures")
                .first()
                .text();
    }
}
