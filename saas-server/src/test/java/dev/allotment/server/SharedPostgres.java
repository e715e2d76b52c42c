// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.test.MemoryFolder;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A PostgreSQL with nothing in it. */
final class SharedPostgres implements AutoCloseable {
    private final EmbeddedPostgres postgres;

    SharedPostgres() throws IOException {
        EmbeddedPostgres.Builder builder = builder();
        MemoryFolder.create().ifPresent(builder::setDataDirectory);
        postgres = builder.start();
    }

    /** Starts a server with files that are there, and that the caller removes. */
    private SharedPostgres(Path data) throws IOException {
        postgres = builder().setDataDirectory(data).setCleanDataDirectory(false).start();
    }

    private static EmbeddedPostgres.Builder builder() {
        return EmbeddedPostgres.builder().setServerConfig("max_prepared_transactions", "1");
    }

    /** Starts a second server with the files of this one as they are now, as a tool for backups of servers does. */
    SharedPostgres restored(Path folder) throws IOException, SQLException, InterruptedException {
        try (Connection connection = DriverManager.getConnection(url("postgres"), "postgres", "");
                Statement statement = connection.createStatement()) {
            ResultSet folders = statement.executeQuery(
                    "SELECT current_setting('data_directory') FROM pg_backup_start('a copy', true)");
            folders.next();
            String data = folders.getString(1);
            copy(data, folder.toString());
            ResultSet label = statement.executeQuery("SELECT labelfile FROM pg_backup_stop(false)");
            label.next();
            Files.writeString(folder.resolve("backup_label"), label.getString(1));
            Files.delete(folder.resolve("postmaster.pid"));
            // The log has everything to the end of the backup by now.
            copy(data + "/pg_wal/.", folder.resolve("pg_wal").toString());
        }
        return new SharedPostgres(folder);
    }

    /** Files may vanish meanwhile; the log has what the copy lacks. */
    private static void copy(String from, String to) throws IOException, InterruptedException {
        new ProcessBuilder("cp", "-a", from, to)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    List<String> options() {
        return options(postgres.getPort(), "postgres");
    }

    List<String> options(int port, String database) {
        return List.of(
                "--backend",
                "postgres",
                "--url",
                "jdbc:postgresql://127.0.0.1:" + port + "/" + database,
                "--user",
                "postgres",
                "--password",
                "the secret");
    }

    String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database;
    }

    int port() {
        return postgres.getPort();
    }

    /** Executes statements, and returns the first column of the first result. */
    List<String> ask(String database, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url(database), "postgres", "");
                Statement statement = connection.createStatement()) {
            List<String> values = new ArrayList<>();
            boolean rowsFollow = statement.execute(sql);
            while (!rowsFollow) {
                rowsFollow = statement.getMoreResults();
            }
            ResultSet rows = statement.getResultSet();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }

    /** Settings of the backend, for a catalog in the database {@code postgres}. */
    Map<String, String> settings() {
        return Map.of("url", url("postgres"), "user", "postgres", "password", "any");
    }

    @Override
    public void close() {
        try {
            postgres.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
