// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.NewUser;
import dev.allotment.Plan;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.access.Member;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.support.NewSupportAccess;
import dev.allotment.support.SupportAccess;
import dev.allotment.support.SupportAccesses;
import dev.allotment.support.SupportUse;
import dev.allotment.testing.DelegatingBackend;
import dev.allotment.testing.DelegatingCatalog;
import dev.allotment.testing.SettableClock;
import dev.allotment.testing.Wrapped;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two nodes use one support access at the same moment, on a database whose transactions lock rows. */
@Timeout(300)
@Tag("slow")
final class SupportRacesTest {
    private static final String SHOP = "shop.example.com";
    private static final Duration SESSION_IDLE = Duration.ofDays(7);

    private final EmbeddedPostgres postgres = start();
    private final SettableClock clock = SettableClock.at(Instant.parse("2026-03-01T12:00:00Z"));
    private final SettableClock early = SettableClock.at(Instant.parse("2026-03-01T12:00:00Z"));
    private final HookedBackend backend = new HookedBackend(open(postgres));
    private final HookedBackend otherBackend = new HookedBackend(open(postgres));
    private final Saas node = node(backend, clock, "node");
    /** Its clock may be behind. */
    private final Saas other = node(otherBackend, early, "other");

    private final User ann = node.accounts()
            .signUp(SignUp.builder("ann@example.com", "Ann", "Client Password").build());
    private final User olga = node.accounts()
            .create(NewUser.builder("olga@provider.example", "Olga")
                    .password("The portal's password")
                    .role(Role.SUPPORT)
                    .build());
    private final Tenant shop = node.tenants()
            .create(CreateTenant.onPlan(node.plans().create(Plan.builder("Gold").build()))
                    .owner(ann)
                    .name(SHOP)
                    .build())
            .tenant();
    private final SupportAccesses operator = node.actingAs(olga.id()).supportAccesses();
    private final SupportAccess access = node.actingAs(ann.id())
            .supportAccesses()
            .grant(
                    operator.request(NewSupportAccess.asAdministrator(shop.id(), "Ticket 4711"))
                            .id(),
                    24);

