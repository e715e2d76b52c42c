// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.protocol;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The reference of an internal failure: the caller gets it in place of the cause, and the log has both. If the request
 * has an id, that is the reference, so it finds all log lines of the request.
 */
public final class FailureReference {
    /** The key under which a program stores the id of the present request in its logging context (SLF4J's MDC). */
    public static final String REQUEST_KEY = "request";

    private FailureReference() {}

    /**
     * Returns the reference of a failure.
     *
     * @param requestId of the present request; null if it has none
     */
    public static String of(@Nullable String requestId) {
        return requestId == null ? UUID.randomUUID().toString() : requestId;
    }
}
