// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.value;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes values in the notation of Python, as Odoo's messages and stored domains do. */
public final class PythonText {
    private static final int MAX_ABBREVIATED = 200;

    private final StringBuilder out = new StringBuilder();
    private final int limit;

    private PythonText(int limit) {
        this.limit = limit;
    }

    /** Returns about 200 characters at most, for a message. */
    public static String abbreviated(@Nullable Object value) {
        PythonText text = new PythonText(MAX_ABBREVIATED);
        text.append(value);
        return text.out.length() <= MAX_ABBREVIATED
                ? text.out.toString()
                : text.out.substring(0, MAX_ABBREVIATED) + "…";
    }

    /** Returns the whole text. */
    public static String of(@Nullable Object value) {
        PythonText text = new PythonText(Integer.MAX_VALUE);
        text.append(value);
        return text.out.toString();
    }

    private void append(@Nullable Object value) {
        if (out.length() > limit) {
            return;
        }
        if (value == null) {
            out.append("None");
        } else if (value instanceof Boolean flag) {
            out.append(flag ? "True" : "False");
        } else if (value instanceof String text) {
            quote(text);
        } else if (value instanceof List<?> list) {
            list(list);
        } else if (value instanceof Map<?, ?> map) {
            map(map);
        } else if (value instanceof Number) {
            out.append(value);
        } else {
            quote(value instanceof byte[] ? "…" : value.toString());
        }
    }

    private void list(List<?> list) {
        String separator = "";
        out.append('[');
        for (Object each : list) {
            out.append(separator);
            append(each);
            separator = ", ";
            if (out.length() > limit) {
                return;
            }
        }
        out.append(']');
    }

    private void map(Map<?, ?> map) {
        String separator = "";
        out.append('{');
        for (Map.Entry<?, ?> each : map.entrySet()) {
            out.append(separator);
            append(each.getKey());
            out.append(": ");
            append(each.getValue());
            separator = ", ";
            if (out.length() > limit) {
                return;
            }
        }
        out.append('}');
    }

    private void quote(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        out.append(quote);
        for (int i = 0; i < text.length() && out.length() <= limit; i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (c == quote) {
                        out.append('\\').append(c);
                    } else if (c < ' ' || c == 0x7f) {
                        out.append(String.format("\\x%02x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append(quote);
    }
}
