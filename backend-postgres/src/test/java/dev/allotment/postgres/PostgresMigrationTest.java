// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jdbc.Migration;
import dev.allotment.jdbc.Migrator;
import dev.allotment.jdbc.Schema;
import dev.allotment.postgres.server.ConnectionPool;
import dev.allotment.postgres.server.NodesOfCatalog;
import dev.allotment.postgres.server.PostgresDialect;
import dev.allotment.postgres.server.PostgresSettings;
import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A catalog is migrated while other nodes work in it. */
final class PostgresMigrationTest {
    private static final Schema KNOWN = PostgresBackend.CATALOG_SCHEMA;
    private static final int NEXT = KNOWN.migrations().size() + 1;
    private static final Migration COLUMN =
            new Migration(NEXT, "column", 1, false, "ALTER TABLE allotment.plans ADD COLUMN later integer");
    private static final Migration INDEX = new Migration(
            NEXT, "index", 1, true, "CREATE INDEX CONCURRENTLY IF NOT EXISTS later ON allotment.events (actor);\n");

    private final PostgresTestServer server = PostgresTestServer.shared();
    private final PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
    private final ConnectionPool pool = new ConnectionPool(
            "test",
            new ServerAccess(PostgresSettings.read(Settings.of(fixture.settings())), PostgresBackend.CONTROL_STATEMENTS)
                    .catalog(),
            4,
            Duration.ofSeconds(5),
            true,
            () -> {});

    @BeforeEach
    void migrate() {
        try (Backend backend = fixture.open()) {
            backend.catalog().migrate();
        }
    }

    @AfterEach
    void close() {
        pool.close();
        fixture.close();
    }

    @Test
    void aDatabaseThatDoesNotExistIsNamedAsTheCause() {
        Map<String, String> settings = new HashMap<>(fixture.settings());
        settings.put("url", server.url("nowhere"));
        settings.put("connect.seconds", "1");
        try (Backend backend = new PostgresBackend(PostgresSettings.read(Settings.of(settings)))) {
            assertThatThrownBy(() -> backend.catalog().migrate())
                    .isInstanceOf(SaasException.class)
                    .hasMessageContaining("no database with the name in the URL");
        }
    }

    @Test
    void aMigrationThatWaitsForALongReaderHoldsUpNobodyElse() throws SQLException {
        try (Connection reader = server.connect(fixture.catalog());
                Connection other = server.connect(fixture.catalog())) {
            reader.setAutoCommit(false);
            execute(reader, "SELECT count(*) FROM allotment.plans");
            CompletableFuture<Void> migration = CompletableFuture.runAsync(() -> migrate(COLUMN));
            awaitWaiter();

            // Fails if it waits for longer than the migration may wait for its lock.
            execute(other, "SET statement_timeout = '4s'");
            execute(other, "SELECT count(*) FROM allotment.plans");
            assertThat(migration).isNotDone();
            reader.commit();

            assertThat(migration).succeedsWithin(Duration.ofSeconds(20));
        }
        assertThat(version()).isEqualTo(NEXT + " 1");
    }

    @Test
    void anInvalidIndexOfAKilledProcessIsBuiltAgain() throws SQLException {
        server.execute(
                fixture.catalog(),
                "INSERT INTO allotment.reserved_names (name, holder, until) VALUES ('a', gen_random_uuid(), now()),"
                        + " ('b', gen_random_uuid(), now())");
        try (Connection killed = server.connect(fixture.catalog())) {
            assertThat(fails(killed, "CREATE UNIQUE INDEX CONCURRENTLY later ON allotment.reserved_names (until)"))
                    .isTrue();
        }
        assertThat(index()).isEqualTo("invalid reserved_names");

        migrate(INDEX);

        assertThat(index()).isEqualTo("valid events");
        assertThat(version()).isEqualTo(NEXT + " 1");
    }

    @Test
    void severalProcessesBuildAnIndexOnce() {
        List<CompletableFuture<Void>> processes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            processes.add(CompletableFuture.runAsync(() -> migrate(INDEX)));
        }

