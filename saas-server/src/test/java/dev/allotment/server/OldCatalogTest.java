// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.allotment.Event;
import dev.allotment.Plan;
import dev.allotment.PlanVersion;
import dev.allotment.Query;
import dev.allotment.Template;
import dev.allotment.TenantState;
import dev.allotment.Usage;
import dev.allotment.h2.H2BackendProvider;
import dev.allotment.h2.engine.H2Dialect;
import dev.allotment.jdbc.Migration;
import dev.allotment.jdbc.Migrator;
import dev.allotment.jdbc.Schema;
import dev.allotment.jdbc.SqlDialect;
import dev.allotment.postgres.PostgresBackendProvider;
import dev.allotment.postgres.server.PostgresDialect;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.ReservedName;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A catalog of the first two migrations, with records, arrives complete in the schema of this build. */
final class OldCatalogTest {
    /** Every number is different, so that a value in the wrong column is found. */
    private static final String RECORDS = """
            INSERT INTO allotment.plans (name, demo, max_users, total_storage_limit, block_on_expiration,
                block_on_storage_exceed, expiration, grace_period, max_databases_per_customer,
                max_trial_databases_per_customer, lang, tz, sequence, created_at, spares, published, version, tags)
            VALUES ('small', false, 101, 102, true, false, 103, 104, 105, 106, 'en', 'UTC', 107, <now>, 108, true, 109,
                '[]');
            INSERT INTO allotment.plan_versions (plan_id, number, addons, max_users, total_storage_limit,
                block_on_expiration, block_on_storage_exceed, expiration, grace_period, max_databases_per_customer,
                max_trial_databases_per_customer, created_at)
            VALUES (1, 201, '[]', 202, 203, true, false, 204, 205, 206, 207, <now>);
            INSERT INTO allotment.templates (name, uuid, server_id, state, addons, lang, tz, demo, created_at, family,
                generation, hash, versions)
            VALUES ('base', '<uuid>1', 1, 'READY', '[]', 'en', 'UTC', false, <now>, '<uuid>1', 301, 'abc', '[]');
            INSERT INTO allotment.tenants (uuid, name, state, server_id, trial, max_users, users_count,
                total_storage_limit, database_size, file_size, block_on_expiration, block_on_storage_exceed, lang, tz,
                created_at, suspended_for, plan_version, tags, storage_exceeded)
            VALUES ('<uuid>2', 'late', 'PENDING', 1, true, 401, 402, 403, 404, 405, true, true, 'en', 'UTC', <now>,
                '["expired"]', 406, '[]', false);
            INSERT INTO allotment.tenants (uuid, name, state, server_id, trial, max_users, users_count,
                total_storage_limit, database_size, file_size, block_on_expiration, block_on_storage_exceed, lang, tz,
                created_at, suspended_for, plan_version, tags, storage_exceeded)
            VALUES ('<uuid>3', 'open', 'OPEN', 1, true, 501, 502, 503, 504, 505, true, true, 'en', 'UTC', <now>,
                '[]', 506, '[]', false);
            INSERT INTO allotment.held_names (name, holder, until) VALUES ('late', '<uuid>2', NULL);
            INSERT INTO allotment.held_names (name, holder, until) VALUES ('gone', '<uuid>4', <now>);
            INSERT INTO allotment.operations (uuid, kind, state, step, input, node, fence, lease_until, created_at,
                updated_at, started_by, peer, percent, cancel_requested, attempts, result)
            VALUES ('<uuid>5', 'CREATE_TENANT', 'RUNNING', 'copy', '{}', 'node-1', 601, <now>, <now>, <now>, 'admin',
                '192.0.2.1', 602, false, 603, '{}');
            INSERT INTO allotment.events (uuid, at, type, actor, peer, details)
            VALUES ('<uuid>6', <now>, 'TENANT_CREATED', 'admin', '192.0.2.2', '{}');
            INSERT INTO allotment.usage (tenant_id, "day", name, users, peak_users, database_size, peak_database_size,
                file_size, peak_file_size, records, read_at)
            VALUES (1, <now>, 'late', 701, 702, 703, 704, 705, 706, '{}', <now>);
            """.replace("<now>", "TIMESTAMP WITH TIME ZONE '2026-01-02 03:04:05+00'")
            .replace("<uuid>", "00000000-0000-0000-0000-00000000000");

    @TempDir
    Path folder;

