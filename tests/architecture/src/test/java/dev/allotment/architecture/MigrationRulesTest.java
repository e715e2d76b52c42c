// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.architecture.MigrationRules.Script;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes of two versions work on one catalog, so every migration says which builds can use the schema after it. */
final class MigrationRulesTest {
    private static final Path PROJECT = Path.of("../..").toAbsolutePath().normalize();
    private static final MigrationRules CATALOG = new MigrationRules(false);

    /** Only the first migration requires all nodes to be stopped: before it, there are none. */
    private static final List<Integer> STOPS = List.of(1);

    @ParameterizedTest
    @CsvSource({"jdbc, catalog", "h2, database", "postgres, database"})
    void everyMigrationDeclaresWhichBuildsCanUseTheSchema(String backend, String folder) {
        List<Script> scripts = scripts(backend, folder);

        assertThat(scripts).isNotEmpty();
        assertThat(new MigrationRules(folder.equals("database")).violations(scripts, STOPS))
                .isEmpty();
    }

    /** What a backend adds to a common script is run after it, and has its declaration. */
    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgres"})
    void whatABackendAddsToTheCatalogFollowsTheSameRules(String backend) {
        Map<String, String> declarations = scripts("jdbc", "catalog").stream()
                .collect(Collectors.toMap(Script::file, each -> "-- readable from " + each.readableFrom() + "\n"));
        List<Script> own = scripts(backend, "catalog");

        assertThat(own).isNotEmpty().extracting(Script::file).allMatch(declarations::containsKey);
        assertThat(CATALOG.violations(
                        own.stream()
                                .map(each -> new Script(each.file(), declarations.get(each.file()) + each.text()))
                                .toList(),
                        STOPS))
                .isEmpty();
    }

    @Test
    void theBackendsDeclareTheSame() {
        assertThat(scripts("h2", "database").stream().map(MigrationRulesTest::declaration))
                .containsExactlyElementsOf(scripts("postgres", "database").stream()
                        .map(MigrationRulesTest::declaration)
                        .toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            002-a.sql              | CREATE TABLE t (id bigint)                                       | must start with
            002-a.sql              | -- readable from 2\\nSELECT 1                                    | excludes the builds before it
            002-a.sql              | -- readable from 1\\nALTER TABLE t RENAME COLUMN a TO b          | contracts the schema (RENAME)
            002-a.sql              | -- readable from 1\\nALTER TABLE t DROP COLUMN a                 | contracts the schema (DROP COLUMN)
            002-a.sql              | -- readable from 1\\nALTER TABLE t ALTER COLUMN a SET NOT NULL   | contracts the schema (SET NOT NULL)
            002-a.sql              | -- readable from 1\\nALTER TABLE t ALTER COLUMN a TYPE text      | contracts the schema (ALTER COLUMN a TYPE)
            002-a.sql              | -- readable from 1\\nALTER TABLE t ADD COLUMN a int NOT NULL     | adds a column that older builds do not write
            002-a.concurrently.sql | -- readable from 1\\nCREATE INDEX CONCURRENTLY i ON t (a);       | may run twice
            """)
    void anOffenderIsRefused(String file, String text, String violation) {
        assertThat(CATALOG.violations(List.of(new Script(file, text.replace("\\n", "\n"))), List.of()))
                .singleElement()
                .asString()
                .contains(violation);
    }

    @Test
    void aRangeNeverShrinks() {
        assertThat(CATALOG.violations(
                        List.of(
                                new Script("003-a.sql", "-- readable from 2\nALTER TABLE t DROP COLUMN a"),
                                new Script("004-b.sql", "-- readable from 1\n")),
                        List.of()))
                .containsExactly("004-b.sql cannot be readable from 1, since a migration before it is readable from 2");
    }

    @Test
    void aTenantDatabaseIsMigratedInTransactionsOnly() {
        Script script = new Script(
                "002-a.concurrently.sql", "-- readable from 1\nCREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a);");

        assertThat(CATALOG.violations(List.of(script), List.of())).isEmpty();
        assertThat(new MigrationRules(true).violations(List.of(script), List.of()))
                .hasSize(1);
    }

    @Test
    void aTenantDatabaseIsOnlyExpanded() {
        List<Script> scripts = List.of(
                new Script("002-a.sql", "-- readable from 1\nCREATE TABLE t (id bigint)"),
                new Script("003-b.sql", "-- readable from 2\nALTER TABLE t DROP COLUMN a"));

        assertThat(CATALOG.violations(scripts, List.of())).isEmpty();
        assertThat(new MigrationRules(true).violations(scripts, List.of()))
                .containsExactly("003-b.sql contracts the schema of tenant databases, which are only expanded");
    }

    private static String declaration(Script script) {
        return script.version() + " " + script.readableFrom();
    }

    private static List<Script> scripts(String backend, String folder) {
        Path path =
                PROJECT.resolve("backend-" + backend + "/src/main/resources/dev/allotment/" + backend + "/" + folder);
        try (Stream<Path> files = Files.list(path)) {
            return files.filter(file -> file.getFileName().toString().matches("\\d{3}-.*\\.sql"))
                    .sorted()
                    .map(MigrationRulesTest::script)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Script script(Path file) {
        try {
            return new Script(file.getFileName().toString(), Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
