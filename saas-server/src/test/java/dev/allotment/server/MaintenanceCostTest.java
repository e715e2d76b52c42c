// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Saas;
import dev.allotment.server.setting.Backends;
import dev.allotment.spi.backend.Backend;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the maintenance costs follows what is due, and not how many records there are. */
@Tag("slow")
class MaintenanceCostTest {
    private static final String ROWS_READ = "SELECT relname, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)"
            + " FROM pg_stat_user_tables WHERE schemaname = 'allotment'";
    private static final String OTHERS =
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";

    /** How H2 finds the rows of a table: the index, and what of it is looked at; without that, all of it. */
    private static final Pattern WAY = Pattern.compile("\"allotment\"\\.\"(\\w+)\"\\s+/\\* ([^*]*) \\*/");

    @Test
    void postgresReadsNoMoreRowsWithManyOldRecordsThanWithFew() throws Exception {
        try (SharedPostgres postgres = new SharedPostgres()) {
            try (Backend backend = open(postgres);
                    Saas saas = ManyOldRecords.saas(backend)) {
                ManyOldRecords.prepare(saas);
            }
            Map<String, Long> young = rowsOfOneRound(postgres);
            try (Backend backend = open(postgres);
                    Connection connection = connect(postgres);
                    Statement statement = connection.createStatement()) {
                ManyOldRecords.growOld(backend);
                statement.execute("ANALYZE");
            }
            Map<String, Long> old = rowsOfOneRound(postgres);

            for (String table : ManyOldRecords.GROWING) {
                assertThat(old.get(table))
                        .as("rows of %s that a round reads", table)
                        .isLessThanOrEqualTo(young.getOrDefault(table, 0L) + 5);
            }
        }
    }

    private static Backend open(SharedPostgres postgres) {
        return Backends.open("postgres", postgres.settings());
    }

    private static Connection connect(SharedPostgres postgres) throws SQLException {
        return DriverManager.getConnection(postgres.url("postgres"), "postgres", "any");
    }

    /** Starting included, which is the same each time. */
    private static Map<String, Long> rowsOfOneRound(SharedPostgres postgres) throws Exception {
        Map<String, Long> before = rowsRead(postgres);
        try (Backend backend = open(postgres);
                Saas saas = ManyOldRecords.saas(backend)) {
            assertThat(saas.maintenance().run()).as("nothing is due").isZero();
        }
        Map<String, Long> read = rowsRead(postgres);
        before.forEach((table, rows) -> read.merge(table, -rows, Long::sum));
        return read;
    }

    /** Waits until all connections that have read are closed, because each reports its statistics when it is closed. */
    private static Map<String, Long> rowsRead(SharedPostgres postgres) throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (Connection connection = connect(postgres);
                Statement statement = connection.createStatement()) {
            for (int look = 0; look < 600 && number(statement) > 0; look++) {
                never.await(50, TimeUnit.MILLISECONDS);
            }
            Map<String, Long> rows = new TreeMap<>();
            try (ResultSet found = statement.executeQuery(ROWS_READ)) {
                while (found.next()) {
                    rows.put(found.getString(1), found.getLong(2));
                }
            }
            return rows;
        }
    }

    private static long number(Statement statement) throws SQLException {
        try (ResultSet found = statement.executeQuery(OTHERS)) {
            found.next();
            return found.getLong(1);
        }
    }

    @Test
    void anIndexOnH2FindsDueRowsInAllGrowingTables(@TempDir Path folder) throws Exception {
        try (Backend backend = Backends.open("h2", Map.of("path", folder.toString()));
                Saas saas = ManyOldRecords.saas(backend)) {
            ManyOldRecords.prepare(saas);
            ManyOldRecords.growOld(backend);
            try (Connection connection = DriverManager.getConnection(
                            "jdbc:h2:allotment:0:file:" + folder.resolve("catalog/catalog") + ";IFEXISTS=TRUE",
                            "sa",
                            Files.readString(folder.resolve("key")));
                    Statement statement = connection.createStatement()) {
                statement.execute("SET QUERY_STATISTICS TRUE");
                statement.execute("SET QUERY_STATISTICS_MAX_ENTRIES 1000");
                assertThat(saas.maintenance().run()).as("nothing is due").isZero();

                List<String> statements = statements(statement);
                assertThat(statements).anyMatch(each -> each.contains("next_sync_at"));
                for (String each : statements) {
                    Matcher way = WAY.matcher(plan(connection, each));
                    while (way.find()) {
                        if (ManyOldRecords.GROWING.contains(way.group(1))) {
                            assertThat(way.group(2)).as(each).contains(": ").doesNotContain("tableScan");
                        }
                    }
                }
            }
        }
    }

    private static List<String> statements(Statement statement) throws SQLException {
        List<String> statements = new ArrayList<>();
        try (ResultSet found = statement.executeQuery("SELECT sql_statement FROM information_schema.query_statistics"
                + " WHERE sql_statement LIKE 'SELECT%\"allotment\"%'")) {
            while (found.next()) {
                statements.add(found.getString(1));
            }
        }
        return statements;
    }

    private static String plan(Connection connection, String sql) throws SQLException {
        try (PreparedStatement explain = connection.prepareStatement("EXPLAIN " + sql)) {
            ParameterMetaData parameters = explain.getParameterMetaData();
            for (int i = 1; i <= parameters.getParameterCount(); i++) {
                explain.setNull(i, Types.NULL);
            }
            try (ResultSet found = explain.executeQuery()) {
                found.next();
                return found.getString(1);
            }
        }
    }
}
