// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.RecordTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The setting {@code sync} forces each commit to the disk, and nothing else. */
class H2SyncTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"true, 2", "false, 0"})
    void forcesCommitsIfTheSettingSaysSo(String sync, int forced) throws IOException, SQLException {
        try (Backend backend =
                new H2BackendProvider().open(Settings.of(Map.of("path", folder.toString(), "sync", sync)))) {
            backend.catalog().migrate();
            try (Connection administrator = DriverManager.getConnection(
                            "jdbc:h2:allotment:0:file:" + folder.resolve("catalog/catalog") + ";IFEXISTS=TRUE",
                            "sa",
                            Files.readString(folder.resolve("key")));
                    Statement statement = administrator.createStatement()) {
                statement.execute("SET QUERY_STATISTICS TRUE");
                for (String key : new String[] {"one", "two"}) {
                    backend.catalog()
                            .transact(
                                    tx -> tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, key, "", false)));
                    backend.catalog()
                            .<Long>transact(
                                    tx -> tx.records(RecordTypes.PARAMETERS).count(Filter.all()));
                }
                try (ResultSet rows = statement.executeQuery("SELECT COALESCE(SUM(execution_count), 0)"
                        + " FROM information_schema.query_statistics WHERE sql_statement LIKE 'CHECKPOINT SYNC%'")) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getInt(1)).isEqualTo(forced);
                }
            }
        }
    }
}
