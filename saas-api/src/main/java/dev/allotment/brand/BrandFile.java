// SPDX-License-Identifier: Apache-2.0
package dev.allotment.brand;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * An image or a font of a brand. Its content decides what it is, and identifies it. Two files with the same content are
 * equal. Immutable.
 */
public final class BrandFile {
    /** The media type of SVG. */
    public static final String SVG = "image/svg+xml";
    /** The media type of PNG. */
    public static final String PNG = "image/png";
    /** The media type of WebP. */
    public static final String WEBP = "image/webp";
    /** The media type of WOFF2. */
    public static final String WOFF2 = "font/woff2";
    /** The media type of everything else, which no brand may contain. */
    static final String UNKNOWN = "application/octet-stream";

    private static final byte[] PNG_START = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final byte[] WOFF2_START = {'w', 'O', 'F', '2'};
    private static final byte[] RIFF = {'R', 'I', 'F', 'F'};
    private static final byte[] WEBP_MARK = {'W', 'E', 'B', 'P'};
    private static final int WEBP_AT = 8;
    private static final int SVG_LOOK = 1000;

    private final byte[] content;
    private final String hash;
    private final String type;

    private BrandFile(byte[] content) {
        this.content = content;
        hash = sha256(content);
        type = type(content);
    }

    /** Creates a file with a copy of the content. Whether a brand may contain it is checked later. */
    public static BrandFile of(byte[] content) {
        return new BrandFile(content.clone());
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    private static String type(byte[] content) {
        if (startsAt(content, 0, PNG_START)) {
            return PNG;
        }
        if (startsAt(content, 0, WOFF2_START)) {
            return WOFF2;
        }
        if (startsAt(content, 0, RIFF) && startsAt(content, WEBP_AT, WEBP_MARK)) {
            return WEBP;
        }
        String start = new String(content, 0, Math.min(content.length, SVG_LOOK), StandardCharsets.UTF_8)
                .replace("\uFEFF", "")
                .strip();
        return start.startsWith("<") && new String(content, StandardCharsets.UTF_8).contains("<svg") ? SVG : UNKNOWN;
    }

    private static boolean startsAt(byte[] content, int at, byte[] wanted) {
        return content.length >= at + wanted.length
                && Arrays.equals(content, at, at + wanted.length, wanted, 0, wanted.length);
    }

    /** Returns a copy of the content. */
    public byte[] content() {
        return content.clone();
    }

    /** Returns the size, in bytes. */
    public int size() {
        return content.length;
    }

    /** Returns the SHA-256 of the content, in 64 hexadecimal digits. */
    public String hash() {
        return hash;
    }

    /** Returns the media type that the content has, such as {@code image/png}. */
    public String type() {
        return type;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BrandFile file && file.hash.equals(hash);
    }

    @Override
    public int hashCode() {
        return hash.hashCode();
    }

    /** Returns the type, the size and the start of the hash. */
    @Override
    public String toString() {
        return type + " (" + content.length + " bytes, " + hash.substring(0, 12) + ")";
    }
}
