// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.postgres.server.PostgresSettings;
import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.FencingToken;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.tck.BackendFixture;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** A claim of a spare that has a warm session fills it first, and waits for the disk only at its end. */
final class PreparedClaimTest {
    private static final DatabaseRef SPARE = new DatabaseRef("spare.example", new UUID(6, 1));
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", SPARE.uuid());
    private static final String OWNER = "owner";

    /** Whether to crash before each statement, and not only before the first and those that follow a change. */
    private static final boolean EACH = Boolean.getBoolean("allotment.test.every-statement");

    /** No creation has more statements. */
    private static final int MAX_STATEMENTS = 60;

    @Test
    void theWorkRunsBeforeTheRenaming() {
        try (PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
                Backend backend = fixture.open()) {
            Databases databases = spare(backend);
            prepare(databases);
            boolean before = databases.warmSpares().<Boolean>claim(SPARE, SHOP.name(), tx -> {
                fill(tx);
                return databases.exists(SPARE.name()) && !databases.exists(SHOP.name());
            });
            assertThat(before).as("filled under the name of the spare").isTrue();
            assertThat(databases.warmSpares().prepared()).isEmpty();
            assertThat(databases.list()).containsExactly(SHOP);
            assertThat(owners(databases, SHOP)).isEqualTo(1);
            assertThat(fixture.connects(databases.login(SHOP, PostgresFixture.PASSWORD)))
                    .isTrue();
        }
    }

