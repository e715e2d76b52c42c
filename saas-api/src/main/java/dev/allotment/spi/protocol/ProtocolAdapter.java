// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.protocol;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An RPC codec over a control plane: bytes of a call in, bytes of an answer out, without a socket. Thread-safe.
 *
 * <p>The host that mounts it answers methods other than POST and unknown paths, undoes compression and enforces the limit of
 * a body's size; the adapter answers everything else, malformed bodies too, and never throws on purpose.
 */
public interface ProtocolAdapter {
    /** As its provider's. */
    String name();

    /**
     * The paths that it answers, without a trailing slash, such as {@code /xmlrpc/2/common}; one that ends in {@code /*}
     * stands for all below it.
     */
    List<String> paths();

    Answer handle(Call call);

    /**
     * Answers a call whose body is not what its headers say, such as broken gzip: unless the protocol has a way of its own to
     * say so, with 400.
     *
     * @param call with an empty body
     * @param message a sentence for the caller
     */
    default Answer malformed(Call call, String message) {
        return new Answer(
                400,
                Map.of("Content-Type", "text/plain; charset=utf-8"),
                (message + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A call.
     *
     * @param path without query, doubled slashes and a trailing slash
     * @param headers by name in lower case; the first value counts
     * @param body decompressed; not changed by anyone
     * @param clientAddress the caller's address, as far as the host trusts it; null: not known
     * @param secure whether the caller sees TLS
     */
    @SuppressWarnings("ArrayRecordComponent") // a body is handed over once, and never compared
    record Call(
            String path,
            Map<String, String> headers,
            byte[] body,
            @Nullable String clientAddress,
            boolean secure) {
        public @Nullable String header(String name) {
            return headers.get(name.toLowerCase(Locale.ROOT));
        }
    }

    /**
     * An answer.
     *
     * @param headers Content-Type among them; Content-Length is the host's job
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Answer(int status, Map<String, String> headers, byte[] body) {}
}
