// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.DatabaseLogin;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.postgres.server.PostgresSettings;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.FencingToken;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Replication;
import dev.allotment.spi.backend.ReplicationSource;
import dev.allotment.spi.backend.RowQuota;
import dev.allotment.tck.BackendFixture;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Copies of databases to another server while applications change them. Both servers of these tests are one. */
final class LiveMoveTest {
    private static final DatabaseRef SHOP = new DatabaseRef("moved.example", new UUID(9, 1));
    private static final DatabaseRef ASIDE = new DatabaseRef("moving-shop", SHOP.uuid());
    private static final DatabaseRef COPY = new DatabaseRef("arriving-shop", SHOP.uuid());
    private static final UUID OPERATION = new UUID(9, 9);
    private static final Duration MOST = Duration.ofSeconds(30);

    private final PostgresTestServer server = PostgresTestServer.shared();
    private final PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.MOVER, true, Map.of());
    private final Backend backend = new PostgresBackend(settings(fixture.settings()));
    private final Backend elsewhere =
            PostgresBackend.server(settings(server.newCatalog(PostgresTestServer.Admin.MOVER)), new UUID(9, 2));
    private final Databases here = databases(backend, 1);
    private final Databases there = databases(elsewhere, 1);
    private final Replication source = here.replication();
    private final Replication target = there.replication();

    private static PostgresSettings settings(Map<String, String> given) {
        return PostgresSettings.read(Settings.of(given)).withLargeBytes(0);
    }

    private static Databases databases(Backend backend, long takeovers) {
        return backend.databases(BackendFixture.DEFAULT_SERVER).fencedBy(new FencingToken(1, 1, OPERATION, takeovers));
    }

    private static String name(int run) {
        return OPERATION.toString().replace("-", "") + "_" + run;
    }

    @BeforeEach
    void makeSource() throws SQLException {
        backend.catalog().migrate();
        here.create(SHOP);
        here.open(SHOP);
        here.transact(SHOP, tx -> tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, "key", "source", false)));
        execute(
                here.login(SHOP, PostgresFixture.PASSWORD),
                "CREATE TABLE orders (id serial PRIMARY KEY, note text, changes int NOT NULL DEFAULT 0)",
                "INSERT INTO orders (note) SELECT 'old' FROM generate_series(1, 100)");
    }

    @AfterEach
    void close() {
        source.end(OPERATION, null);
        drop(there);
        drop(here);
        assertThat(remains()).isEmpty();
        elsewhere.close();
        backend.close();
        fixture.close();
    }

    private static void drop(Databases databases) {
        DatabaseRef present = databases.find(SHOP.uuid());
        if (present != null) {
            databases.drop(present);
        }
    }

    private List<String> remains() {
        return server.values(
                "postgres",
                "SELECT slot_name FROM pg_replication_slots UNION ALL SELECT subname FROM pg_subscription"
                        + " UNION ALL SELECT datname FROM pg_database WHERE datname IN ('moved.example', 'moving-shop',"
                        + " 'arriving-shop')");
    }

    private static Connection connect(DatabaseLogin login) throws SQLException {
        return DriverManager.getConnection(login.url(), login.user(), login.password());
    }

    private static void execute(DatabaseLogin login, String... statements) throws SQLException {
        try (Connection connection = connect(login);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private void execute(String... statements) throws SQLException {
        execute(here.login(SHOP, PostgresFixture.PASSWORD), statements);
    }

    private void replicate(int run) {
        ReplicationSource from = source.source(SHOP);
        assertThat(from.obstacles()).isEmpty();
        assertThat(target.obstacles(from)).isEmpty();
        source.send(SHOP, name(run), content -> there.receive(COPY, content));
        there.configure(COPY, tx -> {
            tx.enforce(List.of(new RowQuota("orders", Filter.all(), 1_000_000, "orders", "[]")));
            return null;
        });
        target.follow(COPY, name(run), from);
        assertThat(target.followed(COPY)).isEqualTo(name(run));
    }

    private void catchUp(int run) {
        assertThat(source.behind(SHOP, name(run), MOST)).isZero();
    }

    private void arrive(int run) {
        target.unfollow(COPY, source.counters(ASIDE, name(run)));
        there.rename(COPY, SHOP.name());
    }

    /** Inserts and updates rows, one after the other, and remembers what was committed. */
    private final class Writer implements Runnable {
        private final AtomicBoolean wanted = new AtomicBoolean(true);
        private final List<String> committed = new ArrayList<>();
        private volatile DatabaseLogin login = here.login(SHOP, PostgresFixture.PASSWORD);
        private long longest;

        @Override
        public void run() {
            long last = System.nanoTime();
            while (wanted.get()) {
                try (Connection connection = connect(login);
                        Statement statement = connection.createStatement()) {
                    while (wanted.get()) {
                        statement.execute("UPDATE orders SET changes = changes + 1 WHERE id = 1");
                        try (ResultSet row =
                                statement.executeQuery("INSERT INTO orders (note) VALUES ('new') RETURNING id")) {
                            row.next();
                            committed.add(row.getString(1));
                        }
                        longest = Math.max(longest, System.nanoTime() - last);
                        last = System.nanoTime();
                    }
                } catch (SQLException e) {
                    Thread.onSpinWait();
                }
            }
        }
    }

    @Test
    void losesNoCommitOfAnApplicationThatWritesAllTheTime() throws Exception {
        Writer writer = new Writer();
        Thread thread = new Thread(writer, "writer");
        thread.start();
        replicate(1);
        catchUp(1);
        assertThat(source.settle(SHOP, name(1), ASIDE.name())).isTrue();
        arrive(1);
        there.open(SHOP);
        writer.login = there.login(SHOP, PostgresFixture.PASSWORD);
        int before = writer.committed.size();
        while (writer.committed.size() < before + 3) {
            Thread.onSpinWait();
        }
        writer.wanted.set(false);
        thread.join();
        assertThat(server.values(SHOP.name(), "SELECT id FROM orders WHERE note = 'new'"))
                .containsAll(writer.committed);
        assertThat(Integer.parseInt(server.value(SHOP.name(), "SELECT changes FROM orders WHERE id = 1")))
                .isBetween(writer.committed.size(), writer.committed.size() + 3);
        assertThat(Duration.ofNanos(writer.longest)).isLessThan(Duration.ofSeconds(20));
    }
}
