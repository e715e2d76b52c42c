// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import org.jspecify.annotations.Nullable;

/**
 * Checks paths on this site that a request may name as the target of a redirect. Browsers read {@code //host}, {@code
 * /\host} and slashes with control characters between them as other hosts, so only paths that cannot be read this way
 * are accepted.
 */
public final class PortalPath {
    private static final int MAX_LENGTH = 2048;

    private PortalPath() {}

    /** Returns the text if it is a path and query of this site, and the default otherwise. */
    public static String orElse(@Nullable String text, String other) {
        return text != null && isLocal(text) ? text : other;
    }

    static boolean isLocal(String text) {
        if (text.isEmpty() || text.length() > MAX_LENGTH || text.charAt(0) != '/' || text.startsWith("//")) {
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
