// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The cookies of the portal. None is visible to scripts, none goes along with a request that a page of another site makes,
 * except that one follows a link.
 */
final class Cookies {
    /** The session, shared with the JSON-RPC protocol. */
    static final String SESSION = "session_id";

    private static final String VISIT = "portal_visit";
    private static final String SECURE_VISIT = "__Host-" + VISIT;
    private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9_.~-]{16,256}");

    private Cookies() {}

    /** A cookie with which a visitor who has not signed in is known again, so that forms can be bound to it. */
    static String visit(boolean secure) {
        // A page on a sibling host cannot plant a cookie with this prefix; browsers take it over TLS only.
        return secure ? SECURE_VISIT : VISIT;
    }

    /** The first of that name that can be a secret. */
    static Optional<String> secret(HttpServletRequest request, String name) {
        Cookie[] cookies = request.getCookies();
        if (cookies != null) {
            for (Cookie cookie : cookies) {
                if (cookie.getName().equals(name) && isSecret(cookie.getValue())) {
                    return Optional.of(cookie.getValue());
                }
            }
        }
        return Optional.empty();
    }

    static boolean isSecret(String text) {
        return SECRET.matcher(text).matches();
    }

    /** The value of Set-Cookie; gone when the browser is closed. */
    static String set(String name, String value, boolean secure) {
        return name + "=" + value + attributes("/", secure);
    }

    /** As {@link #set}, for one path and so many seconds only. */
    static String set(String name, String value, String path, int seconds, boolean secure) {
        return name + "=" + value + attributes(path, secure) + "; Max-Age=" + seconds;
    }

    /** The value of Set-Cookie that takes it back. */
    static String clear(String name, String path, boolean secure) {
        return name + "=" + attributes(path, secure) + "; Max-Age=0";
    }

    private static String attributes(String path, boolean secure) {
        return "; Path=" + path + "; HttpOnly; SameSite=Lax" + (secure ? "; Secure" : "");
    }
}
