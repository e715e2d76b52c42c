// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Names of databases as parts of file names and of JDBC URLs. Lower case letters, digits, dots, hyphens and underscores stay as
 * they are, every other byte becomes {@code %} and two hexadecimal digits: so no name, whatever is in it, leaves its folder, ends
 * a URL's path, or is the same as another one in a file system that does not tell capitals apart.
 */
final class H2Names {
    private static final String HARMLESS = "abcdefghijklmnopqrstuvwxyz0123456789.-_";

    private H2Names() {}

    static String encode(String name) {
        StringBuilder encoded = new StringBuilder();
        for (byte each : name.getBytes(StandardCharsets.UTF_8)) {
            if (HARMLESS.indexOf(each) >= 0) {
                encoded.append((char) each);
            } else {
                encoded.append('%').append(HexFormat.of().toHexDigits(each));
            }
        }
        return encoded.toString();
    }

    /** The name that is encoded so; null where none is. */
    static @Nullable String decode(String encoded) {
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
