// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jsonrpc;

/** A body that is not JSON, or breaks a limit; its message is for the caller. */
final class MalformedJson extends Exception {
    private static final long serialVersionUID = 1L;

    private static final int LONGEST = 300;

    MalformedJson(int line, int column, String problem) {
        this("Malformed JSON at line " + line + ", column " + column + ": " + problem);
    }

    MalformedJson(String message) {
        super(message.length() <= LONGEST ? message : message.substring(0, LONGEST) + "…", null, false, false);
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
