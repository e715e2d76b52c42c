// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCategory;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.RecordTypes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * An application that takes all that it can get neither stops other applications nor the control plane. What the
 * control plane cannot do in the meantime fails as unavailable, and works as soon as that application is closed.
 */
public abstract class HostileLoadContract extends HostileContract {
    private static final DatabaseRef GREEDY = ref("greedy.example", 91);
    private static final DatabaseRef NEIGHBOR = ref("neighbor.example", 92);
    private static final DatabaseRef LATER = ref("later.example", 93);

    private static final String PASSWORD = "a-password_of-the-greedy-one";
    private static final String NEIGHBORS = "a-password_of-the-neighbor";

    /** More connections than an application may have. */
    private static final int MANY = 200;

    /** Callers of the control plane that wait for the greedy application. */
    private static final int CALLERS = 8;

    private static final Duration BOUND = Duration.ofSeconds(60);

    /** For subclasses. */
    protected HostileLoadContract() {}

    @Override
    boolean sharesStorage() {
        return true;
    }

    private record Greed(String name, Consumer<Siege> siege) {}

    private static final List<Greed> GREED = List.of(
            new Greed(
                    "takes as many connections as it gets",
                    siege -> assertThat(siege.crowd(MANY))
                            .as("connections of one application")
                            .isPositive()
                            .isLessThan(MANY)),
            new Greed("signs in and leaves, again and again", siege -> siege.signIn(3, PASSWORD)),
            new Greed("signs in with wrong passwords, again and again", siege -> siege.signIn(3, "wrong")),
            new Greed("executes statements that do not end", siege -> {
                siege.execute("SELECT count(*) FROM generate_series(1, 100000000) a, generate_series(1, 1000) b");
                siege.execute("SELECT count(*) FROM SYSTEM_RANGE(1, 1000000) a, SYSTEM_RANGE(1, 1000000) b");
            }),
            new Greed(
                    "fills the lock table of the server",
                    siege -> siege.hold("SELECT pg_advisory_lock(g) FROM generate_series(1, 10000000) g")),
            new Greed("sends notifications that it does not fetch", siege -> {
                siege.hold("LISTEN greedy", "SELECT 1");
                siege.prepare("SELECT pg_notify('greedy', repeat('x', 7000) || g) FROM generate_series(1, 500) g");
            }),
            new Greed(
                    "creates and drops tables, again and again",
                    siege -> siege.again(
                            2,
                            "CREATE TABLE passing_by (id integer PRIMARY KEY, note varchar(20))",
                            "DROP TABLE passing_by")));

    /** Applications that take all they can. */
    @TestFactory
    protected Stream<DynamicTest> othersAreServed() {
        return tests(GREED.stream()
                .map(greed -> dynamicTest("an application that " + greed.name(), () -> {
                    make();
                    try (Siege siege = siege()) {
                        greed.siege().accept(siege);
                        endExcessiveSessions();
                        serveOthers();
                        mayBeBusy(() -> store(GREEDY));
                        bounded(() -> databases().close(GREEDY));
                    }
                    bounded(() -> store(GREEDY));
                    bounded(() -> databases().drop(GREEDY));
                })));
    }

    /** Callers of the control plane that wait for one application. */
    @TestFactory
    protected Stream<DynamicTest> callersThatWaitForOneDatabaseLeaveConnectionsForOthers() {
        return tests(Stream.of(dynamicTest("an application that locks its system tables", () -> {
            make();
            List<CompletableFuture<Void>> callers = new ArrayList<>();
            try (Siege siege = siege()) {
                siege.hold("SELECT count(*) FROM pg_class", "SELECT count(*) FROM information_schema.tables");
                siege.execute("VACUUM FULL pg_class");
                for (int i = 0; i < CALLERS; i++) {
                    callers.add(Race.start(() -> {
                        mayBeBusy(() -> store(GREEDY));
                        return null;
                    }));
                }
                serveOthers();
                bounded(() -> databases().close(GREEDY));
            }
            for (CompletableFuture<Void> caller : callers) {
                assertThat(Race.end(caller).failure()).isNull();
            }
        })));
    }

    private Stream<DynamicTest> tests(Stream<DynamicTest> tests) {
        return declares(Capability.LOGINS) && hasJdbc() ? tests : Stream.empty();
    }

    private boolean hasJdbc() {
        make();
        return databases().login(GREEDY, PASSWORD).url().startsWith("jdbc:");
    }

    private void make() {
        databases().list().forEach(databases()::drop);
        for (DatabaseRef database : List.of(GREEDY, NEIGHBOR)) {
            databases().create(database);
            databases().open(database);
            store(database);
        }
        databases().login(GREEDY, PASSWORD);
        // As the maintenance does every few seconds, so it knows the application from before its attack.
        endExcessiveSessions();
    }

    private Siege siege() {
        return new Siege(databases().login(GREEDY, PASSWORD), GREEDY.name());
    }

    private void store(DatabaseRef database) {
        long before = databases()
                .<Long>transact(
                        database, tx -> tx.records(RecordTypes.PARAMETERS).count(Filter.all()));
        databases()
                .transact(
                        database,
                        tx -> tx.records(RecordTypes.PARAMETERS)
                                .insert(new Parameter(0, UUID.randomUUID().toString(), "stored", true)));
        assertThat(databases()
                        .<Long>transact(
                                database,
                                tx -> tx.records(RecordTypes.PARAMETERS).count(Filter.all())))
                .isGreaterThan(before);
    }

    /** The neighbor's application signs in and works, and the control plane does all that it does for the neighbor. */
    private void serveOthers() {
        bounded(() -> {
            DatabaseLogin login = databases().login(NEIGHBOR, NEIGHBORS);
            try (Siege neighbor = new Siege(login, NEIGHBOR.name())) {
                assertThat(neighbor.succeeds(
                                "CREATE TABLE own (id integer)",
                                "INSERT INTO own VALUES (1)",
                                "SELECT * FROM own",
                                "DROP TABLE own"))
                        .isTrue();
            }
            store(NEIGHBOR);
            assertThat(databases().list()).contains(NEIGHBOR, GREEDY);
            databases().create(LATER);
            databases().open(LATER);
            databases().close(LATER);
            databases().drop(LATER);
            databases().close(NEIGHBOR);
            databases().open(NEIGHBOR);
        });
    }

    private static void bounded(Runnable change) {
        Assertions.assertTimeoutPreemptively(BOUND, change::run);
    }

    private static void mayBeBusy(Runnable change) {
        bounded(() -> {
            try {
                change.run();
            } catch (SaasException e) {
                assertThat(e.category()).as(e.toString()).isEqualTo(ErrorCategory.UNAVAILABLE);
            }
        });
    }
}
