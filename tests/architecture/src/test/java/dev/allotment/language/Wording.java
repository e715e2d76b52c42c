// SPDX-License-Identifier: Apache-2.0
package dev.allotment.language;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The words that this project does not use, read from {@code words.tsv}. */
final class Wording {
    private static final List<Word> WORDS = read();

    /** Most files have none of the words, and this looks for all of them at once. */
    private static final Pattern ANY = compile(WORDS.stream().map(Word::text).collect(Collectors.joining("|")));

    /**
     * A word or a construction.
     *
     * @param text the pattern without its boundaries
     * @param instead what to say instead
     * @param except the paths to which this does not apply; null if there are none
     */
    private record Word(
            String text,
            Pattern pattern,
            String instead,
            @Nullable Pattern except) {}

    private Wording() {}

    /** Returns what must be changed in a file, as {@code path:line: "words": say …}. */
    static List<String> violations(String path, String text) {
        String prose = Prose.of(path, text);
        List<String> violations = new ArrayList<>();
        if (!ANY.matcher(prose).find()) {
            return violations;
        }
        for (Word word : WORDS) {
            if (word.except() != null && word.except().matcher(path).matches()) {
                continue;
            }
            Matcher matcher = word.pattern().matcher(prose);
            while (matcher.find()) {
                if (matcher.group().indexOf(Prose.GAP) < 0) {
                    long line = 1
                            + prose.substring(0, matcher.start())
                                    .chars()
                                    .filter(c -> c == '\n')
                                    .count();
                    violations.add(path + ":" + line + ": \"" + matcher.group().replaceAll("\\s+", " ") + "\": say "
                            + word.instead());
                }
            }
        }
        return violations;
    }

    private static Pattern compile(String words) {
        // All of them start with a letter. Most of a source file is gaps, which this passes over at once.
        return Pattern.compile("(?<![\\w'-])(?=[a-z])(?:" + words + ")(?![\\w-])", Pattern.CASE_INSENSITIVE);
    }

    private static List<Word> read() {
        try (InputStream in = Wording.class.getResourceAsStream("words.tsv")) {
            String list = new String(Objects.requireNonNull(in, "words.tsv").readAllBytes(), UTF_8);
            return list.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> line.split("\t"))
                    .map(cells -> new Word(
                            "(?:" + cells[0].replace(" ", "\\s+") + ")",
                            compile(cells[0].replace(" ", "\\s+")),
                            cells[1],
                            cells.length > 2 ? Pattern.compile(cells[2]) : null))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
