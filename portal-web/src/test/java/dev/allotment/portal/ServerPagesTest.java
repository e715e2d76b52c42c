// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.DatabaseLoad;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Health;
import dev.allotment.OperationId;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.fleet.Server;
import dev.allotment.portal.PortalVisit.Answer;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseSource;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.DelegatingDatabases;
import dev.allotment.spi.backend.LoadMeter;
import dev.allotment.spi.backend.TransferFormat;
import dev.allotment.testing.DelegatingBackend;
import dev.allotment.testing.MemoryBackend;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jsoup.nodes.Element;
import org.jsoup.select.Elements;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ServerPagesTest {
    private static final String NEW = "/admin/servers/new";

    private final Elsewhere elsewhere = new Elsewhere();
    private PortalTestServer portal;
    private PortalVisit admin;

    @BeforeEach
    void open() throws Exception {
        portal = PortalTestServer.openWith(elsewhere);
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
        Server down = portal.saas
                .servers()
                .create(Server.builder("down")
                        .backend("elsewhere")
                        .settings(Map.of("url", "far"))
                        .active(false)
                        .build());
        portal.saas
                .servers()
                .update(down.id(), each -> each.toBuilder().active(true).build());
        Plan plan = plan(full, "There");
        tenant(plan, "one.localhost");
        tenant(plan, "two.localhost");
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
    void aSourceIsShownAndOfferedForNothing() {
        Server near = near("near");
        Tenant shop = tenant(near, "shop.localhost");
        portal.saas
                .servers()
                .create(Server.builder("past")
                        .backend("elsewhere")
                        .settings(Map.of("url", "past"))
                        .state(Server.State.SOURCE)
                        .build());

        assertThat(row("past").text()).contains("Source, only read", "Healthy");
        assertThat(admin.get("/admin/servers/" + server("past").id()).text())
                .doesNotContain("Use it again", "Give it up");
        assertThat(offered("/admin/plans/new")).contains("near").doesNotContain("past");
        assertThat(offered("/admin/databases/" + shop.id() + "/duplicate"))
                .contains("near")
                .doesNotContain("past");
    }

    private List<String> offered(String form) {
        return admin.get(form).page().select("select[name=server] option").eachText();
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
                        "{dbname}.second.example",
                        "labels",
                        "tier=ssd,  region=eu");
        assertThat(made.follow().text())
                .contains("Server registered.", "second", "0 of 20", "300", "region=eu, tier=ssd");
        Server server = server("second");
        assertThat(server.settings()).containsOnly(Map.entry("url", "near"), Map.entry("user", "keeper"));
        assertThat(server.clientsHostTemplate()).isEqualTo("{dbname}.second.example");
        assertThat(server.labels()).isEqualTo(Map.of("region", "eu", "tier", "ssd"));

        String path = "/admin/servers/" + server.id();
        assertThat(admin.get(path).body()).doesNotContain("a secret");
        assertThat(admin.get(path)
                        .submit(
                                path,
                                "capacity",
                                "7",
                                "weight",
                                "0",
                                "draining",
                                "true",
                                "active",
                                "",
                                "labels",
                                "region=us")
                        .follow()
                        .text())
                .contains("Changes saved.");
        assertThat(server("second")).satisfies(changed -> {
            assertThat(changed.capacity()).isEqualTo(7);
            assertThat(changed.weight()).isZero();
            assertThat(changed.draining()).isTrue();
            assertThat(changed.labels()).isEqualTo(Map.of("region", "us"));
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
        for (String labels : new String[] {"region", "=eu", "region=eu region=us"}) {
            assertThat(admin.get("/admin/servers/1")
                            .submit("/admin/servers/1", "labels", labels)
                            .page()
                            .select("#labels-problem")
                            .text())
                    .contains("such as region=eu");
        }
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

    private void bind(Plan plan, @Nullable ServerId server) {
        portal.saas
                .plans()
                .update(plan.id(), each -> each.toBuilder().serverId(server).build());
    }

    @Test
    void evensOutServersWithTheMovesThatWereShown() {
        Server near = near("near");
        Plan plan = plan(near, "There");
        List<Tenant> tenants = List.of(tenant(plan, "one.localhost"), tenant(plan, "two.localhost"));
        elsewhere.near.setSize("one.localhost", 5_000_000);
        elsewhere.near.setSize("two.localhost", 5_000_000);
        tenants.forEach(each -> portal.saas.tenants().sync(each.id()));
        String path = "/admin/servers/rebalancing";
        assertThat(admin.get("/admin/servers").page().select("a[href=" + path + "]"))
                .hasSize(1);
        assertThat(admin.get(path).text())
                .as("their plan is bound to their server")
                .contains("No move would even out the servers");
        bind(plan, null);

        Answer shown = admin.get(path);
        assertThat(shown.page().select("section[aria-label=Servers]").text())
                .contains("near 9.5 MB 4.8 MB 4.8 MB", "default 0 bytes 4.8 MB 4.8 MB");
        assertThat(shown.page().select("section[aria-label=Moves] tbody tr").eachText())
                .containsExactly("one.localhost near default 4.8 MB");
        Answer byLoad = admin.get(shown.page().select("a:contains(By load)").attr("href"));
        assertThat(byLoad.page().select("section[aria-label=Servers]").text())
                .contains("Load", "near 0 ms a day 0 ms a day 0 ms a day 9.5 MB");
        assertThat(byLoad.text()).contains("No move would even out the servers");
        bind(plan, near.id());
        Answer refused = shown.submit(path);
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text()).contains("The moves have changed since this page was shown.");
        bind(plan, null);

        Answer started = shown.submit(path, "in-window", "true");
        assertThat(started.location()).matches("/admin/campaigns/[0-9]+\\?done=started");
        assertThat(started.follow().text()).contains("Even out servers: 1 move");
        long campaign = Long.parseLong(started.location().replaceAll("[^0-9]", ""));
        assertThat(portal.saas
                        .operations()
                        .await(new OperationId(campaign), Duration.ofSeconds(30))
                        .state())
                .isEqualTo(OperationState.DONE);
        assertThat(portal.saas.tenants().get(tenants.get(0).id()).serverId()).isEqualTo(new ServerId(1));
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

    @Test
    void showsWhatTheBusiestDatabasesOfAServerTake() {
        Server near = near("near");
        Tenant shop = tenant(near, "shop.localhost");
        Tenant quiet = tenant(near, "quiet.localhost");
        elsewhere.load.add(DatabaseLoad.builder(quiet.uuid(), quiet.name())
                .maxConnections(20)
                .locks(9L)
                .build());
        elsewhere.load.add(DatabaseLoad.builder(shop.uuid(), shop.name())
                .connections(7)
                .maxConnections(20)
                .oldestTransaction(Duration.ofMinutes(5))
                .locks(3L)
                .temporaryBytes(2L << 20)
                .activeTime(Duration.ofSeconds(90))
                .build());
        elsewhere.load.add(
                DatabaseLoad.builder(new UUID(1, 2), "spare-1").connections(1).build());
        String path = "/admin/servers/" + near.id();
        assertThat(admin.get(path).text()).contains("No load is known");
        portal.saas.maintenance().run();

        assertThat(loads(path).eachText())
                .containsExactly(
                        "shop.localhost 7 of 20 5 min 3 2 MB 90 s",
                        "quiet.localhost 0 of 20 Not measured 9 Not measured Not measured");
        assertThat(admin.get(path).page().select(".sub").text()).startsWith("2 of ");
        assertThat(loads(path + "?by=locks").select("th").eachText())
                .containsExactly("quiet.localhost", "shop.localhost");
        assertThat(loads(path + "?by=locks").select("a").attr("href")).endsWith("/admin/databases/" + quiet.id());
        assertThat(loads(path + "?by=nothing").select("th").eachText()).startsWith("shop.localhost");

        portal.saas.tenants().sync(quiet.id());
        assertThat(loads(path + "?by=size").select("th").eachText())
                .containsExactly("quiet.localhost", "shop.localhost");
        assertThat(loads(path + "?by=size").select("td:last-child").eachText()).containsExactly("1.0 MB");
        assertThat(admin.get("/admin/databases/" + shop.id()).text())
                .contains("Connections now 7 of 20", "Oldest transaction now 5 min", "Locks now 3")
                .doesNotContain("Prepared transactions");
        assertThat(admin.get("/admin/servers/1").text()).contains("No load is known");
    }

    private Elements loads(String path) {
        return admin.get(path).page().select("section[aria-label=Databases with the highest load] tbody tr");
    }

    @Test
    void givesUpALostServerAfterItsNameWasTypedAndUsesItAgain() {
        Server near = near("near");
        tenant(near, "shop.localhost");
        String path = "/admin/servers/" + near.id();
        assertThat(admin.get(path).text()).doesNotContain("Give it up", "Use it again");
        elsewhere.down = true;
        Answer old = admin.get(path);
        elsewhere.down = false;
        Answer up = old.submit(path + "/give-up", "confirm", "near");
        assertThat(up.status()).isEqualTo(422);
        assertThat(up.text()).contains("can be reached");

        elsewhere.down = true;
        for (int minute = 0; minute < 10; minute++) {
            assertThat(admin.get(path).text())
                    .contains("It is down since", "would lose 1 databases (shop.localhost)")
                    .doesNotContain("It can be given up now");
            if (minute == 0) {
                Answer early = admin.get(path).submit(path + "/give-up", "confirm", "near");
                assertThat(early.status()).isEqualTo(422);
                assertThat(early.text()).contains("It can be given up as lost if it is still down");
            }
            portal.nanos.addAndGet(TimeUnit.MINUTES.toNanos(1));
        }
        assertThat(admin.get(path).text()).contains("It can be given up now.");
        Answer wrong = admin.get(path).submit(path + "/give-up", "confirm", "far");
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.text()).contains("must be confirmed with its name");
        assertThat(server("near").lost()).isFalse();

        assertThat(admin.get(path)
                        .submit(path + "/give-up", "confirm", "near")
                        .follow()
                        .text())
                .contains("The server was given up.");
        assertThat(server("near").lost()).isTrue();
        assertThat(row("near").text()).contains("Lost", "Unreachable");
        assertThat(admin.get(path).text()).contains("Use it again").doesNotContain("Give it up");
        Answer refused = admin.get(path).submit(path + "/reinstate");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.header("retry-after")).isEqualTo("5");
        assertThat(server("near").lost()).isTrue();

        elsewhere.down = false;
        assertThat(admin.get(path).submit(path + "/reinstate").follow().text())
                .contains("The server is used again. Check the catalog against it.");
        assertThat(server("near")).satisfies(again -> {
            assertThat(again.lost()).isFalse();
            assertThat(again.active()).as("it gets no databases yet").isFalse();
        });
    }

    @Test
    void giveUpAndReinstateAreForAdministratorsOnly() {
        Server near = near("near");
        portal.signUp("curious@example.com", "Curious");
        PortalVisit curious = PortalVisit.signedIn(portal, "curious@example.com");

        Element token = curious.get("/my/account").page().selectFirst("input[name=form]");
        for (String action : new String[] {"/give-up", "/reinstate"}) {
            Answer refused = curious.post(
                    "/admin/servers/" + near.id() + action,
                    Map.of("confirm", "near", "form", token.val()),
                    "Origin",
                    curious.origin());
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.text()).contains("administrator");
        }
    }

    private Server near(String name) {
        return portal.saas
                .servers()
                .create(Server.builder(name)
                        .backend("elsewhere")
                        .settings(Map.of("url", "near"))
                        .build());
    }

    private Plan plan(Server on, String name) {
        return portal.saas.plans().create(Plan.builder(name).serverId(on.id()).build());
    }

    private Tenant tenant(Server on, String name) {
        return tenant(plan(on, name), name);
    }

    private Tenant tenant(Plan plan, String name) {
        return portal.saas
                .tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(portal.signUp(name, name))
                        .name(name)
                        .build())
                .tenant();
    }

    /** Two databases servers: one is up and the other is down. */
    private static final class Elsewhere implements BackendProvider {
        private final MemoryBackend near = MemoryBackend.create();
        private final List<DatabaseLoad> load = new ArrayList<>();
        /** Whether the one that is up cannot be reached for now. */
        private boolean down;

        @Override
        public int spiVersion() {
            return SPI_VERSION;
        }

        @Override
        public String name() {
            return "elsewhere";
        }

        @Override
        public Backend open(Settings settings) {
            boolean far = settings.required("url", "any text").equals("far");
            settings.optional("user");
            settings.secret("password");
            settings.check("the server elsewhere");
            if (far) {
                MemoryBackend backend = MemoryBackend.create();
                backend.close();
                return backend;
            }
            if (down) {
                throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "no route to host", null);
            }
            return new DelegatingBackend(near) {
                @Override
                public Health health() {
                    return down ? Health.down("no route to host") : super.health();
                }

                @Override
                public Databases databases(Server server) {
                    return new DelegatingDatabases(super.databases(server)) {
                        @Override
                        public LoadMeter loadMeter() {
                            return this;
                        }

                        @Override
                        public List<DatabaseLoad> load() {
                            return load;
                        }
                    };
                }

                @Override
                public void close() {
                    // Its databases stay.
                }
            };
        }

        @Override
        public Backend openServer(Settings settings, UUID installation) {
            return open(settings);
        }

        @Override
        public DatabaseSource openSource(Settings settings, UUID installation) {
            Backend backend = open(settings);
            Databases databases =
                    backend.databases(Server.builder(Server.DEFAULT_NAME).build());
            return new DatabaseSource() {
                @Override
                public Health health() {
                    return backend.health();
                }

                @Override
                public TransferFormat transferFormat() {
                    return databases.transfer().transferFormat();
                }

                @Override
                public @Nullable DatabaseRef find(UUID uuid) {
                    return databases.find(uuid);
                }

                @Override
                public void send(DatabaseRef database, Consumer<? super InputStream> receiver) {
                    databases.transfer().send(database, receiver);
                }

                @Override
                public void close() {
                    backend.close();
                }
            };
        }
    }
}
