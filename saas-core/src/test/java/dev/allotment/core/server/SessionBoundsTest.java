// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.server;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.DatabaseLoad;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Health;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.core.Fixture;
import dev.allotment.fleet.Server;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.DelegatingDatabases;
import dev.allotment.spi.backend.EndedSession;
import dev.allotment.spi.backend.LoadMeter;
import dev.allotment.spi.backend.ServerWatch;
import dev.allotment.testing.DelegatingBackend;
import dev.allotment.testing.MemoryBackend;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What applications take of a server is known, and each session that is ended leaves a trace. */
final class SessionBoundsTest {
    private final Fixture fixture = new Fixture();
    private final Noisy noisy = new Noisy();
    private final Saas saas = fixture.builder(fixture.storage).provider(noisy).open();
    private final Server server =
            saas.servers().create(Server.builder("noisy").backend("noisy").build());

    @AfterEach
    void close() {
        saas.close();
        fixture.close();
    }

    private List<Event> events() {
        return saas.events().list(Query.where(Filter.equal(Event.TYPE, EventType.SESSIONS_ENDED)));
    }

    @Test
    void recordsSessionsThatWereEndedWithoutFillingTheAuditLog() {
        Plan plan = fixture.plan(Plan.builder("Noisy").serverId(server.id()));
        Tenant shop = saas.tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(fixture.signUp("owner@example.com"))
                        .name("shop")
                        .build())
                .tenant();
        noisy.load.add(DatabaseLoad.builder(shop.uuid(), "shop")
                .connections(3)
                .locks(70L)
                .build());
        for (int i = 0; i < 5; i++) {
            noisy.ended.add(new EndedSession(shop.uuid(), "it had too many locks"));
            noisy.ended.add(new EndedSession(shop.uuid(), "it had too many locks"));
            noisy.ended.add(new EndedSession(null, "its database is closed"));
            saas.maintenance().run();
        }

        assertThat(events()).singleElement().satisfies(event -> {
            assertThat(event.tenantId()).isEqualTo(shop.id());
            assertThat(event.details())
                    .containsEntry("reason", "it had too many locks")
                    .containsEntry("count", "2");
        });
        assertThat(saas.servers().status(server.id()).endedSessions()).isEqualTo(15);
        assertThat(saas.servers().load(server.id()))
                .singleElement()
                .satisfies(load -> assertThat(load.locks()).isEqualTo(70));