        assertThat(CompletableFuture.allOf(processes.toArray(CompletableFuture[]::new)))
                .succeedsWithin(Duration.ofSeconds(30));
        assertThat(index()).isEqualTo("valid events");
    }

    @Test
    void aContractingMigrationWaitsUntilNoOlderNodeIsListedAndThenKeepsThemOut() {
        Schema expanded = NextVersion.expanded(KNOWN, "ALTER TABLE allotment.plans ADD COLUMN later integer");
        migrate(expanded.migrations());
        server.execute(
                fixture.catalog(),
                "INSERT INTO allotment.nodes (name, version, schema_version, last_seen_at) VALUES ('new', '3', "
                        + (NEXT + 1) + ", now()), ('old', '1', " + (NEXT - 1) + ", now())");
        List<Migration> contracted = new ArrayList<>(expanded.migrations());
        contracted.add(
                new Migration(NEXT + 1, "contracts", NEXT, false, "ALTER TABLE allotment.plans DROP COLUMN sequence"));

        migrate(contracted);
        assertThat(version()).startsWith(NEXT + " ");

        server.execute(fixture.catalog(), "DELETE FROM allotment.nodes WHERE name = 'old'");
        migrate(contracted);

        assertThat(version()).isEqualTo(NEXT + 1 + " " + NEXT);
        assertThatThrownBy(() -> migrate(KNOWN.migrations()))
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.BACKEND_SCHEMA));
        migrate(expanded.migrations());
    }

    /** Customers by number, with the accounts that own their tenants: 1 (alone), 2 (mixed, none), 3 (inactive, owner). */
    @Test
    void accountsOfAnOlderCatalogGetTeams() {
        server.execute(fixture.catalog(), "DROP SCHEMA allotment CASCADE");
        migrate(KNOWN.migrations().subList(0, 6));
        server.execute(fixture.catalog(), """
                INSERT INTO allotment.users (login, name, role, active, customer_id, lang, tz, created_at)
                SELECT login, login, 'PORTAL', active, customer, 'en_US', 'UTC', now()
                FROM (VALUES (1, 'alone', true, 1), (2, 'mixed', true, 2), (3, 'inactive', false, 3),
                    (4, 'owner', true, 3), (5, 'idle', true, 3), (6, 'gone', false, 4))
                    AS given (id, login, active, customer)
                ORDER BY id;
                INSERT INTO allotment.tenants (uuid, name, state, customer_id, owner_id, server_id, trial, max_users,
                    users_count, storage_limit_mb, database_size_bytes, file_size_bytes, block_on_expiration,
                    block_on_storage_exceed, lang, tz, created_at, suspended_for, plan_version, tags, storage_exceeded)
                SELECT gen_random_uuid(), 'shop', 'OPEN', customer, owner, 1, false, 0, 0, 0, 0, 0, false, false, 'en_US',
                    'UTC', now(), '[]', 0, '[]', false
                FROM (VALUES (1, 1), (2, 2), (2, NULL), (3, 3), (3, 4)) AS given (customer, owner)
                """);

        migrate(KNOWN.migrations());

        assertThat(server.value(fixture.catalog(), """
                SELECT string_agg(u.login || ' ' || m.role || ' ' || m.tenants, ', ' ORDER BY u.id)
                FROM allotment.team_members m JOIN allotment.users u
                    ON u.id = m.user_id AND u.customer_id = m.customer_id AND u.created_at = m.since
                """))
                .isEqualTo(
                        "alone OWNER all, mixed OWNER , inactive MEMBER , owner OWNER , idle READER all, gone OWNER all");
    }

    private void migrate(Migration more) {
        List<Migration> migrations = new ArrayList<>(KNOWN.migrations());
        migrations.add(more);
        migrate(migrations);
    }

    private void migrate(List<Migration> migrations) {
        new Migrator(PostgresDialect.INSTANCE, NextVersion.with(KNOWN, migrations), new NodesOfCatalog()).migrate(pool);
    }

    private void awaitWaiter() {
        while (server.value("postgres", "SELECT count(*) FROM pg_locks WHERE NOT granted")
                .equals("0")) {
            Thread.onSpinWait();
        }
    }

    private String version() {
        return server.value(
                fixture.catalog(),
                "SELECT version || ' ' || readable_from FROM allotment.schema_version ORDER BY version DESC LIMIT 1");
    }

    private String index() {
        return server.value(fixture.catalog(), """
                SELECT CASE WHEN indisvalid THEN 'valid ' ELSE 'invalid ' END || c.relname
                FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
                WHERE i.indexrelid = 'allotment.later'::regclass
                """);
    }

    private static boolean fails(Connection connection, String sql) {
        try {
            execute(connection, sql);
            return false;
        } catch (SQLException e) {
            return true;
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
