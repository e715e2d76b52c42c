// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.rule;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/** The rules for URLs from callers. */
public final class UrlRules {
    private UrlRules() {}

    /**
     * Returns the parts of an absolute URL with a host and no user, which consists of printable characters of ASCII
     * without spaces. Empty: it is none, or longer than this.
     */
    public static Optional<URI> parsed(String text, int longest) {
        if (text.length() > longest || !text.chars().allMatch(each -> each > ' ' && each < 0x7f)) {
            return Optional.empty();
        }
        try {
            URI uri = new URI(text);
            boolean absolute = uri.getScheme() != null && uri.getHost() != null && uri.getRawUserInfo() == null;
            return absolute ? Optional.of(uri) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /** Whether the scheme of a URL is this one, without regard to case. */
    public static boolean hasScheme(URI uri, String scheme) {
        return scheme.equalsIgnoreCase(uri.getScheme());
    }
}
