// SPDX-License-Identifier: Apache-2.0
package dev.allotment.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text with placeholders: <code>{0}</code> stands for a value, and <code>{1}words{/1}</code> surrounds words with an
 * element, such as a link. Any other brace stands for itself. Immutable.
 */
public final class TextPattern {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{(/?)([0-9])}");

    private final List<Part> parts;

    private TextPattern(List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    static TextPattern of(String source) {
        List<Part> parts = new ArrayList<>();
        Matcher matcher = PLACEHOLDER.matcher(source);
        int end = 0;
        while (matcher.find()) {
            if (matcher.start() > end) {
                parts.add(new Part(Kind.TEXT, source.substring(end, matcher.start()), -1));
            }
            int index = Integer.parseInt(matcher.group(2));
            boolean closes = !matcher.group(1).isEmpty();
            boolean opens = !closes && source.indexOf("{/" + index + "}", matcher.end()) >= 0;
            parts.add(new Part(closes ? Kind.END : opens ? Kind.START : Kind.VALUE, "", index));
            end = matcher.end();
        }
        if (end < source.length()) {
            parts.add(new Part(Kind.TEXT, source.substring(end), -1));
        }
        return new TextPattern(parts);
    }

    List<Part> parts() {
        return parts;
    }

    /** Returns the placeholders, such as {@code 0} and {@code 1...}. */
    Set<String> placeholders() {
        Set<String> names = new TreeSet<>();
        for (Part part : parts) {
            switch (part.kind) {
                case VALUE -> names.add("{" + part.index + "}");
                case START -> names.add("{" + part.index + "}…");
                case END -> names.add("…{/" + part.index + "}");
                case TEXT -> {}
            }
        }
        return names;
    }

    private enum Kind {
        TEXT,
        VALUE,
        START,
        END
    }

    /** A piece of a text: words, a value, or the start or end of an element. Immutable. */
    public static final class Part {
        private final Kind kind;
        private final String text;
        private final int index;

        private Part(Kind kind, String text, int index) {
            this.kind = kind;
            this.text = text;
            this.index = index;
        }

        /** Returns the words; empty if the part has none. */
        public String text() {
            return text;
        }

        /** Returns the number of the placeholder; -1 for words. */
        public int index() {
            return index;
        }

        /** Returns whether the part is words. */
        public boolean isText() {
            return kind == Kind.TEXT;
        }

        /** Returns whether the part stands for a value. */
        public boolean isValue() {
            return kind == Kind.VALUE;
        }

        /** Returns whether the part starts an element, which another one with the same number ends. */
        public boolean isStart() {
            return kind == Kind.START;
        }
    }
}
