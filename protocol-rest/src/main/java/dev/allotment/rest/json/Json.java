// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.json;

import com.fasterxml.jackson.core.JsonFactory;
import dev.allotment.jsonrpc.request.JsonLimits;
import dev.allotment.jsonrpc.request.JsonReader;
import dev.allotment.jsonrpc.request.JsonWriter;
import dev.allotment.jsonrpc.request.MalformedJson;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads and writes documents. Thread-safe. */
public final class Json {
    private static final int MAX_TEXT = 1024 * 1024;
    private static final JsonFactory FACTORY = JsonLimits.unicodeFactory(MAX_TEXT);
    private static final int TAG_BYTES = 15;

    private Json() {}

    /**
     * Returns a document: maps, lists, texts, numbers, booleans and null.
     *
     * @throws MalformedJson also for a key that occurs twice, and a document that is nested too deep
     */
    public static @Nullable Object read(byte[] document) throws MalformedJson {
        return JsonReader.read(FACTORY, document);
    }

    /** Returns an object whose members stay in this order, so that all nodes write the same. */
    public static Map<String, Object> object(Object... namesAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return object;
    }

    /** Returns the bytes of a document. */
    public static byte[] write(@Nullable Object document) {
        return JsonWriter.write(FACTORY, document);
    }

    /** Returns the ETag of a document: other bytes have another one. */
    public static String tag(byte[] document) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(document);
            return '"' + Base64.getUrlEncoder().encodeToString(Arrays.copyOf(digest, TAG_BYTES)) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
