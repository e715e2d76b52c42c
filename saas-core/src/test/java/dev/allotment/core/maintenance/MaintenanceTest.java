// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.maintenance;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Health;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.ManyServers;
import dev.allotment.core.WatchedBackend;
import dev.allotment.fleet.Server;
import dev.allotment.hook.SaasListener;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.testing.MemoryBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class MaintenanceTest {
    private static final Duration SYNC_EVERY = Duration.ofHours(6);

    private final Fixture fixture = new Fixture();
    private final ManyServers provider = new ManyServers();
    private final AtomicInteger asked = new AtomicInteger();

    @AfterEach
    void close() {
        fixture.close();
    }

    private static SaasListener listener(String name, Consumer<Event> told) {
        return new SaasListener() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public void on(Event event) {
                told.accept(event);
            }
        };
    }

    private static void signUp(Saas saas, String login) {
        saas.accounts()
                .signUp(SignUp.builder(login, "Client Name", Fixture.PASSWORD).build());
    }

    @Test
    void finishesTheRestIfOnePartFails() {
        for (Throwable trouble : List.of(new IllegalStateException("a mistake"), new AssertionError("a mistake"))) {
            List<EventType> told = new ArrayList<>();
            MemoryBackend storage = MemoryBackend.create();
            WatchedBackend backend = WatchedBackend.over(storage);
            Saas saas = fixture.builder(backend)
                    .listener(listener("one", event -> told.add(event.type())))
                    .open();
            signUp(saas, "owner@example.com");
            saas.access().openSession("portal.localhost", Fixture.ADMINISTRATOR.value());
            fixture.clock.advance(Duration.ofDays(100));
            // The first two transactions read the servers. The next one reads the operations.
            AtomicInteger transactions = new AtomicInteger();
            backend.watch(step -> {
                if (step.equals("before catalog") && transactions.incrementAndGet() == 3) {
                    if (trouble instanceof RuntimeException exception) {
                        throw exception;
                    }
                    throw (Error) trouble;
                }
            });

            if (trouble instanceof Error) {
                assertThatThrownBy(() -> saas.maintenance().run()).isSameAs(trouble);
            } else {
                assertThat(saas.maintenance().run()).isEqualTo(2);
            }

            backend.unwatch();
            assertThat(told).containsExactly(EventType.SIGNED_UP);
            assertThat(Consistency.all(storage, RecordTypes.SESSIONS)).isEmpty();
            saas.close();
        }
    }

    @Test
    void runsListenersSeparatelyFromTheRest() {
        List<String> told = new ArrayList<>();
        Saas saas = fixture.builder(fixture.storage)
                .listener(listener("b", event -> told.add("b")))
                .listener(listener("a", event -> told.add("a")))
                .open();
        signUp(saas, "owner@example.com");

        assertThat(saas.maintenance().listeners()).containsExactly("a", "b");
        assertThat(saas.maintenance().runDue()).isZero();
        assertThat(told).isEmpty();
        assertThat(saas.maintenance().deliver("b")).isEqualTo(1);
        assertThat(told).containsExactly("b");
        assertThat(saas.maintenance().run()).isEqualTo(1);
        assertThat(told).containsExactly("b", "a");
        assertRefusal(() -> saas.maintenance().deliver("c")).isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
    }

    @Test
    void deliversToASlowListenerByOneThreadAtATime() {
        List<String> told = new ArrayList<>();
        List<Saas> nodes = new ArrayList<>();
        AtomicBoolean inside = new AtomicBoolean();
        Consumer<Event> slow = event -> {
            told.add("slow");
            if (inside.compareAndSet(false, true)) {
                for (int i = 0; i < 10; i++) {
                    fixture.clock.advance(Duration.ofSeconds(29));
                    nodes.get(0).maintenance().renewLeases();
                    nodes.forEach(each -> each.maintenance().run());
                }
            }
        };
        for (String node : List.of("node-b", "node-c")) {
            nodes.add(fixture.builder(fixture.storage)
                    .node(node)
                    .listener(listener("slow", slow))
                    .listener(listener("quick", event -> told.add("quick")))
                    .open());
        }
        signUp(nodes.get(0), "owner@example.com");
        assertThat(nodes.get(0).maintenance().deliver("slow")).isEqualTo(1);
        assertThat(told).containsExactly("slow", "quick");
        fixture.clock.advance(Duration.ofDays(1));
        nodes.forEach(each -> assertThat(each.maintenance().run()).isZero());

        told.clear();
        inside.set(false);
        signUp(nodes.get(0), "first@example.com");
        signUp(nodes.get(0), "second@example.com");
        List<String> meanwhile = new ArrayList<>();
        AtomicBoolean nested = new AtomicBoolean();
        Saas single = fixture.builder(fixture.storage)
                .node("node-d")
                .listener(listener("slow", event -> {
                    assertThat(nested.compareAndSet(false, true))
                            .as("one at a time")
                            .isTrue();
                    nodes.get(2).maintenance().deliver("slow");
                    meanwhile.add("slow");
                    nested.set(false);
                }))
                .open();
        nodes.add(single);
        assertThat(single.maintenance().deliver("slow")).isEqualTo(2);
        assertThat(meanwhile).hasSize(2);
    }

    @Test
    void retriesAListenerThatFailsWithAnErrorLater() {
        AtomicInteger calls = new AtomicInteger();
        Saas saas = fixture.builder(fixture.storage)
                .listener(listener("one", event -> {
                    fixture.clock.advance(Duration.ofMinutes(10));
                    if (calls.incrementAndGet() < 3) {
                        throw new NoClassDefFoundError("Missing");
                    }
                }))
                .open();
        signUp(saas, "owner@example.com");
        assertThat(saas.maintenance().run()).isZero();
        assertThat(saas.maintenance().run()).isZero();
        assertThat(calls).as("not before it has waited").hasValue(1);
        fixture.clock.advance(Duration.ofSeconds(30));
        assertThat(saas.maintenance().run()).isZero();
        fixture.clock.advance(Duration.ofSeconds(59));
        assertThat(saas.maintenance().run()).isZero();
        fixture.clock.advance(Duration.ofSeconds(1));
        assertThat(saas.maintenance().run()).isEqualTo(1);
        assertThat(calls).hasValue(3);
    }

    @Test
    void catchesUpAfterAClockThatWasYearsAheadIsSetBack() {
        List<EventType> told = new ArrayList<>();
        Saas saas = fixture.builder(fixture.storage)
                .listener(listener("one", event -> told.add(event.type())))
                .open();
        TenantId shop = fixture.tenant().id();
        fixture.clock.advance(Duration.ofDays(3650));
        saas.maintenance().run();
        saas.tenants().suspend(shop);

        fixture.clock.advance(Duration.ofDays(-3650));
        saas.maintenance().run();
        assertThat(told).contains(EventType.TENANT_SUSPENDED);
        assertThat(saas.tenants().get(shop).syncedAt()).isEqualTo(fixture.clock.instant());

        told.clear();
        assertThat(saas.maintenance().run()).isZero();
        assertThat(told).isEmpty();
    }

    /** Creates two servers: one with many databases, which counts how often it is tried, and one with one database. */
    private Saas twoServers(MemoryBackend storage) {
        return fixture.builder(WatchedBackend.over(storage)).provider(provider).open();
    }

    private static TenantId make(Saas saas, User owner, ServerId server, String name) {
        Plan plan = saas.plans().create(Plan.builder(name).serverId(server).build());
        return saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).name(name).build())
                .tenant()
                .id();
    }

    @Test
    void readsOtherServersAlthoughOneIsDown() {
        Saas saas = twoServers(MemoryBackend.create());
        User owner = saas.accounts()
                .signUp(SignUp.builder("owner@example.com", "Owner", Fixture.PASSWORD)
                        .build());
        Server dead = saas.servers()
                .create(
                        Server.builder("dead")
                                .backend(ManyServers.NAME)
                                .settings(Map.of("url", "dead"))
                                .build(),
                        null);
        Plan plan = saas.plans()
                .create(Plan.builder("Dead")
                        .dbNameTemplate("dead-%i")
                        .serverId(dead.id())
                        .build());
        for (int i = 0; i < 101; i++) {
            saas.tenants().create(CreateTenant.onPlan(plan).owner(owner).build());
        }
        fixture.clock.advance(Duration.ofSeconds(1));
        TenantId other = make(saas, owner, new ServerId(1), "other");
        fixture.clock.advance(SYNC_EVERY);
        provider.fail("dead", Health.down("no route"));
        provider.watch("dead", step -> asked.incrementAndGet());

        saas.maintenance().run();
        saas.maintenance().run();

        assertThat(saas.tenants().get(other).syncedAt()).isEqualTo(fixture.clock.instant());
        assertThat(asked).as("attempts at the dead server").hasValueLessThan(3);

        provider.fail("dead", Health.healthy());
        fixture.seconds(15);
        saas.maintenance().run();
        saas.maintenance().run();
        assertThat(saas.tenants().list(Query.all()))
                .as("all are read once it is up")
                .allMatch(each -> fixture.clock.instant().equals(each.syncedAt()));
        saas.close();
    }

    @Test
    void readsEachTenantOnceOnAnyNode() {
        fixture.tenant("one");
        fixture.tenant("two");
        Saas other = fixture.builder(fixture.storage).node("node-b").open();
        fixture.clock.advance(Duration.ofMinutes(1));
        List<Integer> byOther = new ArrayList<>();
        fixture.backend.watch(step -> {
            if (step.equals("before size")) {
                byOther.add(other.maintenance().run());
            }
        });
        assertThat(fixture.saas.maintenance().run()).isEqualTo(1);
        assertThat(byOther).as("the other one").containsExactly(1);
        assertThat(fixture.saas.tenants().list(Query.all()))
                .allMatch(each -> fixture.clock.instant().equals(each.syncedAt()));
    }

    @Test
    void triesADeadServerOnceAndCatchesUpWhenItReturns() {
        Saas saas = twoServers(MemoryBackend.create());
        User owner = saas.accounts()
                .signUp(SignUp.builder("owner@example.com", "Owner", Fixture.PASSWORD)
                        .build());
        Server dead = saas.servers()
                .create(
                        Server.builder("dead")
                                .backend(ManyServers.NAME)
                                .settings(Map.of("url", "dead"))
                                .build(),
                        null);
        List<TenantId> expiring = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            TenantId id = make(saas, owner, dead.id(), "shop" + i);
            saas.tenants()
                    .update(id, each -> each.toBuilder().blockOnExpiration(true).build());
            saas.tenants().extend(id, fixture.clock.instant().plusSeconds(60), "for a minute");
            expiring.add(id);
        }
        saas.maintenance().run();
        fixture.clock.advance(Duration.ofSeconds(60));
        // It reports that it is up until the first failed attempt.
        provider.watch("dead", step -> {
            asked.incrementAndGet();
            provider.fail("dead", Health.down("no route"));
            throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "unreachable", null);
        });

        for (int i = 0; i < 5; i++) {
            saas.maintenance().run();
            fixture.clock.advance(Duration.ofSeconds(30));
        }

        assertThat(asked).hasValueLessThan(4);
        for (TenantId id : expiring) {
            assertThat(saas.tenants().get(id).state()).isEqualTo(TenantState.SUSPENDED);
        }
        provider.watch("dead", step -> {});
        provider.fail("dead", Health.healthy());
        fixture.seconds(15);
        saas.maintenance().run();
        assertThat(saas.operations().list(Query.where(Filter.equal(Operation.STATE, OperationState.RUNNING))))
                .extracting(Operation::kind)
                .isEmpty();
        for (Tenant each : saas.tenants().list(Query.all())) {
            assertThat(provider.at("dead").isOpen(each.name())).isFalse();
        }
        saas.close();
    }
}
