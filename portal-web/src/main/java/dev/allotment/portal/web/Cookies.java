// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.servlet.request.RequestCookies;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The portal's cookies. Scripts cannot read them, and browsers do not send them with requests from pages of other
 * sites, except when following a link.
 */
final class Cookies {
    private static final String SESSION = "session_id";
    private static final String VISIT = "portal_visit";
    private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9_.~-]{16,3000}");
    /** More than a browser normally has of one name. The limit bounds the number of look-ups. */
    private static final int MAX_PER_NAME = 4;

    private Cookies() {}

    /** The name of the session cookie. Without TLS, it is shared with the JSON-RPC protocol. */
    static String session(boolean secure) {
        return name(SESSION, secure);
    }

    /** The name of the cookie that forms of visitors without a session are bound to. */
    static String visit(boolean secure) {
        return name(VISIT, secure);
    }

    /**
     * Adds a prefix that only TLS pages of this very host can set, so pages of sibling hosts cannot plant the cookie.
     */
    static String name(String name, boolean secure) {
        return secure ? "__Host-" + name : name;
    }

    /** Returns the first valid secret in cookies of this name. */
    static Optional<String> secret(HttpServletRequest request, String name) {
        return secrets(request, name).stream().findFirst();
    }

    /**
     * Returns all distinct valid secrets in cookies of this name. Without TLS, pages of sibling hosts may have set some
     * of them.
     */
    static List<String> secrets(HttpServletRequest request, String name) {
        return RequestCookies.values(request, name).stream()
                .filter(Cookies::isSecret)
                .distinct()
                .limit(MAX_PER_NAME)
                .toList();
    }

    static boolean isSecret(String text) {
        return SECRET.matcher(text).matches();
    }

    /** Returns a Set-Cookie value for a cookie that lasts until the browser is closed. */
    static String set(String name, String value, boolean secure) {
        return name + "=" + value + attributes(secure);
    }

    /** Returns a Set-Cookie value for a cookie that lasts this many seconds. */
    static String set(String name, String value, int seconds, boolean secure) {
        return set(name, value, secure) + "; Max-Age=" + seconds;
    }

    /** Returns a Set-Cookie value that deletes a cookie. */
    static String clear(String name, boolean secure) {
        return set(name, "", 0, secure);
    }

    private static String attributes(boolean secure) {
        return "; Path=/; HttpOnly; SameSite=Lax" + (secure ? "; Secure" : "");
    }
}