        fixture.seconds(600);
        assertThat(saas.servers().load(server.id())).as("too old").isEmpty();
        noisy.ended.add(new EndedSession(shop.uuid(), "it had too many locks"));
        saas.maintenance().run();
        assertThat(events()).hasSize(2);
    }

    @Test
    void recordsThatALoginHadRightsThatNoTenantMayHave() {
        Plan plan = fixture.plan(Plan.builder("Noisy").serverId(server.id()));
        Tenant shop = saas.tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(fixture.signUp("owner@example.com"))
                        .name("shop")
                        .build())
                .tenant();
        noisy.powerful.add(shop.uuid());
        saas.maintenance().run();
        saas.maintenance().run();

        assertThat(saas.events().list(Query.where(Filter.equal(Event.TYPE, EventType.RIGHTS_REVOKED))))
                .singleElement()
                .satisfies(event -> assertThat(event.tenantId()).isEqualTo(shop.id()));
    }

    @Test
    void showsOwnersTheLoadOfTheirOwnDatabasesOnly() {
        Plan plan = fixture.plan(Plan.builder("Noisy").serverId(server.id()));
        User owner = fixture.signUp("owner@example.com");
        User other = fixture.signUp("other@example.com");
        Tenant shop = saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).name("shop").build())
                .tenant();
        noisy.load.add(DatabaseLoad.builder(shop.uuid(), "shop").connections(3).build());
        assertThat(saas.tenants().load(shop.id())).as("not read yet").isEmpty();
        saas.maintenance().run();

        assertThat(saas.actingAs(owner.id()).tenants().load(shop.id()))
                .hasValueSatisfying(load -> assertThat(load.connections()).isEqualTo(3));
        assertRefusal(() -> saas.actingAs(other.id()).tenants().load(shop.id())).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> saas.actingAs(owner.id()).servers().load(server.id()))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);

        noisy.load.clear();
        fixture.seconds(15);
        saas.maintenance().run();
        assertThat(saas.tenants().load(shop.id())).as("no longer measured").isEmpty();
    }

    /** An application that fills the lock table of a server makes it seem down. */
    @Test
    void endsSessionsOnAServerThatSeemsDown() {
        saas.maintenance().run();
        noisy.down = true;
        fixture.seconds(61);
        saas.maintenance().run();
        assertThat(saas.servers().status(server.id()).health().up()).isFalse();

        noisy.ended.add(new EndedSession(null, "it had too many locks"));
        saas.maintenance().run();
        assertThat(saas.servers().status(server.id()).endedSessions()).isOne();
    }

    /** Each look at a server that does not answer waits for it, and the rest of the maintenance waits too. */
    @Test
    void seldomLooksAtAServerThatIsDown() {
        saas.maintenance().run();
        noisy.down = true;
        noisy.dead = true;
        fixture.seconds(61);
        saas.maintenance().run();
        int before = noisy.looks;
        for (int i = 0; i < 8; i++) {
            fixture.seconds(30);
            saas.maintenance().run();
        }
        assertThat(noisy.looks).as("looks within four minutes").isEqualTo(before);
        fixture.seconds(60);
        saas.maintenance().run();
        assertThat(noisy.looks).as("looks after five minutes").isEqualTo(before + 1);

        noisy.down = false;
        noisy.dead = false;
        fixture.seconds(30);
        saas.maintenance().run();
        noisy.ended.add(new EndedSession(null, "it had too many locks"));
        saas.maintenance().run();
        assertThat(saas.servers().status(server.id()).endedSessions()).isOne();
    }

    /** A server whose applications have sessions that are ended. */
    private static final class Noisy implements BackendProvider {
        private final MemoryBackend storage = MemoryBackend.create();
        private final List<EndedSession> ended = new ArrayList<>();
        private final List<DatabaseLoad> load = new ArrayList<>();
        private final Set<UUID> powerful = new HashSet<>();
        private boolean down;
        private boolean dead;
        private int looks;

        @Override
        public int spiVersion() {
            return SPI_VERSION;
        }

        @Override
        public String name() {
            return "noisy";
        }

        @Override
        public Backend open(Settings settings) {
            throw new AssertionError("This provider can only be opened as a server");
        }

        @Override
        public Backend openServer(Settings settings, UUID installation) {
            settings.check("the noisy server");
            return new DelegatingBackend(storage) {
                @Override
                public Databases databases(Server server) {
                    return new DelegatingDatabases(storage.databases(server)) {
                        @Override
                        public ServerWatch watch() {
                            return this;
                        }

                        @Override
                        public LoadMeter loadMeter() {
                            return this;
                        }

                        @Override
                        public List<EndedSession> endExcessiveSessions() {
                            looks++;
                            if (dead) {
                                throw SaasException.unavailable(
                                        ErrorCodes.BACKEND_UNAVAILABLE, "The server does not answer.", null);
                            }
                            List<EndedSession> now = List.copyOf(ended);
                            ended.clear();
                            return now;
                        }

                        @Override
                        public Set<UUID> revokeExcessiveRights() {
                            Set<UUID> now = Set.copyOf(powerful);
                            powerful.clear();
                            return now;
                        }

                        @Override
                        public List<DatabaseLoad> load() {
                            return load;
                        }
                    };
                }

                @Override
                public Health health() {
                    return down ? Health.down("It is out of locks.") : storage.health();
                }

                @Override
                public void close() {
                    // Its content is kept.
                }
            };
        }
    }
}
