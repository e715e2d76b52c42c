// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import org.jspecify.annotations.Nullable;

/**
 * Paths on this site that a request may name to be sent to afterwards. Browsers read {@code //host}, {@code /\host} and
 * slashes with control characters between them as other hosts, so only what cannot be read so is accepted.
 */
public final class PortalPath {
    private static final int LONGEST = 2048;

    private PortalPath() {}

    /** The text where it is a path and query of this site, the other one where not. */
    public static String orElse(@Nullable String text, String other) {
        return text != null && isLocal(text) ? text : other;
    }

    static boolean isLocal(String text) {
        if (text.isEmpty() || text.length() > LONGEST || text.charAt(0) != '/' || text.startsWith("//")) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c > '~' || c == '\\' || c == '"' || c == '<' || c == '>') {
                return false;
            }
        }
        return true;
    }
}
