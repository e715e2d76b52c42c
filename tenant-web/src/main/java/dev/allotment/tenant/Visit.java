// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import dev.allotment.servlet.Caller;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A request to one tenant, and its answer. For one thread.
 *
 * @param path as the application sees it: without what is before a tenant that has no host of its own
 */
record Visit(HttpServletRequest request, HttpServletResponse response, TenantSite site, String path, Caller caller) {
    static final String SESSION = "session_id";
    private static final String RETURN = "signin_to";
    /** What forms of somebody who has not signed in are bound to. */
    static final String FORMS = "signin_form";
    /** What an answer of the portal is bound to. */
    static final String PORTAL = "signin_portal";

    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");
    /** As much as a browser with honest cookies can have of one name, and some. */
    private static final int MOST_COOKIES = 4;

    /** Whether the visitor sees TLS, though a proxy may not have told us. */
    boolean secure() {
        return caller.secure() || site.secure();
    }

    boolean isGet() {
        return request.getMethod().equals("GET");
    }

    boolean isPost() {
        return request.getMethod().equals("POST");
    }

    boolean isSafe() {
        return SAFE.contains(request.getMethod());
    }

    /** Whether somebody looks at a page, rather than a script at data. */
    boolean wantsPage() {
        String accept = request.getHeader("Accept");
        return accept == null || accept.contains("text/html") || accept.contains("*/*");
    }

    /**
     * Whether a page of another origin made the browser send this. Programs that are no browser say nothing about it, and a
     * page cannot keep its browser from saying it.
     */
    boolean isFromElsewhere() {
        String fetchSite = request.getHeader("Sec-Fetch-Site");
        if (fetchSite != null) {
            return !fetchSite.equals("same-origin") && !fetchSite.equals("none");
        }
        String origin = request.getHeader("Origin");
        return origin != null && !isHere(origin);
    }

    private boolean isHere(String origin) {
        try {
            String authority = URI.create(origin).getRawAuthority();
            String host = request.getHeader("Host");
            return authority != null
                    && (authority.equalsIgnoreCase(host)
                            || authority.equalsIgnoreCase(site.url().getRawAuthority()));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** A field of a form or a query; empty where it is missing. */
    String param(String name) {
        String value = request.getParameter(name);
        return value == null ? "" : value;
    }

    /** What this browser may have as the secret of its session; pages of sibling hosts may have put some there. */
    List<String> sessions() {
        return cookies(SESSION);
    }

    Optional<BrowserSecret> browserSecret(String purpose) {
        return cookies(browserCookie(purpose)).stream().findFirst().flatMap(BrowserSecret::of);
    }

    private List<String> cookies(String name) {
        Cookie[] all = request.getCookies();
        return all == null
                ? List.of()
                : Arrays.stream(all)
                        .filter(each -> each.getName().equals(name))
                        .map(Cookie::getValue)
                        .filter(value -> value.matches("[A-Za-z0-9_.~-]{1,3000}"))
                        .distinct()
                        .limit(MOST_COOKIES)
                        .toList();
    }

    void setSession(String secret) {
        setCookie(SESSION, secret, "");
    }

    void clearSession() {
        setCookie(SESSION, "", "; Max-Age=0");
    }

    /** For as long as somebody may take to sign in at the portal. */
    void setBrowserSecret(String purpose, BrowserSecret secret) {
        setCookie(browserCookie(purpose), secret.value(), "; Max-Age=3600");
    }

    void clearBrowserSecret(String purpose) {
        setCookie(browserCookie(purpose), "", "; Max-Age=0");
    }

    /** Where somebody wants to be once the portal has answered. */
    void setReturn(String path) {
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(path.getBytes(StandardCharsets.US_ASCII));
        setCookie(RETURN, text, "; Max-Age=3600");
    }

    /** Empty where nothing was wished for; to be checked, since any page of a sibling host can set it. */
    String returnPath() {
        return cookies(RETURN).stream()
                .findFirst()
                .map(text -> {
                    try {
                        return new String(Base64.getUrlDecoder().decode(text), StandardCharsets.US_ASCII);
                    } catch (IllegalArgumentException e) {
                        return "";
                    }
                })
                .orElse("");
    }

    /** With this prefix browsers let no sibling host set it. */
    private String browserCookie(String purpose) {
        return secure() && site.hasOwnHost() ? "__Host-" + purpose : purpose;
    }

    private void setCookie(String name, String value, String more) {
        response.addHeader(
                "Set-Cookie",
                name + "=" + value + "; Path=" + site.cookiePath() + "; HttpOnly; SameSite=Lax" + more
                        + (secure() ? "; Secure" : ""));
    }

    /** Sends a browser to a path here, or to an address, with GET. */
    void redirect(String location) throws IOException {
        Headers.forAll(response, secure());
        response.setStatus(HttpServletResponse.SC_SEE_OTHER);
        response.setHeader("Location", location);
        response.flushBuffer();
    }

    /** Which method was used, for a message. */
    String method() {
        return request.getMethod().toUpperCase(Locale.ROOT);
    }
}