    @Test
    void theNextSpareGetsASessionEvenIfAClaimFails() {
        DatabaseRef next = new DatabaseRef("next.example", new UUID(6, 2));
        try (PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
                Backend backend = fixture.open()) {
            Databases databases = spare(backend);
            databases.create(next);
            databases.warmSpares().prepare(List.of(SPARE, next), 1);
            await(() -> databases.warmSpares().prepared().equals(Set.of(SPARE.uuid())));

            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> databases.warmSpares().claim(SPARE, SHOP.name(), tx -> {
                        throw new IllegalArgumentException();
                    }));

            await(() -> databases.warmSpares().prepared().equals(Set.of(next.uuid())));
        }
    }

    @Test
    void aClaimEndsTheWarmSessionsOfOtherNodesWhichFindNoSpareThen() {
        try (PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
                Backend one = fixture.open();
                Backend other = fixture.open()) {
            Databases first = spare(one);
            Databases second = other.databases(BackendFixture.DEFAULT_SERVER);
            prepare(first);
            prepare(second);
            Databases earlier = first.fencedBy(FencingToken.of(operation(one)));
            Databases later = second.fencedBy(FencingToken.of(operation(one)));

            earlier.warmSpares().claim(SPARE, SHOP.name(), PreparedClaimTest::fill);

            assertThatExceptionOfType(SaasException.class)
                    .isThrownBy(() -> later.warmSpares().claim(SPARE, "other.example", PreparedClaimTest::fill))
                    .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCodes.DATABASE_UNKNOWN));
            assertThat(owners(first, SHOP)).isEqualTo(1);
            earlier.warmSpares().claim(SPARE, SHOP.name(), PreparedClaimTest::fill);
            assertThat(owners(first, SHOP)).as("after a repetition").isEqualTo(1);
        }
    }

    @Test
    void anOperationThatTheCatalogDoesNotHaveClaimsNothing() {
        try (PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
                Backend backend = fixture.open()) {
            Databases databases = spare(backend);
            FencingToken lost = new FencingToken(1, 7, new UUID(6, 7), 1);
            FencingToken takenOver = FencingToken.of(operation(backend));
            FencingToken older = new FencingToken(
                    takenOver.epoch(), takenOver.operationId(), takenOver.operation(), takenOver.takeovers() + 1);
            for (FencingToken token : List.of(lost, older)) {
                assertThatExceptionOfType(SaasException.class)
                        .isThrownBy(() -> databases
                                .fencedBy(token)
                                .warmSpares()
                                .claim(SPARE, SHOP.name(), PreparedClaimTest::fill))
                        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCodes.OPERATION_TAKEN_OVER));
            }
            assertThat(databases.list()).containsExactly(SPARE);
        }
    }

    @Test
    void aKilledProcessLeavesAClaimThatTheNextOneCompletes() throws InterruptedException {
        try (PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
                Backend backend = fixture.open()) {
            Databases databases = spare(backend);
            int statements = 0;
            for (boolean killed = true; killed && statements < MAX_STATEMENTS; statements++) {
                FencingToken token = FencingToken.of(operation(backend));
                StatementKiller killer = new StatementKiller(EACH);
                PostgresSettings settings = PostgresSettings.read(Settings.of(fixture.settings()));
                try (Backend victim = new PostgresBackend(
                        settings, new ServerAccess(settings, PostgresBackend.CONTROL_STATEMENTS, killer))) {
                    Databases calls = victim.databases(BackendFixture.DEFAULT_SERVER);
                    prepare(calls);
                    killer.killAfter(statements);
                    calls.fencedBy(token).warmSpares().claim(SPARE, SHOP.name(), PreparedClaimTest::fill);
                } catch (StatementKiller.Killed | SaasException e) {
                    assertThat(killer.hasKilled()).as("%s", e).isTrue();
                }
                killed = killer.hasKilled();
                killer.killAfter(Integer.MAX_VALUE);
                databases.fencedBy(token).warmSpares().claim(SPARE, SHOP.name(), PreparedClaimTest::fill);
                assertThat(databases.list()).containsExactly(SHOP);
                assertThat(owners(databases, SHOP)).isEqualTo(1);
                databases.drop(SHOP);
                databases.create(SPARE);
            }
            assertThat(statements).as("moments").isBetween(4, MAX_STATEMENTS - 1);
        }
    }

    /**
     * The server crashes before every second statement that follows a change, and loses everything that did not wait
     * for the disk. What is left is always a beginning of: the reservation, the owner, the name, the result.
     */
    @Test
    void aCrashOfTheServerLosesTheLastChangesOnly() throws InterruptedException {
        PostgresTestServer server = PostgresTestServer.start();
        try {
            // The server would store soon what nothing waits for.
            server.execute("postgres", "ALTER SYSTEM SET wal_writer_delay = '10s'", "SELECT pg_reload_conf()");
            PostgresSettings settings =
                    PostgresSettings.read(Settings.of(server.newCatalog(PostgresTestServer.Admin.KEEPER)));
            int statements = 0;
            int lost = 0;
            for (boolean crashed = true; crashed && statements < MAX_STATEMENTS; statements += EACH ? 1 : 2) {
                StatementKiller killer = new StatementKiller(EACH);
                try (Backend backend = new PostgresBackend(
                        settings, new ServerAccess(settings, PostgresBackend.CONTROL_STATEMENTS, killer))) {
                    Databases databases = spare(backend);
                    prepare(databases);
                    server.execute("postgres", "SELECT pg_switch_wal()");
                    killer.killAfter(statements, () -> crash(server));
                    StoredOperation operation = draft();
                    boolean finished = create(backend, operation);
                    crashed = killer.hasKilled();
                    killer.killAfter(Integer.MAX_VALUE, () -> {});
                    if (!crashed) {
                        crash(server);
                    }
                    lost += assertConsistent(backend, operation, finished) ? 0 : 1;
                    databases.drop(SHOP);
                }
            }
            assertThat(statements).as("moments").isBetween(5, MAX_STATEMENTS);
            assertThat(lost).as("crashes that lost a reservation").isPositive();
        } finally {
            server.stop();
        }
    }

    /** Returns whether the reservation is left. */
    private static boolean assertConsistent(Backend backend, StoredOperation operation, boolean finished) {
        Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);
        StoredOperation left = backend.catalog()
                .<StoredOperation>transact(tx -> tx
                        .records(RecordTypes.OPERATIONS)
                        .list(Query.where(Filter.equal(StoredOperation.UUID, operation.uuid())))
                        .stream()
                        .findFirst()
                        .orElse(null));
        DatabaseRef found = databases.find(SPARE.uuid());
        assertThat(found).isIn(SPARE, SHOP);
        boolean reserved = left != null;
        boolean named = SHOP.equals(found);
        boolean filled = owners(databases, found) == 1;
        boolean done = reserved && left.state() == OperationState.DONE;
        if (finished) {
            assertThat(done).as("a result that a caller has learned").isTrue();
        }
        if (done) {
            assertThat(named && filled).as("a finished creation").isTrue();
        }
        if (named || filled) {
            assertThat(reserved).as("named %s, filled %s", named, filled).isTrue();
        }
        return reserved;
    }

    private static boolean create(Backend backend, StoredOperation draft) {
        try {
            StoredOperation operation = backend.catalog().transact(tx -> {
                tx.deferDurability();
                return tx.records(RecordTypes.OPERATIONS).insert(draft);
            });
            backend.databases(BackendFixture.DEFAULT_SERVER)
                    .fencedBy(FencingToken.of(operation))
                    .warmSpares()
                    .claim(SPARE, SHOP.name(), tx -> {
                        tx.deferDurability();
                        return fill(tx);
                    });
            backend.catalog().transact(tx -> {
                StoredOperation mine = tx.records(RecordTypes.OPERATIONS)
                        .lock(operation.id().value())
                        .filter(each -> each.uuid().equals(operation.uuid()))
                        .orElseThrow(() -> new IllegalStateException("the operation is gone"));
                tx.records(RecordTypes.OPERATIONS)
                        .update(mine.toBuilder().state(OperationState.DONE).build());
                return null;
            });
            return true;
        } catch (SaasException | IllegalStateException e) {
            return false;
        }
    }

    private static void crash(PostgresTestServer server) {
        String writer = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'background writer'";
        String before = server.value("postgres", writer);
        server.crash();
        await(() ->
                server.answers() && server.values("postgres", writer).stream().anyMatch(pid -> !pid.equals(before)));
    }

    private static void prepare(Databases databases) {
        databases.warmSpares().prepare(List.of(SPARE), 1);
        await(() -> databases.warmSpares().prepared().contains(SPARE.uuid()));
    }

    private static void await(BooleanSupplier condition) {
        CountDownLatch never = new CountDownLatch(1);
        try {
            for (int i = 0; i < 3000 && !holds(condition); i++) {
                never.await(10, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        assertThat(holds(condition)).isTrue();
    }

    /** The server may refuse connections until it has recovered. */
    private static boolean holds(BooleanSupplier condition) {
        try {
            return condition.getAsBoolean();
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** Repeatable, as the work of a claim has to be. */
    private static DatabaseTransaction fill(DatabaseTransaction tx) {
        if (tx.records(RecordTypes.PARAMETERS).count(Filter.equal(Parameter.KEY, OWNER)) == 0) {
            tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, OWNER, "client@example.com", false));
        }
        return tx;
    }

    private static long owners(Databases databases, DatabaseRef database) {
        return databases.<Long>transact(
                database, tx -> tx.records(RecordTypes.PARAMETERS).count(Filter.equal(Parameter.KEY, OWNER)));
    }

    private static Databases spare(Backend backend) {
        backend.catalog().migrate();
        Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);
        databases.create(SPARE);
        return databases;
    }

    private static StoredOperation draft() {
        Instant now = Instant.now();
        return StoredOperation.builder(UUID.randomUUID(), OperationKind.CREATE_TENANT, "node", now, now)
                .build();
    }

    private static StoredOperation operation(Backend backend) {
        return backend.catalog()
                .transact(tx -> tx.records(RecordTypes.OPERATIONS).insert(draft()));
    }
}