    @Test
    void arrivesInPostgres() throws SQLException, IOException {
        try (SharedPostgres server = new SharedPostgres()) {
            try (Connection connection = DriverManager.getConnection(server.url("postgres"), "postgres", "")) {
                createOld(connection, PostgresDialect.INSTANCE, PostgresBackendProvider.class::getResourceAsStream);
            }
            try (Backend backend = new PostgresBackendProvider().open(Settings.of(server.settings()))) {
                assertArrives(backend);
            }
        }
    }

    @Test
    void arrivesInH2() throws SQLException, IOException {
        Settings settings = Settings.of(Map.of("path", folder.toString()));
        // Creates the password of its databases.
        new H2BackendProvider().open(settings).close();
        try (Connection connection = DriverManager.getConnection(
                "jdbc:h2:" + folder.resolve("catalog/catalog") + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE"
                        + ";NON_KEYWORDS=KEY,VALUE,DAY",
                "sa",
                Files.readString(folder.resolve("key")))) {
            createOld(connection, H2Dialect.INSTANCE, H2BackendProvider.class::getResourceAsStream);
        }
        try (Backend backend = new H2BackendProvider().open(settings)) {
            assertArrives(backend);
        }
    }

    private static void createOld(
            Connection connection, SqlDialect dialect, Function<String, @Nullable InputStream> resources)
            throws SQLException {
        List<Migration> old = List.of(
                Migration.read(1, "records", "catalog", resources),
                Migration.read(2, "lost-servers", "catalog", resources));
        connection.setAutoCommit(false);
        new Migrator(dialect, new Schema("catalog", RecordTypes.catalog(), RecordTypes.sequences(), old))
                .migrate(connection);
        try (Statement statement = connection.createStatement()) {
            statement.execute(RECORDS);
        }
        connection.commit();
    }

    private static void assertArrives(Backend backend) {
        backend.catalog().migrate();

        assertThat(all(backend, RecordTypes.PLANS))
                .extracting(Plan::storageLimitMb, Plan::trialHours, Plan::graceDays, Plan::maxUsers, Plan::version)
                .containsExactly(tuple(102, 103, 104, 101, 109));
        assertThat(all(backend, RecordTypes.PLAN_VERSIONS))
                .extracting(
                        PlanVersion::storageLimitMb,
                        PlanVersion::trialHours,
                        PlanVersion::graceDays,
                        PlanVersion::maxUsers,
                        PlanVersion::number)
                .containsExactly(tuple(203, 204, 205, 202, 201));
        assertThat(all(backend, RecordTypes.TEMPLATES))
                .extracting(Template::name, Template::version)
                .containsExactly(tuple("base", 301));
        assertThat(all(backend, RecordTypes.TENANTS))
                .extracting(
                        StoredTenant::name,
                        StoredTenant::state,
                        StoredTenant::suspendedFor,
                        StoredTenant::storageLimitMb,
                        StoredTenant::databaseSizeBytes,
                        StoredTenant::fileSizeBytes)
                .containsExactly(
                        tuple("late", TenantState.SUSPENDED, List.of("expired"), 403, 404L, 405L),
                        tuple("open", TenantState.OPEN, List.of(), 503, 504L, 505L));
        assertThat(all(backend, RecordTypes.RESERVED_NAMES))
                .extracting(ReservedName::name, ReservedName::holder, reserved -> reserved.until() == null)
                .containsExactly(tuple("late", new UUID(0, 2), true), tuple("gone", new UUID(0, 4), false));
        assertThat(all(backend, RecordTypes.OPERATIONS))
                .extracting(StoredOperation::step, StoredOperation::fencingToken, StoredOperation::clientAddress)
                .containsExactly(tuple("copy", 601L, "192.0.2.1"));
        assertThat(all(backend, RecordTypes.EVENTS))
                .extracting(Event::actor, Event::clientAddress)
                .containsExactly(tuple("admin", "192.0.2.2"));
        assertThat(all(backend, RecordTypes.USAGE))
                .extracting(
                        Usage::databaseSizeBytes,
                        Usage::peakDatabaseSizeBytes,
                        Usage::fileSizeBytes,
                        Usage::peakFileSizeBytes)
                .containsExactly(tuple(703L, 704L, 705L, 706L));
    }

    private static <R extends Record> List<R> all(Backend backend, RecordType<R> type) {
        return backend.catalog().transact(tx -> tx.records(type).list(Query.all()));
    }
}
