// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.protocol;

import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The reference of an internal failure: the caller gets it in place of the cause, and the log has both. If the request
 * has an id, that is the reference, so it finds all log lines of the request.
 */
public final class FailureReference {
    /** The key under which a program stores the id of the present request in its logging context (SLF4J's MDC). */
    public static final String REQUEST_KEY = "allotment.request";

    /**
     * The key under which a protocol stores the name of the tenant that a call is about, in the same context. The
     * request has it as an attribute.
     */
    public static final String TENANT_KEY = "tenant";

    private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private FailureReference() {}

    /** Whether a text can be the id of a request: 1 to 64 letters, digits, dots, hyphens and underscores, in ASCII. */
    public static boolean isRequestId(String text) {
        return REQUEST_ID.matcher(text).matches();
    }

    /**
     * Returns the reference of a failure.
     *
     * @param requestId of the present request; null if it has none. It is ignored unless {@link #isRequestId}, since
     *     other programs may store what a caller made up
     */
    public static String of(@Nullable String requestId) {
        return requestId != null && isRequestId(requestId)
                ? requestId
                : UUID.randomUUID().toString();
    }
}
