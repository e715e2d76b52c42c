// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jsonrpc.request;

/** A body is not JSON, or exceeds a limit. The message is for the caller. */
public final class MalformedJson extends Exception {
    private static final long serialVersionUID = 1L;

    private static final int MAX_MESSAGE = 300;

    MalformedJson(int line, int column, String problem) {
        this("Malformed JSON at line " + line + ", column " + column + ": " + problem);
    }

    MalformedJson(String message) {
        super(message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE) + "…", null, false, false);
    }

    public String text() {
        return String.valueOf(getMessage());
    }
}
