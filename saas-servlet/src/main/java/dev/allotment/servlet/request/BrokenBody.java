// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet.request;

/** Thrown if a body does not match its headers. The protocol reports it to the caller. */
public final class BrokenBody extends Exception {
    private static final long serialVersionUID = 1L;

    BrokenBody(String message) {
        super(message, null, false, false);
    }

    /** Returns one sentence for the caller. */
    public String text() {
        return String.valueOf(getMessage());
    }
}
