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

/** Two servers, which are one here, and a database that is moved between them by logical replication. */
abstract class LiveMoves {
    static final DatabaseRef SHOP = new DatabaseRef("moved.example", new UUID(9, 1));
    static final DatabaseRef ASIDE = new DatabaseRef("moving-shop", SHOP.uuid());
    static final DatabaseRef COPY = new DatabaseRef("arriving-shop", SHOP.uuid());
    static final UUID OPERATION = new UUID(9, 9);
    static final Duration MOST = Duration.ofSeconds(30);

    final PostgresTestServer server = PostgresTestServer.shared();
    final PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.MOVER, true, Map.of());
    final Backend backend = new PostgresBackend(settings(fixture.settings()));
    final Backend elsewhere =
            PostgresBackend.server(settings(server.newCatalog(PostgresTestServer.Admin.MOVER)), new UUID(9, 2));
    final Databases here = databases(backend, 1);
    Databases there = databases(elsewhere, 1);
    final Replication source = here.replication();
    final Replication target = there.replication();

    static PostgresSettings settings(Map<String, String> given) {
        return PostgresSettings.read(Settings.of(given)).withLargeBytes(0);
    }

    static Databases databases(Backend backend, long takeovers) {
        return backend.databases(BackendFixture.DEFAULT_SERVER).fencedBy(new FencingToken(1, 1, OPERATION, takeovers));
    }

    static String name(int run) {
        return OPERATION.toString().replace("-", "") + "_" + run;
    }

    @BeforeEach
    final void makeSource() throws SQLException {
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
    final void close() {
        source.end(OPERATION, null);
        drop(elsewhere);
        drop(backend);
        assertThat(remains()).isEmpty();
        elsewhere.close();
        backend.close();
        fixture.close();
    }

    static void drop(Backend backend) {
        Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);
        DatabaseRef present = databases.find(SHOP.uuid());
        if (present != null) {
            databases.drop(present);
        }
    }

    List<String> remains() {
        return server.values(
                "postgres",
                "SELECT slot_name FROM pg_replication_slots UNION ALL SELECT subname FROM pg_subscription"
                        + " UNION ALL SELECT datname FROM pg_database WHERE datname IN ('moved.example', 'moving-shop',"
                        + " 'arriving-shop')");
    }

    static Connection connect(DatabaseLogin login) throws SQLException {
        return DriverManager.getConnection(login.url(), login.user(), login.password());
    }

    static void execute(DatabaseLogin login, String... statements) throws SQLException {
        try (Connection connection = connect(login);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    void execute(String... statements) throws SQLException {
        execute(here.login(SHOP, PostgresFixture.PASSWORD), statements);
    }

    void replicate(int run) {
        ReplicationSource from = source.source(SHOP);
        assertThat(from.obstacles()).isEmpty();
        assertThat(target.obstacles(from)).isEmpty();
        source.send(SHOP, name(run), content -> there.transfer().receive(COPY, content));
        target.follow(COPY, name(run), from);
        assertThat(target.followed(COPY)).isEqualTo(name(run));
    }

    void catchUp(int run) {
        assertThat(source.behind(SHOP, name(run), MOST)).isZero();
    }

    /** The machine that runs the tests may be slow. */
    void settle(int run) {
        for (int attempt = 1; !source.settle(SHOP, name(run), ASIDE.name()); attempt++) {
            assertThat(attempt).isLessThan(20);
            here.open(SHOP);
        }
    }

    void arrive(int run) {
        target.unfollow(COPY, source.counters(ASIDE, name(run)));
        there.rename(COPY, SHOP.name());
        there.configure(SHOP, tx -> {
            tx.enforce(List.of(new RowQuota("orders", Filter.all(), 1_000_000, "orders", "[]")));
            return null;
        });
        assertThat(server.value(
                        SHOP.name(),
                        "SELECT CAST(CAST(relowner AS regrole) AS text) FROM pg_class WHERE relname = 'orders'"))
                .endsWith("_quota");
    }

    /** Inserts and updates rows, one after the other, and remembers what was committed. */
    final class Writer implements Runnable {
        final AtomicBoolean wanted = new AtomicBoolean(true);
        final List<String> committed = new ArrayList<>();
        volatile DatabaseLogin login = here.login(SHOP, PostgresFixture.PASSWORD);
        long longest;

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

    /** The writer continues in the moved database, which has everything that it has committed. */
    void assertNothingIsLost(Writer writer, Thread thread) throws InterruptedException {
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
        // It does not know what became of a commit whose session was ended.
        assertThat(Integer.parseInt(server.value(SHOP.name(), "SELECT changes FROM orders WHERE id = 1")))
                .isGreaterThanOrEqualTo(writer.committed.size());
    }
}
