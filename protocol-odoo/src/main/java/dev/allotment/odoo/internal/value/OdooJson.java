// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.value;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON exactly as Python's {@code json.dumps} does. Some results are such texts, and clients compare them.
 */
public final class OdooJson {
    private final StringBuilder out = new StringBuilder();

    private OdooJson() {}

    /** Writes maps with text keys, lists, text, numbers, booleans and null. */
    public static String write(@Nullable Object value) {
        OdooJson json = new OdooJson();
        json.append(value);
        return json.out.toString();
    }

    private void append(@Nullable Object value) {
        if (value == null || value instanceof Boolean || value instanceof Integer || value instanceof Long) {
            out.append(value);
        } else if (value instanceof String text) {
            quote(text);
        } else if (value instanceof List<?> list) {
            list(list);
        } else if (value instanceof Map<?, ?> map) {
            map(map);
        } else {
            throw new IllegalArgumentException("JSON cannot express a value of " + value.getClass());
        }
    }

    private void list(List<?> list) {
        String separator = "";
        out.append('[');
        for (Object each : list) {
            out.append(separator);
            append(each);
            separator = ", ";
        }
        out.append(']');
    }

    private void map(Map<?, ?> map) {
        String separator = "";
        out.append('{');
        for (Map.Entry<?, ?> each : map.entrySet()) {
            out.append(separator);
            quote((String) each.getKey());
            out.append(": ");
            append(each.getValue());
            separator = ", ";
        }
        out.append('}');
    }

    private void quote(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < ' ' || c > '~') {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
