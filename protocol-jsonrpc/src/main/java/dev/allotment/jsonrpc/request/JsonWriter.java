// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jsonrpc.request;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes JSON. NaN and infinities have no form in JSON and become false, as Odoo writes an empty value. */
public final class JsonWriter {
    private JsonWriter() {}

    public static byte[] write(JsonFactory factory, @Nullable Object document) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator out = factory.createGenerator(bytes)) {
            write(out, document);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void write(JsonGenerator out, @Nullable Object value) throws IOException {
        if (value == null) {
            out.writeNull();
        } else if (value instanceof String text) {
            out.writeString(writable(out, text));
        } else if (value instanceof Boolean truth) {
            out.writeBoolean(truth);
        } else if (value instanceof Integer
                || value instanceof Long
                || value instanceof Short
                || value instanceof Byte) {
            out.writeNumber(((Number) value).longValue());
        } else if (value instanceof Double number) {
            decimal(out, number);
        } else if (value instanceof Map<?, ?> map) {
            object(out, map);
        } else if (value instanceof Iterable<?> list) {
            array(out, list);
        } else if (value instanceof byte[] binary) {
            out.writeBinary(binary);
        } else {
            throw new IllegalArgumentException(
                    "JSON cannot express a value of class " + value.getClass().getName() + ".");
        }
    }

    /** Replaces lone surrogates, which have no form in UTF-8. They need none if the generator escapes them. */
    private static String writable(JsonGenerator out, String text) {
        if (out.getHighestEscapedChar() > 0) {
            return text;
        }
        StringBuilder replaced = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                continue;
            }
            replaced = replaced == null ? new StringBuilder(text) : replaced;
            replaced.setCharAt(i, '\ufffd');
        }
        return replaced == null ? text : replaced.toString();
    }

    private static void decimal(JsonGenerator out, double value) throws IOException {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            out.writeBoolean(false);
        } else {
            out.writeNumber(value);
        }
    }

    private static void object(JsonGenerator out, Map<?, ?> map) throws IOException {
        out.writeStartObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.writeFieldName(writable(out, String.valueOf(entry.getKey())));
            write(out, entry.getValue());
        }
        out.writeEndObject();
    }

    private static void array(JsonGenerator out, Iterable<?> list) throws IOException {
        out.writeStartArray();
        for (Object each : list) {
            write(out, each);
        }
        out.writeEndArray();
    }
}
