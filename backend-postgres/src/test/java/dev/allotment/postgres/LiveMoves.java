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
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
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
    final Databases there = databases(elsewhere, 1);
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
        drop(there);
        drop(here);
        assertThat(remains()).isEmpty();
        elsewhere.close();
        backend.close();
        fixture.close();
    }

    static void drop(Databases databases) {
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
        source.send(SHOP, name(run), content -> there.receive(COPY, content));
        there.configure(COPY, tx -> {
            tx.enforce(List.of(new RowQuota("orders", Filter.all(), 1_000_000, "orders", "[]")));
            return null;
        });
        target.follow(COPY, name(run), from);
        assertThat(target.followed(COPY)).isEqualTo(name(run));
    }

    void catchUp(int run) {
        assertThat(source.behind(SHOP, name(run), MOST)).isZero();
    }

    void arrive(int run) {
        target.unfollow(COPY, source.counters(ASIDE, name(run)));
        there.rename(COPY, SHOP.name());
    }
}
