// SPDX-License-Identifier: Apache-2.0
package dev.allotment.json2;

import com.fasterxml.jackson.core.JsonFactory;
import dev.allotment.jsonrpc.request.JsonLimits;
import dev.allotment.jsonrpc.request.JsonReader;
import dev.allotment.jsonrpc.request.JsonWriter;
import dev.allotment.jsonrpc.request.MalformedJson;
import dev.allotment.spi.protocol.ProtocolAdapter.Answer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads bodies and writes answers. Thread-safe. */
final class Answers {
    private static final String TYPE = "Content-Type";
    private static final String JSON = "application/json; charset=utf-8";
    private static final String HTML = "text/html; charset=utf-8";

    private final JsonFactory factory;

    /** @param maxText how many characters one text in a body may have */
    Answers(int maxText) {
        factory = JsonLimits.unicodeFactory(maxText);
    }

    /**
     * Returns the object in a body. No body is an empty object, and so is an empty list, which is how PHP writes one.
     *
     * @throws Refusal 400 if there is anything else
     */
    @SuppressWarnings("unchecked") // keys of JSON are texts
    Map<String, Object> object(byte[] body) {
        if (body.length == 0) {
            return Map.of();
        }
        Object value;
        try {
            value = JsonReader.read(factory, body);
        } catch (MalformedJson e) {
            throw unreadable(e.text());
        }
        if (value instanceof List<?> list && list.isEmpty()) {
            return Map.of();
        }
        if (!(value instanceof Map<?, ?> object)) {
            throw Refusal.badRequest("could not parse the body, expecting a json object");
        }
        return (Map<String, Object>) object;
    }

    /** Returns the refusal of a body that cannot be read. */
    static Refusal unreadable(String reason) {
        return Refusal.badRequest("could not parse the body as json: " + reason);
    }

    byte[] bytes(@Nullable Object value) {
        return JsonWriter.write(factory, value);
    }

    Answer json(@Nullable Object value) {
        return new Answer(200, Map.of(TYPE, JSON), bytes(value));
    }

    Answer json(byte[] body, Map<String, String> headers) {
        return new Answer(200, with(headers, JSON), body);
    }

    Answer refused(Refusal refusal) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("name", refusal.name());
        error.put("message", refusal.text());
        error.put("arguments", refusal.arguments());
        error.put("context", Map.of());
        error.put("debug", "");
        return new Answer(refusal.status(), with(refusal.headers(), JSON), bytes(error)).failed(refusal.failure());
    }

    static Answer html(int status, String title, String text, Map<String, String> headers) {
        String page = "<!doctype html>\n<html lang=\"en\">\n<title>" + status + " " + Html.escaped(title)
                + "</title>\n<h1>" + Html.escaped(title) + "</h1>\n<p>" + Html.escaped(text) + "</p>\n";
        Map<String, String> all = new HashMap<>(headers);
        all.put("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
        return page(status, page, all);
    }

    static Answer page(int status, String page, Map<String, String> headers) {
        return new Answer(status, with(headers, HTML), page.getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, String> with(Map<String, String> headers, String type) {
        Map<String, String> all = new HashMap<>(headers);
        all.put(TYPE, type);
        return Map.copyOf(all);
    }
}
