// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.DatabaseLogin;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.tck.BackendFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.h2.api.ErrorCode;
import org.jspecify.annotations.Nullable;

/** An H2 backend on a new folder, or in memory. */
final class H2Fixture implements BackendFixture {
    private static final Scripts SCRIPTS = new Scripts(
            "create table kit (id integer primary key, key varchar(20) not null);",
            "select count(*) from kit;",
            "insert into nowhere values (1);");

    private static final Set<String> REFUSED = Set.of("28000", "08004");

    private static final List<Integer> NOT_ALLOWED =
            List.of(ErrorCode.ADMIN_RIGHTS_REQUIRED, ErrorCode.NOT_ENOUGH_RIGHTS_FOR_1);

    private final @Nullable Path folder;
    private final int poolSize;
    private final boolean autoCommit;

    private H2Fixture(@Nullable Path folder, int poolSize, boolean autoCommit) {
        this.folder = folder;
        this.poolSize = poolSize;
        this.autoCommit = autoCommit;
    }

    static H2Fixture onDisk(int poolSize, boolean autoCommit) throws IOException {
        return new H2Fixture(Files.createTempDirectory("allotment-h2"), poolSize, autoCommit);
    }

    static H2Fixture inMemory(int poolSize, boolean autoCommit) {
        return new H2Fixture(null, poolSize, autoCommit);
    }

    @Override
    public BackendProvider provider() {
        return autoCommit
                ? new H2BackendProvider()
                : new BackendProvider() {
                    @Override
                    public int spiVersion() {
                        return SPI_VERSION;
                    }

                    @Override
                    public String name() {
                        return H2Backend.DIALECT;
                    }

                    @Override
                    public Backend open(Settings settings) {
                        return H2Backend.open(H2Settings.read(settings).withAutoCommit(false));
                    }
                };
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("pool.size", Integer.toString(poolSize));
        settings.put("client.connections", Integer.toString(poolSize));
        if (folder == null) {
            settings.put("memory", "true");
        } else {
            settings.put("path", folder.toString());
        }
        return settings;
    }

    @Override
    public Map<String, String> wrongSettings() {
        return Map.of("path", "data;INIT=x", "pool.size", "1", "client.connections", "many", "memory", "perhaps");
    }

    /** Only one catalog can reach the databases. Those in memory cannot be copied with a catalog. */
    @Override
    public Set<Optionally> lacks() {
        return folder == null ? Set.of(Optionally.PLACE) : Set.of();
    }

    @Override
    public Optional<Set<String>> objects() {
        if (folder == null) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(folder.resolve("databases"))) {
            return Optional.of(
                    files.map(file -> String.valueOf(file.getFileName())).collect(Collectors.toSet()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Scripts scripts() {
        return SCRIPTS;
    }

    @Override
    public boolean connects(DatabaseLogin login) {
        try (Connection connection = connect(login)) {
            return connection.isValid(5);
        } catch (SQLException e) {
            if (REFUSED.contains(e.getSQLState())) {
                return false;
            }
            throw new IllegalStateException("The login was neither accepted nor refused", e);
        }
    }

    @Override
    public boolean canMeddle(DatabaseLogin login, RecordType<?> type) {
        String table = "allotment." + type.name();
        String column = type.fields().get(1).column();
        return Stream.of(
                        "UPDATE " + table + " SET " + column + " = " + column,
                        "DELETE FROM " + table,
                        "TRUNCATE TABLE " + table,
                        "DROP TABLE " + table,
                        "ALTER TABLE " + table + " ADD COLUMN x integer",
                        "ALTER TABLE " + table + " SET REFERENTIAL_INTEGRITY FALSE",
                        "CREATE INDEX x ON " + table + " (" + column + ")",
                        "CREATE TRIGGER x AFTER UPDATE ON " + table
                                + " CALL 'org.h2.fulltext.FullText$FullTextTrigger'",
                        "SELECT id FROM " + table + " FOR UPDATE",
                        "SELECT id FROM " + table,
                        "CREATE TABLE x (id bigint REFERENCES " + table + " (id))",
                        "CREATE VIEW x AS SELECT * FROM " + table,
                        "CREATE SYNONYM IF NOT EXISTS s FOR " + table + "; UPDATE s SET " + column + " = " + column,
                        "CREATE SYNONYM IF NOT EXISTS s FOR " + table + "; SELECT * FROM s",
                        "CREATE VIEW y AS SELECT * FROM " + table + "; SELECT * FROM y",
                        "CREATE MATERIALIZED VIEW y AS SELECT * FROM " + table,
                        "CREATE TABLE y AS SELECT * FROM " + table,
                        "MERGE INTO " + table + " USING DUAL ON FALSE WHEN NOT MATCHED THEN INSERT (id) VALUES (1)",
                        "DROP SCHEMA allotment CASCADE",
                        "ALTER SCHEMA allotment RENAME TO x",
                        "GRANT ALL ON " + table + " TO application",
                        "GRANT ALTER ANY SCHEMA TO application",
                        "ALTER USER application ADMIN TRUE",
                        "CREATE TABLE allotment.x (y integer)")
                .anyMatch(statement -> succeeds(login, statement));
    }

    private static boolean succeeds(DatabaseLogin login, String sql) {
        try (Connection connection = connect(login);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(sql);
            connection.rollback();
            return true;
        } catch (SQLException e) {
            assertThat(e.getErrorCode()).as(sql + ": " + e.getMessage()).isIn(NOT_ALLOWED);
            return false;
        }
    }

    private static Connection connect(DatabaseLogin login) throws SQLException {
        return DriverManager.getConnection(login.url(), login.user(), login.password());
    }

    @Override
    public boolean putForeign(Backend backend, String name) {
        return write("databases/db-" + name + "/notes.txt");
    }

    /** An incomplete database has no name yet, so it is not listed. Its folder remains. */
    @Override
    public boolean leaveHalfMade(Backend backend, DatabaseRef database) {
        write("databases/new-" + database.uuid() + "/" + database.uuid() + ".mv.db");
        return false;
    }

    @Override
    public boolean leaveHalfDropped(Backend backend, DatabaseRef database) {
        if (folder == null) {
            return false;
        }
        // Renaming closes its files, so that the folder can be moved.
        backend.databases(DEFAULT_SERVER).rename(database, "moving-" + database.name());
        try {
            Files.move(
                    folder.resolve("databases/db-moving-" + database.name()),
                    folder.resolve("databases/gone-" + database.uuid()));
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (folder != null) {
            delete(folder);
        }
    }

    static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean write(String file) {
        if (folder == null) {
            return false;
        }
        try {
            Files.createDirectories(folder.resolve(file).getParent());
            Files.writeString(folder.resolve(file), "not a database");
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
