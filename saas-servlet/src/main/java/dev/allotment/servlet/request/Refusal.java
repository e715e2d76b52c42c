// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet.request;

import java.util.Map;

/** Thrown to refuse a request that cannot be read. Its body may not have been read to the end. */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient Map<String, String> headers;

    /** Creates a refusal with headers for the response. */
    public Refusal(int status, String message, Map<String, String> headers) {
        super(message, null, false, false);
        this.status = status;
        this.headers = Map.copyOf(headers);
    }

    /** Returns the HTTP status. */
    public int status() {
        return status;
    }

    /** Returns headers for the response. */
    public Map<String, String> headers() {
        return headers;
    }

    /** Returns one sentence for the caller. */
    public String text() {
        return String.valueOf(getMessage());
    }
}
