// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Parameter;
import dev.allotment.h2.files.H2Names;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.tck.BackendFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The core refuses such names. If one gets through all the same, it must not become a path, an option or SQL. */
class H2HostileNamesTest {
    private static final List<String> NAMES = List.of(
            "..",
            ".",
            "",
            " ",
            "../../outside",
            "/outside",
            "a/b",
            "a\\b",
            "x;INIT=CREATE TABLE PUBLIC.STOLEN(ID INT)",
            "x;IFEXISTS=FALSE",
            "x\"; drop schema allotment cascade; --",
            "~",
            "mem:x",
            "UPPER",
            "upper",
            "Upper",
            "%75pper",
            "%2e",
            "con",
            "nul.txt",
            "é",
            "e\u0301",
            "🚀",
            "trailing.",
            "a\0b",
            "a\nb");

    @TempDir
    Path folder;

    @Test
    void eachNameIsASeparateDatabaseWithinTheFolder() throws IOException {
        Path home = folder.resolve("home");
        try (Backend backend = new H2BackendProvider().open(Settings.of(Map.of("path", home.toString())))) {
            backend.catalog().migrate();
            Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);
            for (int i = 0; i < NAMES.size(); i++) {
                DatabaseRef database = new DatabaseRef(NAMES.get(i), new UUID(0, i));
                String mine = "of " + i;
                assertThat(databases.exists(database.name())).isFalse();
                databases.create(database);
                databases.transact(
                        database, tx -> tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, mine, "", false)));
            }
            assertThat(databases.list())
                    .extracting(DatabaseRef::name)
                    .containsExactlyElementsOf(NAMES.stream().sorted().toList());
            for (DatabaseRef each : databases.list()) {
                assertThat(databases.<String>transact(
                                each,
                                tx -> tx.records(RecordTypes.PARAMETERS)
                                        .find(1)
                                        .orElseThrow()
                                        .key()))
                        .isEqualTo("of " + each.uuid().getLeastSignificantBits());
            }
            try (Stream<Path> children = Files.list(folder)) {
                assertThat(children).containsExactly(home);
            }
            try (Stream<Path> children = Files.list(home.resolve("databases"))) {
                assertThat(children)
                        .hasSize(NAMES.size())
                        .allMatch(each -> each.getFileName().toString().matches("db-[a-z0-9._%-]*"));
            }
            databases.list().forEach(databases::drop);
            try (Stream<Path> children = Files.list(home.resolve("databases"))) {
                assertThat(children).isEmpty();
            }
        }
    }

    @Test
    void decodesOnlyWhatItEncodes() {
        for (String name : NAMES) {
            assertThat(H2Names.decode(H2Names.encode(name))).isEqualTo(name);
        }
        for (String other : List.of("%", "%2", "%zz", "%61", "%2E", "A", "ä", "a b", "%ff")) {
            assertThat(H2Names.decode(other)).as(other).isNull();
        }
    }
}
