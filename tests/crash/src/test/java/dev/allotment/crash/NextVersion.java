// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/**
 * The version after this one: the PostgreSQL backend with one more migration of the catalog and of tenant databases,
 * compiled from the changed source. It precedes this version on the class path.
 */
final class NextVersion {
    static final String COLUMN = "of_next_version";

    private static final Path BACKEND =
            Path.of("../../backend-postgres/src/main/java/dev/allotment/postgres/PostgresBackend.java");

    private NextVersion() {}

    /** Compiles it into a folder, and returns its class path. */
    static String compile(Path folder) throws IOException {
        String changed = inCatalog(inDatabases(Files.readString(BACKEND)));
        Path file = folder.resolve("source/dev/allotment/postgres/PostgresBackend.java");
        Path classes = folder.resolve("classes");
        Files.createDirectories(file.getParent());
        Files.createDirectories(classes);
        Files.writeString(file, changed);
        int result = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        List.of(
                                        "-nowarn",
                                        "-proc:none",
                                        "-d",
                                        classes.toString(),
                                        "-cp",
                                        VictimProcess.classPath(),
                                        file.toString())
                                .toArray(String[]::new));
        assertThat(result).as("the next version compiles").isZero();
        return classes + File.pathSeparator + VictimProcess.classPath();
    }

    /** Adds a migration after the last one of tenant databases. It expands a table. */
    private static String inDatabases(String source) {
        Matcher last = Pattern.compile("Migration\\.read\\((\\d+), \"[^\"]+\", \"database\",\\s*[^)]+\\)(?=\\)\\);)")
                .matcher(source);
        assertThat(last.find()).as("the last migration of tenant databases").isTrue();
        String next = migration(Integer.toString(Integer.parseInt(last.group(1)) + 1), "members");
        return source.substring(0, last.end()) + ", " + next + source.substring(last.end());
    }

    /** Adds a migration after the last one of the catalog, whose scripts are in another module. It expands a table. */
    private static String inCatalog(String source) {
        Matcher schema = Pattern.compile("CatalogSchema\\.of\\([^)]*\\)").matcher(source);
        assertThat(schema.find()).as("the schema of the catalog").isTrue();
        String method = """

                    private static Schema next(Schema present) {
                        List<Migration> all = new java.util.ArrayList<>(present.migrations());
                        all.add(%s);
                        return new Schema(present.title(), present.types(), present.sequences(), all);
                    }
                """.formatted(migration("all.size() + 1", "tenants"));
        int end = source.lastIndexOf('}');
        return source.substring(0, schema.start()) + "next(" + schema.group() + ")"
                + source.substring(schema.end(), end) + method + source.substring(end);
    }

    private static String migration(String version, String table) {
        return "new Migration(" + version + ", \"next\", 1, false, \"ALTER TABLE allotment." + table + " ADD COLUMN "
                + COLUMN + " text DEFAULT 'next' NOT NULL\")";
    }
}
