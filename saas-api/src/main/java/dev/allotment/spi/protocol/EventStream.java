// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.protocol;

import dev.allotment.SaasException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Server-sent events ({@code text/event-stream}) about something that changes. The server that mounts the adapter sends
 * an event when the data is other than before, until the last one, or for about a minute. Then a client connects again.
 *
 * @param owner who asked: the server limits the streams of each
 * @param source reads the present state, and may use the catalog; called from one thread for all streams. It may throw
 *     a {@link SaasException}, which ends the stream
 */
public record EventStream(String owner, Supplier<Update> source) {
    /**
     * The state at one moment.
     *
     * @param data one line, at most some hundred bytes, so that a slow reader does not make the server wait
     * @param last whether it does not change any more
     */
    public record Update(String data, boolean last) {
        /** Returns the id of the event: the same for the same data. A client sends it as {@code Last-Event-ID}. */
        public String id() {
            return UUID.nameUUIDFromBytes(data.getBytes(StandardCharsets.UTF_8)).toString();
        }
    }
}
