// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.filebackend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.Parameter;
import dev.allotment.SaasException;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.tck.BackendFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the kit cannot know: what stands in the files, and what comes of it where somebody else writes to them. */
final class StoredFilesTest {
    private static final Parameter GREETING = new Parameter(0, "greeting", "one\ttab, one\nline, one \\", true);

    @TempDir
    Path folder;

    @Test
    void aFileCanBeReadByPeople() throws IOException {
        store();

        assertThat(catalog())
                .startsWith("allotment-file-backend\t1\t00000000-0000-0000-0000-000000000000\tclosed\n")
                .contains("\ntable\tparameters\t1\tid\tkey\tvalue\thidden\n")
                .contains("\nrow\t1\tgreeting\tone\\ttab, one\\nline, one \\\\\ttrue\n")
                .endsWith("\nend\n");
    }

    @Test
    void aFileOfAnEarlierBuildIsReadWithoutTheFieldsThatItDoesNotHave() throws IOException {
        store();
        String tenants = tableOf("tenants");
        rewrite(tenants, tenants.replace("\tdeleted_at", ""));
        rewrite(tableOf("sessions") + "\n", "");

        try (Backend backend = open()) {
            backend.catalog().migrate();
            assertThat(stored(backend)).contains(new Parameter(1, GREETING.key(), GREETING.value(), true));
        }
    }

    private String tableOf(String name) throws IOException {
        return catalog()
                .lines()
                .filter(line -> line.startsWith("table\t" + name + "\t"))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    table_parameters_1_id_key_value_hidden | table_parameters_1_id_key_value_hidden_invented
                    table_parameters_1_id_key_value_hidden | table_parameters_1_id_key_value
                    table_parameters_                      | table_inventions_
                    """)
    void aFileOfAnotherBuildIsRefusedAndStaysAsItIs(String found, String replacement) throws IOException {
        store();
        rewrite(found.replace('_', '\t'), replacement.replace('_', '\t'));
        String before = catalog();

        try (Backend backend = open()) {
            assertRefused(ErrorCodes.BACKEND_SCHEMA, () -> backend.catalog().migrate());
            assertRefused(ErrorCodes.BACKEND_SCHEMA, () -> backend.catalog().transact(tx -> 1));
        }
        assertThat(catalog()).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({"end,en", "allotment-,x", "row_1_,row_x_", "_true,", "row_1_,rows_1_"})
    void aDamagedFileIsRefusedAndStaysAsItIs(String found, @Nullable String replacement) throws IOException {
        store();
        rewrite(found.replace('_', '\t'), replacement == null ? "" : replacement.replace('_', '\t'));
        String before = catalog();

        try (Backend backend = open()) {
            assertRefused(ErrorCodes.BACKEND_FAILED, () -> backend.catalog().transact(tx -> 1));
        }
        assertThat(catalog()).isEqualTo(before);
    }

    @Test
    void whatAKilledProcessLeftBesideAFileIsOverwritten() throws IOException {
        store();
        Path unfinished = folder.resolve("catalog.records.unfinished");
        Files.writeString(unfinished, "allotment-file-backend\t1\t");
        try (Backend backend = open()) {
            backend.catalog().transact(tx -> tx.records(RecordTypes.PARAMETERS).delete(1));
        }

        assertThat(unfinished).doesNotExist();
        assertThat(catalog()).doesNotContain("greeting");
    }

    @Test
    void noNameLeadsOutOfTheFolder() throws IOException {
        DatabaseRef outside = new DatabaseRef("../../outside", new UUID(1, 1));
        Files.createDirectories(folder.resolve("data"));
        try (Backend backend = open(folder.resolve("data"))) {
            backend.databases(BackendFixture.DEFAULT_SERVER).create(outside);
            assertThat(backend.databases(BackendFixture.DEFAULT_SERVER).list()).containsExactly(outside);
        }

        assertThat(folder).isDirectoryNotContaining(path -> path.toString().contains("outside"));
        assertThat(folder.resolve("data/databases/..%2F..%2Foutside.records")).exists();
    }

    @Test
    void anInterruptedThreadStoresAllTheSame() {
        try (Backend backend = open()) {
            backend.catalog().migrate();
            Thread.currentThread().interrupt();
            backend.catalog().transact(tx -> tx.records(RecordTypes.PARAMETERS).insert(GREETING));

            assertThat(Thread.interrupted()).isTrue();
            assertThat(stored(backend)).isPresent();
        }
    }

    @Test
    void aPathThatIsAFileIsAWrongSetting() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertThatThrownBy(() -> open(file))
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.SETTING_INVALID))
                .hasMessageContaining("path: found ");
    }

    private void store() {
        try (Backend backend = open()) {
            backend.catalog().migrate();
            backend.catalog().transact(tx -> tx.records(RecordTypes.PARAMETERS).insert(GREETING));
        }
    }

    private static Optional<Parameter> stored(Backend backend) {
        return backend.catalog()
                .<Optional<Parameter>>transact(
                        tx -> tx.records(RecordTypes.PARAMETERS).find(1));
    }

    private Backend open() {
        return open(folder);
    }

    private static Backend open(Path path) {
        BackendProvider provider = new FileBackendProvider();
        return provider.open(Settings.of(Map.of("path", path.toString())));
    }

    private String catalog() throws IOException {
        return Files.readString(folder.resolve("catalog.records"));
    }

    private void rewrite(String found, String replacement) throws IOException {
        String text = catalog();
        assertThat(text).contains(found);
        Files.writeString(folder.resolve("catalog.records"), text.replace(found, replacement));
    }

    private static void assertRefused(String code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
