// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The cookies of the portal. None is visible to scripts, none goes along with a request that a page of another site makes,
 * except that one follows a link.
 */
final class Cookies {
    private static final String SESSION = "session_id";
    private static final String VISIT = "portal_visit";
    private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9_.~-]{16,3000}");
    /** As much as a browser with honest cookies can have of one name, and some: each costs a look. */
    private static final int MOST = 4;

    private Cookies() {}

    /** The session; without TLS shared with the JSON-RPC protocol. */
    static String session(boolean secure) {
        return name(SESSION, secure);
    }

    /** A cookie with which a visitor who has not signed in is known again, so that forms can be bound to it. */
    static String visit(boolean secure) {
        return name(VISIT, secure);
    }

    /** A page on a sibling host cannot plant a cookie with this prefix; browsers take it over TLS only, and for the path / only. */
    static String name(String name, boolean secure) {
        return secure ? "__Host-" + name : name;
    }

    /** The first of that name that can be a secret. */
    static Optional<String> secret(HttpServletRequest request, String name) {
        return secrets(request, name).stream().findFirst();
    }

    /** All of that name that can be a secret, each once: without TLS, pages of sibling hosts may have put some there. */
    static List<String> secrets(HttpServletRequest request, String name) {
        Cookie[] cookies = request.getCookies();
        return cookies == null
                ? List.of()
                : Arrays.stream(cookies)
                        .filter(cookie -> cookie.getName().equals(name))
                        .map(Cookie::getValue)
                        .filter(Cookies::isSecret)
                        .distinct()
                        .limit(MOST)
                        .toList();
    }

    static boolean isSecret(String text) {
        return SECRET.matcher(text).matches();
    }

    /** The value of Set-Cookie; gone when the browser is closed. */
    static String set(String name, String value, boolean secure) {
        return name + "=" + value + attributes(secure);
    }

    /** As {@link #set}, for so many seconds only. */
    static String set(String name, String value, int seconds, boolean secure) {
        return set(name, value, secure) + "; Max-Age=" + seconds;
    }

    /** The value of Set-Cookie that takes it back. */
    static String clear(String name, boolean secure) {
        return set(name, "", 0, secure);
    }

    private static String attributes(boolean secure) {
        return "; Path=/; HttpOnly; SameSite=Lax" + (secure ? "; Secure" : "");
    }
}
