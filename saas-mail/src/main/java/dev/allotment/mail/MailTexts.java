// SPDX-License-Identifier: Apache-2.0
package dev.allotment.mail;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.text.TextBundles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The texts of the emails, in English, German, French and Spanish, and in other words and languages that an operator
 * provides.
 * Immutable.
 *
 * <p>A text is a file {@code <kind>.<language>.txt}, such as {@code tenant-created.de.txt}. It has a first line {@code
 * Subject: …}, an empty line, and paragraphs separated by empty lines. A name in braces stands for a value. A file that
 * ends with {@code .html} replaces the HTML that is generated from the text otherwise.
 */
public final class MailTexts {
    private static final String ENGLISH = "en";
    private static final String SUBJECT = "Subject: ";
    private static final Pattern FILE = Pattern.compile("([a-z-]+)\\.([a-z]{2,3}(?:_[A-Z]{2})?)\\.(txt|html)");
    private static final String PAGE = """
            <!doctype html>
            <html lang="%s">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>
            <body style="font-family: sans-serif; line-height: 1.5; max-width: 40em">
            %s</body>
            </html>
            """;

    private record Text(
            MailTemplate subject,
            MailTemplate body,
            @Nullable MailTemplate html) {}

    /** The content of an email. */
    record Written(String subject, String text, String html) {}

    /** Texts by kind and language, such as {@code tenant-created.de}. */
    private final Map<String, Text> texts;

    private MailTexts(Map<String, Text> texts) {
        this.texts = Map.copyOf(texts);
    }

    /** Returns the texts of this library. */
    public static MailTexts standard() {
        return new MailTexts(standardTexts());
    }

    /**
     * Reads the texts of a folder once. Texts that the folder does not contain are the standard ones.
     *
     * @throws SaasException {@code setting.invalid} naming every file that is not a valid text
     */
    public static MailTexts in(Path folder) {
        Map<String, Text> texts = new HashMap<>(standardTexts());
        List<String> problems = new ArrayList<>();
        Map<String, String> files = files(folder, problems);
        Map<String, MailTemplate> pages = new HashMap<>();
        files.forEach((name, content) -> {
            Matcher parts = FILE.matcher(name);
            MailKind kind = parts.matches() ? kind(parts.group(1)) : null;
            if (kind == null) {
                problems.add(name
                        + ": expected <kind>.<language>.txt or <kind>.<language>.html, with a kind of "
                        + Arrays.stream(MailKind.values()).map(MailKind::key).collect(Collectors.joining(", ")));
            } else if (parts.group(3).equals("html")) {
                pages.put(kind.key() + "." + parts.group(2), checked(name, kind, new MailTemplate(content), problems));
            } else {
                Text text = text(name, kind, content, problems);
                if (text != null) {
                    texts.put(kind.key() + "." + parts.group(2), text);
                }
            }
        });
        pages.forEach((key, page) -> {
            Text text = texts.get(key);
            if (text == null) {
                problems.add(key + ".html: expected a file " + key + ".txt too");
            } else {
                texts.put(key, new Text(text.subject(), text.body(), page));
            }
        });
        if (!problems.isEmpty()) {
            throw SaasException.invalid(
                    ErrorCodes.SETTING_INVALID, "Invalid email texts:\n  " + String.join("\n  ", problems));
        }
        return new MailTexts(texts);
    }

    private static @Nullable MailKind kind(String key) {
        return Arrays.stream(MailKind.values())
                .filter(each -> each.key().equals(key))
                .findFirst()
                .orElse(null);
    }

    private static Map<String, String> files(Path folder, List<String> problems) {
        Map<String, String> files = new HashMap<>();
        try (Stream<Path> found = Files.list(folder)) {
            for (Path each : found.sorted().toList()) {
                files.put(String.valueOf(each.getFileName()), Files.readString(each));
            }
        } catch (IOException | UncheckedIOException e) {
            problems.add(folder + ": expected a readable folder of texts in UTF-8");
        }
        return files;
    }

    private static Map<String, Text> standardTexts() {
        Map<String, Text> texts = new HashMap<>();
        List<String> problems = new ArrayList<>();
        for (MailKind kind : MailKind.values()) {
            for (String language : TextBundles.LANGUAGES) {
                String key = kind.key() + "." + language;
                Text text = text(key, kind, resource(key + ".txt"), problems);
                if (text == null || !problems.isEmpty()) {
                    throw new IllegalStateException("The jar of saas-mail contains an invalid text: " + problems);
                }
                texts.put(key, text);
            }
        }
        return texts;
    }

    private static String resource(String name) {
        try (InputStream in = MailTexts.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("The jar of saas-mail does not contain " + name + ". Build it again.");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static @Nullable Text text(String name, MailKind kind, String content, List<String> problems) {
        String[] parts = content.replace("\r\n", "\n").split("\n", 2);
        if (!parts[0].startsWith(SUBJECT) || parts.length < 2 || parts[1].isBlank()) {
            problems.add(name + ": expected a first line \"" + SUBJECT + "…\", an empty line, and text");
            return null;
        }
        return new Text(
                checked(name, kind, new MailTemplate(parts[0].substring(SUBJECT.length())), problems),
                checked(name, kind, new MailTemplate(parts[1]), problems),
                null);
    }

    private static MailTemplate checked(String name, MailKind kind, MailTemplate template, List<String> problems) {
        Set<String> unknown = new TreeSet<>(template.placeholders());
        unknown.removeAll(kind.placeholders());
        if (!unknown.isEmpty()) {
            problems.add(name + ": unknown values " + unknown + "; expected " + kind.placeholders());
        }
        return template;
    }

    /**
     * Fills a text in the reader's language or the closest available one, else in that of the installation; English as
     * the last resort.
     *
     * @param usual the language of the installation
     * @param frame what surrounds it; a file that ends with {@code .html} has its own frame
     */
    Written write(MailKind kind, String lang, String usual, Map<String, String> values, MailFrame frame) {
        String language = language(kind, lang).or(() -> language(kind, usual)).orElse(ENGLISH);
        Text text = texts.get(kind.key() + "." + language);
        if (text == null) {
            throw new IllegalStateException("No English text for " + kind.key());
        }
        MailTemplate own = text.html();
        String page = own == null
                ? PAGE.formatted(
                        language.replace('_', '-'),
                        frame.htmlBefore() + text.body().asHtml(values) + frame.htmlAfter())
                : own.html(values);
        return new Written(text.subject().text(values), text.body().text(values) + "\n" + frame.textAfter(), page);
    }

    private Optional<String> language(MailKind kind, String lang) {
        String whole = lang.replace('-', '_');
        String first = whole.split("_", 2)[0].toLowerCase(Locale.ROOT);
        return Stream.of(whole, first)
                .filter(each -> texts.containsKey(kind.key() + "." + each))
                .findFirst();
    }
}
