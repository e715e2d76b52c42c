// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import java.util.Map;
import java.util.TreeMap;

/** Writes the small JSON texts that the pages' script reads. */
public final class PortalJson {
    private PortalJson() {}

    /** Returns a JSON object of texts, numbers and booleans, sorted by key. */
    public static String object(Map<String, Object> values) {
        StringBuilder json = new StringBuilder("{");
        new TreeMap<>(values).forEach((key, value) -> {
            json.append(json.length() == 1 ? "" : ",").append(text(key)).append(':');
            json.append(
                    value instanceof Number || value instanceof Boolean ? value.toString() : text(value.toString()));
        });
        return json.append('}').toString();
    }

    private static String text(String value) {
        StringBuilder text = new StringBuilder("\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c == '"' || c == '\\' || c == '<' || c > '~') {
                text.append(String.format("\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        return text.append('"').toString();
    }
}
