// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2.files;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Encodes names of databases for use in file names and JDBC URLs. Lower-case letters, digits, dots, hyphens and
 * underscores stay unchanged. Every other byte becomes {@code %} and two hexadecimal digits. So no name escapes its
 * folder or ends the path of a URL, and no two names are equal in a file system that ignores case.
 */
public final class H2Names {
    private static final String UNCHANGED = "abcdefghijklmnopqrstuvwxyz0123456789.-_";

    private H2Names() {}

    /** Encodes a name. */
    public static String encode(String name) {
        StringBuilder encoded = new StringBuilder();
        for (byte each : name.getBytes(StandardCharsets.UTF_8)) {
            if (UNCHANGED.indexOf(each) >= 0) {
                encoded.append((char) each);
            } else {
                encoded.append('%').append(HexFormat.of().toHexDigits(each));
            }
        }
        return encoded.toString();
    }

    /** Decodes a name; null if the text is not the encoding of a name. */
    public static @Nullable String decode(String encoded) {
        ByteArrayOutputStream name = new ByteArrayOutputStream();
        for (int i = 0; i < encoded.length(); i++) {
            char c = encoded.charAt(i);
            if (c != '%') {
                name.write(c);
                continue;
            }
            if (i + 3 > encoded.length() || !isHexadecimal(encoded, i + 1) || !isHexadecimal(encoded, i + 2)) {
                return null;
            }
            name.write(HexFormat.fromHexDigits(encoded, i + 1, i + 3));
            i += 2;
        }
        String decoded = name.toString(StandardCharsets.UTF_8);
        return encode(decoded).equals(encoded) ? decoded : null;
    }

    private static boolean isHexadecimal(String text, int position) {
        return HexFormat.isHexDigit(text.charAt(position));
    }
}
