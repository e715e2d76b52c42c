// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import dev.allotment.portal.text.PortalTexts;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;

/** A language that marks each of its texts, so that a text that comes from elsewhere stands out. */
final class PseudoTexts {
    private static final String START = "⟦";
    private static final String END = "⟧";
    private static final Pattern WORDS = Pattern.compile("\\p{L}{2,}");
    private static final Set<String> SPOKEN = Set.of("aria-label", "alt", "placeholder", "data-label", "data-done");

    private PseudoTexts() {}

    static Properties english() throws IOException {
        try (InputStream in = PortalTexts.class.getResourceAsStream("portal.en.properties")) {
            Properties texts = new Properties();
            texts.load(new InputStreamReader(Objects.requireNonNull(in), StandardCharsets.UTF_8));
            return texts;
        }
    }

    /** Writes the language into a folder of texts. */
    static void write(Path folder, String language) throws IOException {
        Properties marked = new Properties();
        english().forEach((key, text) -> marked.put(key, START + text + END));
        write(folder, language, marked);
    }

    static void write(Path folder, String language, Properties texts) throws IOException {
        try (Writer writer = Files.newBufferedWriter(folder.resolve("portal." + language + ".properties"))) {
            texts.store(writer, null);
        }
    }

    /** The words of a page that are not marked, and are none of the data. */
    static List<String> unmarked(Document page, Set<String> data) {
        Document copy = page.clone();
        copy.select("script, style, code, [lang]:not(html)").remove();
        List<String> found = new ArrayList<>();
        check("title", copy.title(), data, found);
        check("body", copy.body().wholeText(), data, found);
        for (Element each : copy.getAllElements()) {
            each.attributes().forEach(attribute -> {
                if (SPOKEN.contains(attribute.getKey()) || attribute.getKey().startsWith("data-text-")) {
                    check(attribute.getKey(), attribute.getValue(), data, found);
                }
            });
        }
        return found;
    }

    private static void check(String where, String text, Set<String> data, List<String> found) {
        StringBuilder outside = new StringBuilder();
        int depth = 0;
        for (String part : text.split("(?=[⟦⟧])|(?<=[⟦⟧])")) {
            if (part.equals(START)) {
                depth++;
            } else if (part.equals(END)) {
                depth--;
                outside.append('\n');
            } else if (depth == 0) {
                outside.append(part);
            }
        }
        for (String line : outside.toString().split("\n")) {
            String rest = line;
            for (String each : data) {
                rest = rest.replace(each, " ");
            }
            if (WORDS.matcher(rest).find()) {
                found.add(where + ": " + line.strip());
            }
        }
    }
}
