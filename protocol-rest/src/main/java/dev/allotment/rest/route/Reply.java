// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.route;

import dev.allotment.spi.protocol.ByteRange;
import dev.allotment.spi.protocol.EventStream.Update;
import java.io.OutputStream;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a handler returns.
 *
 * @param json the document; null: none
 * @param headers in addition to those that each answer has
 * @param updates what follows as server-sent events, instead of a document; null: nothing
 * @param archive what is sent instead of a document; null: nothing
 */
public record Reply(
        int status,
        @Nullable Object json,
        Map<String, String> headers,
        @Nullable Supplier<Update> updates,
        @Nullable Archive archive) {
    /**
     * A file.
     *
     * @param tag another one for another content
     * @param bytes its size
     */
    public record Archive(String tag, long bytes, BiConsumer<ByteRange, OutputStream> writer) {}

    /** Creates a reply with a document. */
    public Reply(int status, @Nullable Object json, Map<String, String> headers) {
        this(status, json, headers, null, null);
    }

    /** Returns server-sent events. */
    public static Reply stream(Supplier<Update> updates) {
        return new Reply(200, null, Map.of(), updates, null);
    }

    /** Returns a file, or the range of it that the caller requests. */
    public static Reply file(Archive archive) {
        return new Reply(200, null, Map.of(), null, archive);
    }

    /** Returns a document with the status 200. */
    public static Reply ok(@Nullable Object json) {
        return new Reply(200, json, Map.of());
    }

    /** Returns an answer without a document. */
    public static Reply nothing() {
        return new Reply(204, null, Map.of());
    }
}
