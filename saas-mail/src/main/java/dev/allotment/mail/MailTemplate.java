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

/** A text with places for values: <code>{user}</code>. Any other brace stands for itself. */
final class MailTemplate {
    private static final Pattern PLACE = Pattern.compile("\\{([a-z][a-zA-Z]*)\\}");
    private static final Pattern ONLY_A_PLACE = Pattern.compile("\\s*\\{([a-z][a-zA-Z]*)\\}\\s*");
    private static final Pattern BETWEEN_PARAGRAPHS = Pattern.compile("\\n\\s*\\n");

    private final String source;

    MailTemplate(String source) {
        this.source = source.replace("\r\n", "\n").strip();
    }

    Set<String> places() {
        return PLACE.matcher(source)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** As plain text; values are one line each, whatever is in them. */
    String text(Map<String, String> values) {
        return filled(source, values, MailFormats::line);
    }

    /** A template of HTML: whatever is in the values is text there. */
    String html(Map<String, String> values) {
        return filled(source, values, value -> MailFormats.html(MailFormats.line(value)));
    }

    /** The plain text as HTML: paragraphs, and a link where a paragraph is nothing but one. */
    String asHtml(Map<String, String> values) {
        StringBuilder html = new StringBuilder();
        for (String paragraph : BETWEEN_PARAGRAPHS.split(source)) {
            Matcher only = ONLY_A_PLACE.matcher(paragraph);
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

    /** In one pass, so that a value that looks like a place is not filled again. */
    private static String filled(String text, Map<String, String> values, UnaryOperator<String> shown) {
        return PLACE.matcher(text).replaceAll(match -> Matcher.quoteReplacement(shown.apply(value(values, match))));
    }

    private static String value(Map<String, String> values, MatchResult match) {
        return values.getOrDefault(match.group(1), "");
    }
}
