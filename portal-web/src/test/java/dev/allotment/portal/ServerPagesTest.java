// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Server;
import dev.allotment.portal.PortalVisit.Answer;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.tck.memory.MemoryBackend;
import java.util.Map;
import java.util.UUID;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ServerPagesTest {
    private static final String NEW = "/admin/servers/new";

    private PortalTestServer portal;
    private PortalVisit admin;

    @BeforeEach
    void open() throws Exception {
        portal = PortalTestServer.openWith(new Elsewhere());
        admin = PortalVisit.signedIn(portal, "admin");
    }

    @AfterEach
    void close() {
        portal.close();
    }

    private Server server(String name) {
        return portal.saas
                .servers()
                .list(Query.where(Filter.equal(Server.NAME, name)))
                .get(0);
    }

    private Element row(String name) {
        return admin.get("/admin/servers").page().select("tbody tr").stream()
                .filter(row -> row.select("th a").text().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void showsWhetherAServerIsFullDownOrHealthy() {
        Server full = portal.saas
                .servers()
                .create(Server.builder("full")
                        .backend("elsewhere")
                        .settings(Map.of("url", "near"))
                        .capacity(4)
                        .build());
        portal.saas
                .servers()
                .create(Server.builder("down")
                        .backend("elsewhere")
                        .settings(Map.of("url", "far"))
                        .build());
        Plan plan = portal.saas
                .plans()
                .create(Plan.builder("There").serverId(full.id()).build());
        for (String name : new String[] {"one.localhost", "two.localhost"}) {
            portal.saas
                    .tenants()
                    .create(CreateTenant.onPlan(plan)
                            .owner(portal.signUp(name, name))
                            .name(name)
                            .build());
        }
        assertThat(row("down").text()).contains("Unreachable");
        for (String name : new String[] {"full", "down", "default"}) {
            String path = "/admin/servers/" + server(name).id() + "/ask";
            assertThat(admin.get("/admin/servers").submit(path).follow().text()).contains("Health checked.");
        }

        assertThat(row("full").text()).contains("Healthy", "Full", "2 of 4");
        assertThat(row("full").select("svg").attr("aria-label")).isEqualTo("50 percent of the capacity of full");
        assertThat(row("down").text())
                .contains("Unreachable", "The memory backend has been closed.", "0 of 1000")
                .doesNotContain("Healthy");
        assertThat(row("default").text()).contains("Healthy", "0 of 1000").doesNotContain("Full", "Unreachable");
    }

    @Test
    void registersChangesDrainsAndRemovesAServer() {
        Answer made = admin.get(NEW)
                .submit(
                        NEW,
                        "name",
                        "second",
                        "backend",
                        "elsewhere",
                        "settings",
                        "url = near\r\n\r\nuser=keeper",
                        "password",
                        "a secret",
                        "capacity",
                        "20",
                        "weight",
                        "300",
                        "clients-host",
                        "{dbname}.second.example");
        assertThat(made.follow().text()).contains("Server registered.", "second", "0 of 20", "300");
        Server server = server("second");
        assertThat(server.settings()).containsOnly(Map.entry("url", "near"), Map.entry("user", "keeper"));
        assertThat(server.clientsHostTemplate()).isEqualTo("{dbname}.second.example");

        String path = "/admin/servers/" + server.id();
        assertThat(admin.get(path).body()).doesNotContain("a secret");
        assertThat(admin.get(path)
                        .submit(path, "capacity", "7", "weight", "0", "draining", "true", "active", "")
                        .follow()
                        .text())
                .contains("Changes saved.");
        assertThat(server("second")).satisfies(changed -> {
            assertThat(changed.capacity()).isEqualTo(7);
            assertThat(changed.weight()).isZero();
            assertThat(changed.draining()).isTrue();
            assertThat(changed.active()).isFalse();
            assertThat(changed.settings()).isEqualTo(server.settings());
        });
        assertThat(row("second").text()).contains("Draining", "0 of 7");
        assertThat(admin.get(path)
                        .submit(path + "/password", "password", "another")
                        .follow()
                        .text())
                .contains("The new password takes effect within seconds.");
        Answer question = admin.get(path + "/delete");
        assertThat(question.text()).contains("Remove server second", "must be registered again");
        assertThat(admin.get(path).forms())
                .as("nothing is removed with one click")
                .noneMatch(form -> form.attr("action").endsWith("/delete"));
        assertThat(question.submit(path + "/delete").follow().text()).contains("Server removed.");
        assertThat(portal.saas.servers().find(server.id())).isEmpty();
    }

    @Test
    void reportsProblemsWithAServerAndRegistersNothing() {
        Answer lines = admin.get(NEW).submit(NEW, "name", "", "settings", "no settings", "capacity", "many");
        assertThat(lines.status()).isEqualTo(422);
        assertThat(lines.page().select("[role=alert] a").eachAttr("href"))
                .containsExactlyInAnyOrder("#name", "#settings", "#capacity");
        Answer backend = admin.get(NEW).submit(NEW, "name", "second", "backend", "nowhere", "password", "a secret");
        assertThat(backend.page().select("[role=alert]").text()).contains("There is no backend \"nowhere\"");
        assertThat(backend.body()).doesNotContain("a secret");
        assertThat(portal.saas.servers().count(Filter.all())).isEqualTo(1);

        assertThat(admin.get("/admin/servers/1")
                        .submit("/admin/servers/1", "weight", "5000")
                        .status())
                .isEqualTo(422);
        assertThat(admin.get("/admin/servers/4711").status()).isEqualTo(404);
    }

    @Test
    void listsTheNodesThatWorkOnTheCatalog() {
        portal.saas.maintenance().renewLeases();

        assertThat(admin.get("/admin/servers")
                        .page()
                        .select("section[aria-label=Nodes]")
                        .text())
                .contains("Alive", portal.saas.maintenance().nodes().get(0).name());
    }

    @Test
    void isForAdministratorsOnly() {
        portal.signUp("curious@example.com", "Curious");
        PortalVisit curious = PortalVisit.signedIn(portal, "curious@example.com");

        assertThat(curious.get(NEW).status()).isEqualTo(403);
        assertThat(curious.get("/admin/servers/1").status()).isEqualTo(403);
        assertThat(admin.post(NEW, Map.of("name", "forged"), "Origin", admin.origin())
                        .status())
                .isEqualTo(403);
        assertThat(portal.saas.servers().count(Filter.all())).isEqualTo(1);
    }

    /** Two databases servers: one is up and the other is down. */
    private static final class Elsewhere implements BackendProvider {
        @Override
        public String name() {
            return "elsewhere";
        }

        @Override
        public Backend open(Settings settings) {
            MemoryBackend backend = MemoryBackend.create();
            if (settings.required("url", "any text").equals("far")) {
                backend.close();
            }
            settings.optional("user");
            settings.secret("password");
            settings.check("the server elsewhere");
            return backend;
        }

        @Override
        public Backend openServer(Settings settings, UUID installation) {
            return open(settings);
        }
    }
}
