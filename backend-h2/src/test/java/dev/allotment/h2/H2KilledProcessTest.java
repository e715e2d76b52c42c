// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.allotment.ErrorCodes;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.tck.BackendFixture;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Another process works on a folder until it is killed, without warning, in the middle of an operation. */
@Timeout(120)
@Tag("slow")
class H2KilledProcessTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(0, 1));

    @TempDir
    Path folder;

    @Test
    void leavesNothingOfAnUnfinishedConfiguration() throws IOException, InterruptedException {
        Child child = new Child("configure");
        assertThat(child.nextLine()).isEqualTo("within");
        assertInUse();
        child.kill();

        try (Backend backend = open()) {
            Databases databases = databases(backend);
            assertThat(databases.<List<String>>transact(SHOP, H2KilledProcessTest::parameters))
                    .containsExactly("before");
            assertThat(has(databases, SHOP, "half")).isFalse();
            databases.configure(SHOP, tx -> {
                tx.run("create table half (id integer)");
                return tx.records(RecordTypes.PARAMETERS).insert(parameter("after"));
            });
        }
        try (Backend backend = open()) {
            assertThat(databases(backend).<List<String>>transact(SHOP, H2KilledProcessTest::parameters))
                    .containsExactly("after", "before");
            assertThat(has(databases(backend), SHOP, "half")).isTrue();
        }
    }

    /** A killed process leaves the files in their current state, so a copy of the files is equivalent. */
    @Test
    void whatWasCommittedIsInTheFilesAtOnce() throws IOException, SQLException {
        open().close();
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:h2:" + folder.resolve("catalog/catalog"), "sa", Files.readString(folder.resolve("key")));
                Statement statement = connection.createStatement()) {
            // H2 reuses free space at once, instead of after 45 seconds.
            statement.execute("SET RETENTION_TIME 0");
        }
        try (Backend backend = open()) {
            for (int commit = 0; commit < 10; commit++) {
                Parameter parameter = parameter("commit-" + commit);
                backend.catalog()
                        .transact(tx -> tx.records(RecordTypes.PARAMETERS).insert(parameter));

                Path found = folder.resolve(parameter.key());
                Files.createDirectories(found.resolve("catalog"));
                for (String file : List.of("key", "catalog/catalog.mv.db")) {
                    Files.copy(folder.resolve(file), found.resolve(file));
                }
                try (Backend next = open(found)) {
                    assertThat(next.catalog().<List<String>>transact(H2KilledProcessTest::parameters))
                            .contains(parameter.key());
                }
            }
        }
    }

    @Test
    void leavesNothingOfAnUnfinishedSnapshot() throws IOException {
        try (Backend backend = open()) {
            databases(backend).create(SHOP);
        }
        Path files = folder.resolve("databases/db-" + SHOP.name());
        Files.writeString(files.resolve(SHOP.uuid() + ".before.new"), "half a");

        try (Backend backend = open()) {
            assertThat(databases(backend).<List<String>>transact(SHOP, H2KilledProcessTest::parameters))
                    .isEmpty();
        }
        assertThat(files.toFile().list()).containsExactly(SHOP.uuid() + ".mv.db");
    }

    /** The process is killed while it configures, renames, copies or drops a database. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 7})
    void keepsWhatWasReportedAndTheRestCompletelyOrNotAtAll(int steps) throws IOException, InterruptedException {
        Child child = new Child("work");
        for (int i = 0; i < steps; i++) {
            assertThat(child.nextLine()).isEqualTo("done " + i);
        }
        child.kill();
        // It may have completed more steps before it died.
        int done = steps + child.remainingLines().size();

        try (Backend backend = open()) {
            Databases databases = databases(backend);
            DatabaseRef shop = new DatabaseRef(databases.find(SHOP.uuid()).name(), SHOP.uuid());
            assertThat(shop.name()).isIn(name(done - 1), name(done));
            List<String> parameters = databases.transact(shop, H2KilledProcessTest::parameters);
            assertThat(parameters).hasSizeBetween(done, done + 1);
            for (int i = 0; i < parameters.size(); i++) {
                assertThat(parameters).contains("step-" + i);
                assertThat(has(databases, shop, "step_" + i)).isTrue();
            }
            assertThat(has(databases, shop, "step_" + parameters.size())).isFalse();

            List<String> copies = databases.list().stream()
                    .map(DatabaseRef::name)
                    .filter(name -> name.startsWith("copy"))
                    .toList();
            assertThat(copies).hasSizeBetween(0, 2);
            List<String> events = backend.catalog().transact(H2KilledProcessTest::parameters);
            assertThat(events).hasSizeBetween(done, done + 1);
            for (DatabaseRef each : databases.list()) {
                databases.transact(
                        each, tx -> tx.records(RecordTypes.PARAMETERS).insert(parameter("still works")));
                databases.drop(each);
            }
            assertThat(databases.list()).isEmpty();
        }
    }

    @Test
    void refusesAFolderThatAnotherProcessHasOpen() throws IOException {
        try (Backend backend = open()) {
            // An attempt in the same process must not release its lock.
            assertInUse();
            assertThat(new Child("open").nextLine()).isEqualTo(ErrorCodes.BACKEND_IN_USE);
            assertThat(backend.health().up()).isTrue();
        }
    }

    private void assertInUse() {
        SaasException refused = catchThrowableOfType(SaasException.class, this::open);
        assertThat(refused.code()).isEqualTo(ErrorCodes.BACKEND_IN_USE);
    }

    private Backend open() {
        return open(folder);
    }

    private static Backend open(Path folder) {
        Backend backend = new H2BackendProvider().open(Settings.of(Map.of("path", folder.toString())));
        backend.catalog().migrate();
        return backend;
    }

    private static Databases databases(Backend backend) {
        return backend.databases(BackendFixture.DEFAULT_SERVER);
    }

    private static boolean has(Databases databases, DatabaseRef database, String table) {
        try {
            databases.configure(database, tx -> {
                tx.run("select count(*) from " + table);
                return null;
            });
            return true;
        } catch (SaasException e) {
            assertThat(e.code()).isEqualTo(ErrorCodes.ADDON_FAILED);
            return false;
        }
    }

    private static List<String> parameters(Transaction transaction) {
        return transaction.records(RecordTypes.PARAMETERS).list(Query.all().orderBy(Parameter.KEY)).stream()
                .map(Parameter::key)
                .toList();
    }

    private static Parameter parameter(String key) {
        return new Parameter(0, key, "", false);
    }

    private static String name(int step) {
        return "shop-" + step + ".example";
    }

    /** The main class of the process that is killed. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] arguments) {
            PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
            try (Backend backend = new H2BackendProvider().open(Settings.of(Map.of("path", arguments[1])))) {
                switch (arguments[0]) {
                    case "configure" -> configure(ready(backend), out);
                    case "work" -> work(backend, ready(backend), out);
                    default -> out.println("opened");
                }
            } catch (SaasException e) {
                out.println(e.code());
            }
        }

        private static Databases ready(Backend backend) {
            backend.catalog().migrate();
            databases(backend).create(SHOP);
            return databases(backend);
        }

        private static void configure(Databases databases, PrintStream out) {
            databases.transact(SHOP, tx -> tx.records(RecordTypes.PARAMETERS).insert(parameter("before")));
            databases.configure(SHOP, tx -> {
                tx.records(RecordTypes.PARAMETERS).insert(parameter("half"));
                tx.run("create table half (id integer); insert into half values (1)");
                out.println("within");
                return waitToBeKilled();
            });
        }

        private static void work(Backend backend, Databases databases, PrintStream out) {
            databases.rename(SHOP, name(-1));
            for (int step = 0; ; step++) {
                int number = step;
                DatabaseRef before = new DatabaseRef(name(step - 1), SHOP.uuid());
                DatabaseRef shop = new DatabaseRef(name(step), SHOP.uuid());
                databases.rename(before, shop.name());
                databases.configure(shop, tx -> {
                    tx.records(RecordTypes.PARAMETERS).insert(parameter("step-" + number));
                    tx.run("create table step_" + number + " (id integer); insert into step_" + number
                            + " select * from system_range(1, 1000)");
                    return null;
                });
                databases.copy(shop, new DatabaseRef("copy-" + step, new UUID(1, step)));
                databases.drop(new DatabaseRef("copy-" + (step - 1), new UUID(1, step - 1)));
                backend.catalog()
                        .transact(tx -> tx.records(RecordTypes.PARAMETERS).insert(parameter("event-" + number)));
                out.println("done " + step);
            }
        }

        private static int waitToBeKilled() {
            try {
                return System.in.read();
            } catch (IOException e) {
                return -1;
            }
        }
    }

    private final class Child {
        private final Process process;
        private final BufferedReader output;

        Child(String what) throws IOException {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Victim.class.getName(),
                            what,
                            folder.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        }

        String nextLine() throws IOException {
            return output.readLine();
        }

        List<String> remainingLines() throws IOException {
            List<String> lines = new ArrayList<>();
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
            }
            return lines;
        }

        void kill() throws InterruptedException {
            // By its handle, because destroying the process object would also close its output.
            process.toHandle().destroyForcibly();
            process.waitFor();
        }
    }
}
