// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects one text after the other from the XML reader. Nearly every text arrives in one piece, which is copied
 * once; a long one arrives in many pieces, which are copied twice. For one thread.
 */
final class TextBuffer {
    /** Pieces of at least this length are stored directly. Shorter ones are joined first. */
    private static final int LONG_PIECE = 64;

    private static final int MAX_SHORT_LENGTH = 8 * 1024;

    private final List<String> pieces = new ArrayList<>(0);
    private final StringBuilder shortPieces = new StringBuilder(0);
    private @Nullable String first;

    void add(char[] chars, int start, int length) {
        if (first == null) {
            first = new String(chars, start, length);
            return;
        }
        if (pieces.isEmpty()) {
            pieces.add(first);
        }
        if (length < LONG_PIECE) {
            shortPieces.append(chars, start, length);
            if (shortPieces.length() >= MAX_SHORT_LENGTH) {
                endShortPieces();
            }
        } else {
            endShortPieces();
            pieces.add(new String(chars, start, length)); // many times faster than to append as many characters
        }
    }

    /** Returns the text that was added since the last call. */
    String take() {
        String whole = first == null ? "" : first;
        if (!pieces.isEmpty()) {
            endShortPieces();
            whole = String.join("", pieces);
            pieces.clear();
        }
        first = null;
        return whole;
    }

    private void endShortPieces() {
        if (!shortPieces.isEmpty()) {
            pieces.add(shortPieces.toString());
            shortPieces.setLength(0);
        }
    }
}
