// SPDX-License-Identifier: Apache-2.0
package dev.allotment.payments;

import com.fasterxml.jackson.core.JsonFactory;
import dev.allotment.jsonrpc.request.JsonLimits;
import dev.allotment.jsonrpc.request.JsonReader;
import dev.allotment.jsonrpc.request.MalformedJson;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An object of a message, whose parts may be missing or of another type than expected. Immutable. */
record Json(Map<?, ?> members) {
    private static final int MAX_TEXT = 1024 * 1024;
    private static final JsonFactory FACTORY = JsonLimits.unicodeFactory(MAX_TEXT);
    private static final Json EMPTY = new Json(Map.of());

    /**
     * Reads a message. What is no object has no members.
     *
     * @throws MalformedJson if it is no JSON, or exceeds a limit
     */
    static Json read(byte[] document) throws MalformedJson {
        return of(JsonReader.read(FACTORY, document));
    }

    private static Json of(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? new Json(map) : EMPTY;
    }

    /** An object in this one; one without members if there is none. */
    Json object(String name) {
        return of(members.get(name));
    }

    /** The only object of a list in this one; one without members if there is none, or several. */
    Json only(String name) {
        return members.get(name) instanceof List<?> list && list.size() == 1 ? of(list.get(0)) : EMPTY;
    }

    @Nullable
    String text(String name) {
        return members.get(name) instanceof String text && !text.isBlank() ? text : null;
    }

    /** A time in seconds since 1970; null: there is none. */
    @Nullable
    Instant seconds(String name) {
        try {
            return members.get(name) instanceof Number number ? Instant.ofEpochSecond(number.longValue()) : null;
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** A time in ISO 8601; null: there is none. */
    @Nullable
    Instant time(String name) {
        String text = text(name);
        try {
            return text == null ? null : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }
}
