// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One text after the other, as the XML reader hands it out: nearly every one in one piece, which is copied once; a long one
 * in many, which are copied twice. For one thread.
 */
final class TextBuffer {
    /** Pieces from this length on are kept as they are; shorter ones are put together first. */
    private static final int LONG_PIECE = 64;

    private static final int MANY_SHORT = 8 * 1024;

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
            if (shortPieces.length() >= MANY_SHORT) {
                endShortPieces();
            }
        } else {
            endShortPieces();
            pieces.add(new String(chars, start, length)); // many times faster than to append as many characters
        }
    }

    /** What was added since the last text was taken. */
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
