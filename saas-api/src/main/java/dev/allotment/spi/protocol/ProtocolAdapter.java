// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.protocol;

import dev.allotment.Internal;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers the calls of one RPC protocol: bytes of a request in, bytes of a response out, without a socket. Safe for
 * use by several threads.
 *
 * <p>The server that mounts it handles unknown paths, compression, the maximum size of a body and, unless the adapter
 * wants them, other methods than POST. The adapter handles everything else, including malformed bodies, and never
 * throws on purpose.
 */
public interface ProtocolAdapter {
    /** Returns the name of its provider. */
    String name();

    /**
     * Returns the paths that it handles, without a trailing slash, such as {@code /xmlrpc/2/common}. A path that ends
     * with {@code /*} includes everything below it.
     */
    List<String> paths();

    /**
     * Returns whether it handles every HTTP method. Otherwise the server answers OPTIONS itself, and refuses others
     * than POST. Default: false.
     */
    default boolean handlesAllMethods() {
        return false;
    }

    /** Handles a call. */
    Answer handle(Call call);

    /**
     * Answers a call whose body does not match its headers, such as broken gzip. Default: status 400 with the
     * message.
     *
     * @param call with an empty body
     * @param message a sentence for the caller
     */
    default Answer malformed(Call call, String message) {
        return new Answer(
                        400,
                        Map.of("Content-Type", "text/plain; charset=utf-8"),
                        (message + "\n").getBytes(StandardCharsets.UTF_8))
                .failed("request");
    }

    /**
     * Answers a call that the server refuses before the adapter gets it, such as one with a body that is too large.
     * Default: the message.
     *
     * @param call with an empty body
     * @param status the HTTP status
     * @param message a sentence for the caller
     */
    default Answer refused(Call call, int status, String message) {
        return new Answer(
                status,
                Map.of("Content-Type", "text/plain; charset=utf-8"),
                (message + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A request.
     *
     * @param path without query, double slashes and trailing slash
     * @param headers by name in lower case; the first value counts
     * @param body decompressed; must not be changed
     * @param clientAddress as far as the server trusts it; null: not known
     * @param secure whether the caller uses TLS
     * @param method the HTTP method; POST unless the adapter handles every method
     * @param query the part of the address after the question mark, as it was sent; empty if there is none
     */
    @SuppressWarnings("ArrayRecordComponent") // a body is handed over once, and never compared
    record Call(
            String path,
            Map<String, String> headers,
            byte[] body,
            @Nullable String clientAddress,
            boolean secure,
            String method,
            String query) {
        private static final String POST = "POST";

        /** Prefer a constructor with fewer parts: later versions may add parts to this one. */
        @Internal
        public Call {}

        /** Creates a call without a query. */
        public Call(
                String path,
                Map<String, String> headers,
                byte[] body,
                @Nullable String clientAddress,
                boolean secure,
                String method) {
            this(path, headers, body, clientAddress, secure, method, "");
        }

        /** Creates a call with POST. */
        public Call(
                String path, Map<String, String> headers, byte[] body, @Nullable String clientAddress, boolean secure) {
            this(path, headers, body, clientAddress, secure, POST);
        }

        /** Returns a header, or null if there is none. The case of the name is ignored. */
        public @Nullable String header(String name) {
            return headers.get(name.toLowerCase(Locale.ROOT));
        }
    }

    /**
     * A response.
     *
     * @param status the HTTP status
     * @param headers including Content-Type; the server adds Content-Length
     * @param body must not be changed after this
     * @param failure why the call failed, for counting: a code of docs/errors.md, or another word of a fixed set; null:
     *     it succeeded
     * @param events what follows the headers instead of the body; null: nothing
     * @param content what writes the body instead, while it is sent; null: nothing
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Answer(
            int status,
            Map<String, String> headers,
            byte[] body,
            @Nullable String failure,
            @Nullable EventStream events,
            @Nullable Content content) {
        /** Prefer a constructor with fewer parts: later versions may add parts to this one. */
        @Internal
        public Answer {}

        /** Creates the answer to a call that succeeded. */
        public Answer(int status, Map<String, String> headers, byte[] body) {
            this(status, headers, body, null, null, null);
        }

        /** Creates an answer that continues as server-sent events. */
        public Answer(Map<String, String> headers, EventStream events) {
            this(200, headers, new byte[0], null, events, null);
        }

        /**
         * Creates an answer whose body is written while it is sent.
         *
         * @param headers including Content-Length, if it is known
         */
        public Answer(int status, Map<String, String> headers, Content content) {
            this(status, headers, new byte[0], null, null, content);
        }

        /** Returns this answer as that to a call that failed. */
        public Answer failed(String code) {
            return new Answer(status, headers, body, code, events, content);
        }

        /** Returns this answer with other headers. */
        public Answer withHeaders(Map<String, String> others) {
            return new Answer(status, others, body, failure, events, content);
        }
    }

    /** Writes the body of an answer, on the thread of the call. */
    @FunctionalInterface
    interface Content {
        /**
         * Writes the body. The response starts with the first byte.
         *
         * @param out is not closed
         * @return what is answered instead, since nothing was written; null: the body was written
         * @throws IOException to cut off the response
         */
        @Nullable
        Answer write(OutputStream out) throws IOException;
    }
}
