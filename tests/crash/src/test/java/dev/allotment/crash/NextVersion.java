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
        String source = Files.readString(BACKEND);
        String changed = add(add(source, "catalog", "tenants"), "database", "members");
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

    /** Adds a migration after the last one of a schema. It expands a table. */
    private static String add(String source, String folder, String table) {
        Matcher last = Pattern.compile(
                        "Migration\\.read\\((\\d+), \"[^\"]+\", \"" + folder + "\",\\s*[^)]+\\)(?=\\)\\);)")
                .matcher(source);
        assertThat(last.find()).as("the last migration of " + folder).isTrue();
        int next = Integer.parseInt(last.group(1)) + 1;
        return source.substring(0, last.end()) + ", new Migration(" + next
                + ", \"next\", 1, false, \"ALTER TABLE allotment." + table + " ADD COLUMN "
                + COLUMN
                + " text DEFAULT 'next' NOT NULL\")" + source.substring(last.end());
    }
}