    private static EmbeddedPostgres start() {
        try {
            return EmbeddedPostgres.start();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Backend open(EmbeddedPostgres postgres) {
        return ServiceLoader.load(BackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.name().equals("postgres"))
                .findFirst()
                .orElseThrow()
                .open(Settings.of(Map.of(
                        "url",
                        "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres",
                        "user",
                        "postgres",
                        "password",
                        "postgres")));
    }

    private static Saas node(Backend backend, SettableClock clock, String name) {
        return Saas.builder()
                .backend(backend)
                .administrator("admin", "admin")
                .passwordIterations(1)
                .clock(clock)
                .node(name)
                .open();
    }

    @AfterEach
    void close() throws Exception {
        node.close();
        other.close();
        backend.close();
        otherBackend.close();
        postgres.close();
    }

    private String session() {
        return node.supportAccesses()
                .redeem(SHOP, operator.open(access.id()).token())
                .orElseThrow()
                .secret();
    }

    private SupportUse use() {
        return node.supportAccesses().uses(access.id()).get(0);
    }

    /** Both lock the access first, so one waits for the other, and neither has to start again. */
    @Test
    void aRevocationEndsASessionThatIsBeingOpened() throws Exception {
        String token = operator.open(access.id()).token();
        AtomicReference<Future<SupportAccess>> revoking = new AtomicReference<>();
        backend.once("after lock", () -> {
            Future<SupportAccess> started = CompletableFuture.supplyAsync(
                    () -> other.actingAs(ann.id()).supportAccesses().revoke(access.id()));
            revoking.set(started);
            while (!started.isDone() && !somethingWaits()) {
                Thread.onSpinWait();
            }
        });

        String secret = node.supportAccesses().redeem(SHOP, token).orElseThrow().secret();
        revoking.get().get(60, TimeUnit.SECONDS);

        assertThat(node.supportAccesses().findSession(secret)).isEmpty();
        assertThat(use().endedAt()).isNotNull();
        assertThat(backend.repeated).as("deadlocks").hasValue(0);
        assertThat(otherBackend.repeated).as("deadlocks").hasValue(0);
    }

    /** The other node receives a request just before the hour is over, and this one just after it. */
    @Test
    void theMaintenanceDoesNotEndASessionThatIsUsedMeanwhile() {
        String secret = session();
        early.advance(SupportAccesses.IDLE.minusSeconds(1));
        clock.advance(SupportAccesses.IDLE);
        backend.once(
                "before lock",
                () -> assertThat(other.supportAccesses().findSession(secret)).isPresent());

        node.maintenance().run();

        assertThat(node.supportAccesses().findSession(secret)).isPresent();
        clock.advance(SupportAccesses.IDLE);
        node.maintenance().run();
        assertThat(use().endedAt()).isNotNull();
    }

    @Test
    void aLateRequestDoesNotEndASessionThatIsUsedMeanwhile() {
        String secret = session();
        early.advance(SupportAccesses.IDLE.minusSeconds(1));
        clock.advance(SupportAccesses.IDLE);
        backend.once(
                "before lock",
                () -> assertThat(other.supportAccesses().findSession(secret)).isPresent());

        assertThat(node.supportAccesses().findSession(secret)).as("late").isEmpty();

        assertThat(node.supportAccesses().findSession(secret)).isPresent();
        clock.advance(Duration.ofHours(24));
        assertThat(node.supportAccesses().findSession(secret)).isEmpty();
        assertThat(use().endedAt()).isNotNull();
    }

    /** The same for a session of a member. */
    @Test
    void aLateRequestDoesNotEndASessionOfAMemberThatIsUsedMeanwhile() {
        String secret = node.access().openSession(SHOP, Member.ADMINISTRATOR.value());
        early.advance(SESSION_IDLE.minusSeconds(1));
        clock.advance(SESSION_IDLE);
        backend.once(
                "before delete",
                () -> assertThat(other.access().findSession(secret)).isPresent());

        assertThat(node.access().findSession(secret)).as("late").isEmpty();

        assertThat(node.access().findSession(secret)).isPresent();
    }

    /** Whether a transaction waits for the lock of another one. */
    private boolean somethingWaits() {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")) {
            return rows.next() && rows.getInt(1) > 0;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** Acts before or after the first use of a support access is locked, or a session deleted, and counts repeated work. */
    private static final class HookedBackend extends DelegatingBackend {
        private final AtomicInteger repeated = new AtomicInteger();
        private final ThreadLocal<String> type = ThreadLocal.withInitial(() -> "");
        private volatile String step = "";
        private volatile Runnable action = () -> {};

        HookedBackend(Backend backend) {
            super(backend);
        }

        void once(String wanted, Runnable wantedAction) {
            action = wantedAction;
            step = wanted;
        }

        private void pass(String passed) {
            if (step.equals(passed)) {
                step = "";
                action.run();
            }
        }

        private @Nullable Object call(Method method, @Nullable Object[] arguments, Wrapped.Next next) throws Throwable {
            if (method.getName().equals("records")) {
                type.set(((RecordType<?>) arguments[0]).name());
            }
            boolean lock = method.getName().equals("lock") && type.get().equals(RecordTypes.SUPPORT_USES.name());
            if (lock) {
                pass("before lock");
            } else if (method.getName().startsWith("delete") && type.get().equals(RecordTypes.SESSIONS.name())) {
                pass("before delete");
            }
            Object result = next.call(arguments);
            if (lock) {
                pass("after lock");
            }
            return result;
        }

        @Override
        public Catalog catalog() {
            return new DelegatingCatalog(super.catalog()) {
                @Override
                public <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work) {
                    AtomicInteger runs = new AtomicInteger();
                    try {
                        return super.<T>transact(tx -> {
                            runs.incrementAndGet();
                            return work.apply(Wrapped.of(Transaction.class, tx, HookedBackend.this::call));
                        });
                    } finally {
                        repeated.addAndGet(Math.max(0, runs.get() - 1));
                    }
                }
            };
        }
    }
}
