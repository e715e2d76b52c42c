// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whoever came from a client database is sent back there by the authorization page, and browsers hold a page's form to its
 * policy through all redirects that follow. So that origin has to be named; whether it is a client database's is decided by
 * the authorization page, not here.
 */
final class RedirectTarget {
    private static final Pattern RETURN = Pattern.compile("/oauth2/auth\\?(?:.*&)?redirect_uri=([^&]*).*");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.-]{1,253}");

    private RedirectTarget() {}

    /** The origin that signing in leads to in the end, if it is another one. */
    static Optional<String> of(String path) {
        Matcher matcher = RETURN.matcher(path);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            URI uri = URI.create(URLDecoder.decode(matcher.group(1), StandardCharsets.UTF_8));
            String scheme = String.valueOf(uri.getScheme());
            String host = uri.getHost();
            if (!scheme.matches("https?") || host == null || !HOST.matcher(host).matches()) {
                return Optional.empty();
            }
            return Optional.of(scheme + "://" + host + (uri.getPort() < 0 ? "" : ":" + uri.getPort()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
