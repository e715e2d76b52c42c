// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet;

/** Thrown if a body does not match its headers. The protocol reports it to the caller. */
final class BrokenBody extends Exception {
    private static final long serialVersionUID = 1L;

    BrokenBody(String message) {
        super(message, null, false, false);
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
