// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet;

/** A body that is not what its headers say; the protocol tells the caller so. */
final class BrokenBody extends Exception {
    private static final long serialVersionUID = 1L;

    BrokenBody(String message) {
        super(message, null, false, false);
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
