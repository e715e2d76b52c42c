// SPDX-License-Identifier: Apache-2.0
package dev.allotment.mail;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A text with placeholders for values: <code>{user}</code>. Any other brace stands for itself. */
final class MailTemplate {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([a-z][a-zA-Z]*)\\}");
    private static final Pattern ONLY_A_PLACEHOLDER = Pattern.compile("\\s*\\{([a-z][a-zA-Z]*)\\}\\s*");
    private static final Pattern BETWEEN_PARAGRAPHS = Pattern.compile("\\n\\s*\\n");

    private final String source;

    MailTemplate(String source) {
        this.source = source.replace("\r\n", "\n").strip();
    }

    Set<String> placeholders() {
        return PLACEHOLDER
                .matcher(source)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Fills the template as plain text. Each value becomes one line. */
    String text(Map<String, String> values) {
        return filled(source, values, MailFormats::line);
    }

    /** Fills the template as HTML. The values are escaped. */
    String html(Map<String, String> values) {
        return filled(source, values, value -> MailFormats.html(MailFormats.line(value)));
    }

    /** Converts the plain text to HTML: paragraphs, with a link if a paragraph consists of an address only. */
    String asHtml(Map<String, String> values) {
        StringBuilder html = new StringBuilder();
        for (String paragraph : BETWEEN_PARAGRAPHS.split(source)) {
            Matcher only = ONLY_A_PLACEHOLDER.matcher(paragraph);
            String value = only.matches() ? values.getOrDefault(only.group(1), "") : "";
            html.append("<p>");
            if (value.startsWith("https://") || value.startsWith("http://")) {
                String escaped = MailFormats.html(MailFormats.line(value));
                html.append("<a href=\"")
                        .append(escaped)
                        .append("\">")
                        .append(escaped)
                        .append("</a>");
            } else {
                String escaped = MailFormats.html(paragraph.strip()).replace("\n", "<br>\n");
                html.append(filled(escaped, values, each -> MailFormats.html(MailFormats.line(each))));
            }
            html.append("</p>\n");
        }
        return html.toString();
    }

    /** Fills in one pass, so that a value that looks like a placeholder is not filled again. */
    private static String filled(String text, Map<String, String> values, UnaryOperator<String> shown) {
        return PLACEHOLDER
                .matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(shown.apply(value(values, match))));
    }

    private static String value(Map<String, String> values, MatchResult match) {
        return values.getOrDefault(match.group(1), "");
    }
}
