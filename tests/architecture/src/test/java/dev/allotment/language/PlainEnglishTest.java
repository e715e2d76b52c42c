// SPDX-License-Identifier: Apache-2.0
package dev.allotment.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Documentation, Javadoc, comments, messages, pages and emails do not use the words of {@code words.tsv}. */
final class PlainEnglishTest {
    private static final Path PROJECT = Path.of("../..").toAbsolutePath().normalize();

    /** Folders that are not part of the project, and test code: tests quote what they refuse. */
    private static final Set<String> SKIPPED = Set.of(".git", ".fast", "target", "data", "src/test");

    private static final int LONGEST_COMMENT = 120;

    @Test
    void everyFileUsesTheWordsOfTheGlossary() {
        assertThat(files())
                .flatMap(file -> Wording.violations(file, read(file)))
                .isEmpty();
    }

    @Test
    void noCommentLineIsLong() {
        assertThat(files())
                .filteredOn(file -> file.endsWith(".java"))
                .flatMap(file -> longComments(file, read(file)))
                .isEmpty();
    }

    @Test
    void manyFilesAreFound() {
        assertThat(files()).hasSizeGreaterThan(500).contains("README.md", "saas", "docs/glossary.md");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "A.java   | /** Whoever calls it. */                    | 1: \"Whoever\"",
                "A.java   | // It gives\\n// way.                       | 1: \"gives way\"",
                "A.java   | f(\"The e-mail is \" + x);                  | 1: \"e-mail\"",
                "A.java   | f(\"The client \"\\n  + \"database is \");  | 1: \"client database\"",
                "a.jte    | <p>\\nWrite a\\nletter to us.</p>           | 2: \"a letter\"",
                "a.jte    | <input placeholder=\"Your e-mail\">         | 1: \"e-mail\"",
                "a.md     | One\\n`two`, and somebody.                  | 2: \"somebody\"",
                "b.en.txt | Dear {name}, we told you.                   | 1: \"told\"",
                "pom.xml  | <!-- Nobody needs it. -->                   | 1: \"Nobody\"",
                "saas     | # Begins anew.                              | 1: \"Begins\"",
                "ci.yml   | # Nobody waits.                             | 1: \"Nobody\"",
                "bug.yml  | label: Tell us                              | 1: \"Tell\"",
                "1.0.sql  | SELECT 1; -- begun\\nSELECT 2;                | 1: \"begun\"",
                "a.css    | p { } /* nobody */                          | 1: \"nobody\"",
                "a.js     | f(); // nobody                              | 1: \"nobody\"",
            })
    void aWordIsFound(String file, String text, String found) {
        assertThat(Wording.violations(file, text.replace("\\n", "\n")))
                .anySatisfy(violation ->
                        assertThat(violation).startsWith(file + ":" + found).contains(": say "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "A.java  | String whoever = nobody.told();",
                "A.java  | f(\"nobody\");",
                "A.java  | f(\"SELECT * FROM fence WHERE peer = 1\");",
                "A.java  | /** The {@code peer} of {@link Fleet#vault() it}, see `fence`. */",
                "A.java  | f(a); // is\\n g(no); // error",
                "a.jte   | @param Letter letter",
                "a.jte   | <p class=\"peer rounds\">${nobody.told()}</p>",
                "a.md    | The field `peer` of [it](fence.md).",
                "a.md    | ```\\nwhoever\\n```",
                "a.md    | Upper-case letters and digits.",
                "pom.xml | <artifactId>fleet</artifactId>",
                "1.0.sql | SELECT peer FROM fence; COMMIT",
                "h2/catalog/001-records.sql | -- Ways in.",
                "a.js    | fetch('http://fleet/' + peer);",
                "mail.de.txt | Also whoever.",
                "docs/wire.md | Odoo calls it a client database.",
            })
    void codeIsNotProse(String file, String text) {
        assertThat(Wording.violations(file.strip(), text.replace("\\n", "\n"))).isEmpty();
    }

    @Test
    void theLastColumnOfTheGlossaryIsNotProse() {
        String row = "| sign-in link | %s | way in, letter |";

        assertThat(Wording.violations("docs/glossary.md", row.formatted("A one-time link.")))
                .isEmpty();
        assertThat(Wording.violations("docs/glossary.md", row.formatted("Somebody's link.")))
                .hasSize(1);
    }

    @Test
    void aLongCommentIsFound() {
        assertThat(longComments("A.java", "int a;\n    // " + "x".repeat(LONGEST_COMMENT)))
                .containsExactly("A.java:2: a comment line of 127 characters, at most 120 are allowed");
    }

    private static List<String> longComments(String file, String text) {
        List<String> found = new ArrayList<>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).length() > LONGEST_COMMENT && lines.get(i).matches("\\s*(?:\\*|//|/\\*).*")) {
                found.add(file + ":" + (i + 1) + ": a comment line of "
                        + lines.get(i).length() + " characters, at most " + LONGEST_COMMENT + " are allowed");
            }
        }
        return found;
    }

    /** The files of the project, by their path from its folder. */
    private static List<String> files() {
        List<String> files = new ArrayList<>();
        try {
            Files.walkFileTree(PROJECT, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    boolean skipped = SKIPPED.stream().anyMatch(folder::endsWith);
                    return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    files.add(PROJECT.relativize(file).toString());
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    private static String read(String file) {
        try {
            return Prose.of(file, "x").isEmpty() ? "" : Files.readString(PROJECT.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
