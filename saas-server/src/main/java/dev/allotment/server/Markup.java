// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

/** Puts together a page. Whatever is given as text is escaped. */
final class Markup {
    private final StringBuilder html = new StringBuilder(2048);

    static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(c);
            }
        });
        return escaped.toString();
    }

    /** Markup of our own, with {@code {}} where texts go, in order. */
    Markup add(String markup, String... texts) {
        int from = 0;
        for (String text : texts) {
            int hole = markup.indexOf("{}", from);
            html.append(markup, from, hole).append(escape(text));
            from = hole + 2;
        }
        html.append(markup, from, markup.length());
        return this;
    }

    @Override
    public String toString() {
        return html.toString();
    }
}
