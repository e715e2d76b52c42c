// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import java.util.Arrays;

/** XML in UTF-8 that grows. Texts are encoded and escaped in one pass, without a copy in between. For one thread. */
final class XmlBytes {
    /** The longest that one character or a pair becomes: an entity of five bytes. */
    private static final int LONGEST = 5;

    private byte[] bytes = new byte[512];
    private int length;

    /** Adds ASCII as it is. */
    @SuppressWarnings("deprecation") // getBytes(int, int, byte[], int) is right for ASCII, and the one that copies once
    XmlBytes markup(String ascii) {
        reserve(ascii.length());
        ascii.getBytes(0, ascii.length(), bytes, length);
        length += ascii.length();
        return this;
    }

    /** Adds bytes as they are. */
    XmlBytes markup(byte[] ascii) {
        reserve(ascii.length);
        System.arraycopy(ascii, 0, bytes, length, ascii.length);
        length += ascii.length;
        return this;
    }

    /** Adds a text, escaped, without the characters that XML 1.0 forbids. */
    XmlBytes text(String text) {
        int count = text.length();
        reserve(count);
        for (int i = 0; i < count; i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                ascii(c, count - i);
            } else if (Character.isHighSurrogate(c) && i + 1 < count && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                supplementary(Character.toCodePoint(c, text.charAt(i)), count - i);
            } else if (!Character.isSurrogate(c) && c < 0xFFFE) {
                basic(c, count - i);
            }
        }
        return this;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    private void ascii(char c, int left) {
        switch (c) {
            case '&' -> entity("&amp;", left);
            case '<' -> entity("&lt;", left);
            case '>' -> entity("&gt;", left); // only "]]>" needs it
            case '\r' -> entity("&#13;", left); // readers of XML turn a bare one into a line feed
            default -> {
                if (c >= ' ' || c == '\n' || c == '\t') {
                    bytes[length++] = (byte) c;
                }
            }
        }
    }

    private void entity(String entity, int left) {
        markup(entity);
        reserve(left);
    }

    private void basic(char c, int left) {
        reserve(LONGEST + left);
        if (c < 0x800) {
            bytes[length++] = (byte) (0xC0 | (c >> 6));
        } else {
            bytes[length++] = (byte) (0xE0 | (c >> 12));
            continuation(c >> 6);
        }
        continuation(c);
    }

    private void supplementary(int c, int left) {
        reserve(LONGEST + left);
        bytes[length++] = (byte) (0xF0 | (c >> 18));
        continuation(c >> 12);
        continuation(c >> 6);
        continuation(c);
    }

    private void continuation(int bits) {
        bytes[length++] = (byte) (0x80 | (bits & 0x3F));
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
