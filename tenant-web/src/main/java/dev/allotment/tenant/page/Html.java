// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.page;

/** Builds the markup of the filter's pages. Values are escaped. */
public final class Html {
    private final StringBuilder html = new StringBuilder(2048);
    private boolean forms;

    public static String escape(String text) {
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

    /** Adds markup in which {@code {}} stands for the values, in order. */
    public Html add(String markup, String... texts) {
        int from = 0;
        for (String text : texts) {
            int hole = markup.indexOf("{}", from);
            html.append(markup, from, hole).append(escape(text));
            from = hole + 2;
        }
        html.append(markup, from, markup.length());
        return this;
    }

    /** Starts a form that is sent to a path of this tenant. */
    public Html form(String action) {
        forms = true;
        return add("<form method=\"post\" action=\"{}\">\n", action);
    }

    public boolean hasForms() {
        return forms;
    }

    @Override
    public String toString() {
        return html.toString();
    }
}
