// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Lists and maps of text as JSON, so that an operator can read them in the database.
 *
 * <p>This is format 1, which has no version number. A list is an array of strings; a map is an object of strings,
 * ordered by key. Only quotes, backslashes and control characters are escaped when writing; all escapes of RFC 8259
 * are read, and white space between tokens is ignored. Later versions of this library must read this format, because
 * stored rows are not rewritten. A new format has to start with another character than {@code [} and {@code &#123;}.
 */
public final class JsonText {
    private final String text;
    private int at;

    private JsonText(String text) {
        this.text = text;
    }

    /** Writes a list or a map of text as JSON; a map in the order of its keys. */
    public static String write(Object value) {
        StringBuilder out = new StringBuilder();
        if (value instanceof Map<?, ?> map) {
            new TreeMap<>(map).forEach((key, each) -> {
                out.append(out.isEmpty() ? "{" : ",");
                quote(out, (String) key);
                out.append(':');
                quote(out, (String) each);
            });
            return out.isEmpty() ? "{}" : out.append('}').toString();
        }
        for (Object each : (List<?>) value) {
            out.append(out.isEmpty() ? "[" : ",");
            quote(out, (String) each);
        }
        return out.isEmpty() ? "[]" : out.append(']').toString();
    }

    /** Reads a list of text, as {@link #write} writes it. */
    public static List<String> readList(String json) {
        JsonText reader = new JsonText(json);
        List<String> list = new ArrayList<>();
        reader.expect('[');
        while (!reader.ends(']')) {
            list.add(reader.string());
        }
        return list;
    }

    /** Reads a map of text, as {@link #write} writes it. */
    public static Map<String, String> readMap(String json) {
        JsonText reader = new JsonText(json);
        Map<String, String> map = new TreeMap<>();
        reader.expect('{');
        while (!reader.ends('}')) {
            String key = reader.string();
            reader.expect(':');
            map.put(key, reader.string());
        }
        return map;
    }

    private static void quote(StringBuilder out, String value) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c == '\n' || c == '\t' || c == '\r') {
                out.append('\\').append(c == '\n' ? 'n' : c == '\t' ? 't' : 'r');
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    private boolean ends(char close) {
        skip();
        if (at < text.length() && text.charAt(at) == ',') {
            at++;
            skip();
        }
        if (at < text.length() && text.charAt(at) == close) {
            at++;
            return true;
        }
        return false;
    }

    private String string() {
        expect('"');
        StringBuilder out = new StringBuilder();
        while (at < text.length() && text.charAt(at) != '"') {
            char c = text.charAt(at++);
            if (c == '\\' && at < text.length()) {
                c = escaped(text.charAt(at++));
            }
            out.append(c);
        }
        expect('"');
        return out.toString();
    }

    private char escaped(char c) {
        return switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'u' -> hexadecimal();
            default -> c;
        };
    }

    private char hexadecimal() {
        if (at + 4 > text.length()) {
            throw broken();
        }
        at += 4;
        return (char) Integer.parseInt(text.substring(at - 4, at), 16);
    }

    private void expect(char c) {
        skip();
        if (at >= text.length() || text.charAt(at) != c) {
            throw broken();
        }
        at++;
    }

    private void skip() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private SaasException broken() {
        return SaasException.internal(
                ErrorCodes.RECORD_INVALID, "A stored list or map is not JSON of texts, at character " + at + ".", null);
    }
}
