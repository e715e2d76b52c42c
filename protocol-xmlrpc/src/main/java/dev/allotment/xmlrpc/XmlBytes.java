// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects XML in UTF-8 piece by piece, so that everything is copied only once, at the end. Texts are encoded and
 * escaped in one pass. For one thread.
 */
final class XmlBytes {
    /** Maximum number of bytes for one character or a surrogate pair: an entity of five bytes. */
    private static final int MAX_CHARACTER_BYTES = 5;

    private static final int FIRST_PIECE = 512;
    private static final int LARGEST_USUAL_PIECE = 64 * 1024;

    private final List<Piece> full = new ArrayList<>();
    private byte[] bytes = new byte[FIRST_PIECE];
    private int length;
    private int lengthBefore;

    /** Adds ASCII without escaping. */
    XmlBytes markup(String ascii) {
        copy(ascii, 0, ascii.length());
        return this;
    }

    /** Adds bytes without escaping. */
    XmlBytes markup(byte[] ascii) {
        reserve(ascii.length);
        System.arraycopy(ascii, 0, bytes, length, ascii.length);
        length += ascii.length;
        return this;
    }

    /** Adds a text, escaped and without the characters that XML 1.0 forbids. */
    XmlBytes text(String text) {
        int count = text.length();
        for (int i = 0; i < count; ) {
            int end = endOfPlain(text, i);
            copy(text, i, end);
            i = end == count ? end : special(text, end);
        }
        return this;
    }

    byte[] toBytes() {
        byte[] whole = new byte[lengthBefore + length];
        int at = 0;
        for (Piece piece : full) {
            System.arraycopy(piece.bytes, 0, whole, at, piece.length);
            at += piece.length;
        }
        System.arraycopy(bytes, 0, whole, at, length);
        return whole;
    }

    /** Returns the end of the characters that are one byte and need no escaping. */
    private static int endOfPlain(String text, int start) {
        int i = start;
        while (i < text.length() && isPlain(text.charAt(i))) {
            i++;
        }
        return i;
    }

    private static boolean isPlain(char c) {
        return c < 0x80 && (c >= ' ' ? c != '&' && c != '<' && c != '>' : c == '\n' || c == '\t');
    }

    @SuppressWarnings("deprecation") // getBytes(int, int, byte[], int) is right for ASCII, and the one that copies once
    private void copy(String ascii, int start, int end) {
        reserve(end - start);
        ascii.getBytes(start, end, bytes, length);
        length += end - start;
    }

    /** Adds the special character at a position, and returns the position after it. */
    private int special(String text, int at) {
        reserve(MAX_CHARACTER_BYTES);
        char c = text.charAt(at);
        switch (c) {
            case '&' -> markup("&amp;");
            case '<' -> markup("&lt;");
            case '>' -> markup("&gt;"); // only "]]>" needs it
            case '\r' -> markup("&#13;"); // readers of XML turn a bare one into a line feed
            default -> {
                if (Character.isHighSurrogate(c)
                        && at + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(at + 1))) {
                    supplementary(Character.toCodePoint(c, text.charAt(at + 1)));
                    return at + 2;
                }
                if (c >= 0x80 && !Character.isSurrogate(c) && c < 0xFFFE) {
                    basic(c);
                }
            }
        }
        return at + 1;
    }

    private void basic(char c) {
        if (c < 0x800) {
            bytes[length++] = (byte) (0xC0 | (c >> 6));
        } else {
            bytes[length++] = (byte) (0xE0 | (c >> 12));
            continuation(c >> 6);
        }
        continuation(c);
    }

    private void supplementary(int c) {
        bytes[length++] = (byte) (0xF0 | (c >> 18));
        continuation(c >> 12);
        continuation(c >> 6);
        continuation(c);
    }

    private void continuation(int bits) {
        bytes[length++] = (byte) (0x80 | (bits & 0x3F));
    }

    private void reserve(int more) {
        if (bytes.length - length >= more) {
            return;
        }
        full.add(new Piece(bytes, length));
        lengthBefore += length;
        bytes = new byte[Math.max(more, Math.min(bytes.length * 2, LARGEST_USUAL_PIECE))];
        length = 0;
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Piece(byte[] bytes, int length) {}
}
