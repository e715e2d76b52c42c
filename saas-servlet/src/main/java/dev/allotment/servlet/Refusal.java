// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet;

import java.util.Map;

/** Thrown to refuse a request before its body was read to the end. The message is for the caller. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient Map<String, String> headers;

    Refusal(int status, String message, Map<String, String> headers) {
        super(message, null, false, false);
        this.status = status;
        this.headers = Map.copyOf(headers);
    }

    int status() {
        return status;
    }

    Map<String, String> headers() {
        return headers;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
