// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.allotment.h2.engine.H2Dialect;
import dev.allotment.h2.engine.H2Engine;
import dev.allotment.h2.files.DatabaseFiles;
import dev.allotment.h2.files.DiskStorage;
import dev.allotment.h2.files.H2Storage;
import dev.allotment.jdbc.Migrator;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** What the other threads of a database do when its disk fails under one of them. */
@Isolated
final class H2FailedDiskTest {
    private static final int ROWS = 500;

    private final H2Engine engine = new H2Engine("secret", "", false);

    @TempDir
    Path folder;

    private H2Storage storage;
    private DatabaseFiles files;

    @BeforeEach
    void make() throws SQLException {
        FullDisk.install();
        storage = DiskStorage.open(folder);
        files = new DatabaseFiles(storage, "shop", "shop");
        storage.createFolder(files.folder());
        engine.create(files, new Migrator(H2Dialect.INSTANCE, H2Backend.TENANT_SCHEMA), connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, x VARCHAR)");
                statement.execute("INSERT INTO t SELECT n.*, REPEAT('x', 1000) FROM SYSTEM_RANGE(1, " + ROWS + ") n");
            }
        });
    }

    @AfterEach
    void close() {
        storage.close();
        FullDisk.uninstall();
    }

    @Test
    void everyStatementAndRollbackEndsAfterTheDiskFailed() throws Exception {
        Connection writer = engine.connect(files);
        Connection first = engine.connect(files);
        Connection second = engine.connect(files);
        execute(first, "DELETE FROM t WHERE id < 0");
        execute(second, "DELETE FROM t WHERE id < 0");
        FullDisk.fill(true);
        assertThatThrownBy(() -> insertAndCommit(writer, -1)).isInstanceOf(SQLException.class);

        for (int i = 0; i < 3; i++) {
            assertEnds(first::rollback);
            assertEnds(second::rollback);
            assertEnds(() -> execute(second, "DELETE FROM t WHERE id < 0"));
            assertEnds(() -> second.isValid(0));
        }
        H2Engine.discard(writer);
        assertEnds(first::rollback);
        H2Engine.discard(second);
        H2Engine.discard(first);
        FullDisk.fill(false);
        assertThat(count()).isEqualTo(ROWS);
    }

    @Test
    void aThreadThatStillReadsDoesNotKeepTheFile() throws Exception {
        Connection writer = engine.connect(files);
        Connection reading = engine.connect(files);
        CompletableFuture<Throwable> read = new CompletableFuture<>();
        Thread reader = new Thread(() -> read.complete(catchThrowable(() -> execute(reading, "SELECT * FROM t"))));
        FullDisk.Pause pause = FullDisk.pauseReadsOf(reader);
        reader.start();
        assertThat(pause.reads().await(60, TimeUnit.SECONDS)).isTrue();
        FullDisk.fill(true);
        assertThatThrownBy(() -> insertAndCommit(writer, -1)).isInstanceOf(SQLException.class);
        H2Engine.discard(writer);
        pause.mayRead().countDown();
        assertThat(read.get(60, TimeUnit.SECONDS)).isInstanceOf(SQLException.class);
        FullDisk.fill(false);

        assertThat(count()).isEqualTo(ROWS);
    }

    private int count() throws SQLException {
        try (Connection connection = engine.connect(files);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM t")) {
            row.next();
            return row.getInt(1);
        }
    }

    private static void insertAndCommit(Connection connection, int id) throws SQLException {
        execute(connection, "INSERT INTO t VALUES (" + id + ", 'x')");
        connection.commit();
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @FunctionalInterface
    private interface Action {
        void run() throws SQLException;
    }

    /** Fails if H2 works for ever, or would if its assertions were off. */
    private static void assertEnds(Action action) throws Exception {
        Callable<Throwable> caught = () -> catchThrowable(action::run);
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                end.complete(caught.call());
            } catch (Exception e) {
                end.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        for (Throwable each = end.get(60, TimeUnit.SECONDS); each != null; each = each.getCause()) {
            assertThat(each).isNotInstanceOf(AssertionError.class);
        }
    }
}
