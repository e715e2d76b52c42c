// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.request;

import dev.allotment.servlet.Caller;
import dev.allotment.servlet.page.BrandStyles;
import dev.allotment.servlet.page.SecurityHeaders;
import dev.allotment.servlet.request.RequestCookies;
import dev.allotment.servlet.request.RequestParameters;
import dev.allotment.text.Texts;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A request to a tenant, and its response. Not thread-safe.
 *
 * @param path as the application sees it, without the prefix of a tenant that does not have its own host
 * @param styles of the brand
 * @param language chooses the texts of pages
 */
public record Visit(
        HttpServletRequest request,
        HttpServletResponse response,
        TenantSite site,
        String path,
        Caller caller,
        BrandStyles styles,
        TenantTexts language) {
    public static final String SESSION = "session_id";
    private static final String RETURN = "signin_to";
    /** The purpose of the secret that forms are bound to before sign-in. */
    public static final String FORMS = "signin_form";
    /** The purpose of the secret that the portal's answer is bound to. */
    public static final String PORTAL = "signin_portal";

    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");
    /** More than a browser normally has of one name. */
    private static final int MOST_COOKIES = 4;

    /** Returns the texts of the page. */
    public Texts texts() {
        return language.of(request);
    }

    /** Returns a text of the page. */
    public String text(String key, Object... values) {
        return texts().text(key, values);
    }

    /** Whether the visitor uses TLS, even if the proxy did not report it. */
    public boolean secure() {
        return caller.secure() || site.secure();
    }

    public boolean isGet() {
        return request.getMethod().equals("GET");
    }

    public boolean isPost() {
        return request.getMethod().equals("POST");
    }

    public boolean isSafe() {
        return SAFE.contains(request.getMethod());
    }

    /** Whether a browser requests a page, rather than a script requesting data. */
    public boolean wantsPage() {
        String accept = request.getHeader("Accept");
        return accept == null || accept.contains("text/html") || accept.contains("*/*");
    }

    /**
     * Whether a page of another origin caused this request. Programs other than browsers send no such header, and a
     * page cannot keep its browser from sending it.
     */
    public boolean isCrossOrigin() {
        String fetchSite = request.getHeader("Sec-Fetch-Site");
        if (fetchSite != null) {
            return !fetchSite.equals("same-origin") && !fetchSite.equals("none");
        }
        String origin = request.getHeader("Origin");
        return origin != null && !isHere(origin);
    }

    private boolean isHere(String origin) {
        try {
            URI from = URI.create(origin);
            String authority = from.getRawAuthority();
            String host = request.getHeader("Host");
            return authority != null
                    && (!secure() || "https".equalsIgnoreCase(from.getScheme()))
                    && (authority.equalsIgnoreCase(host)
                            || authority.equalsIgnoreCase(site.url().getRawAuthority()));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Returns a field of a form or a query; empty if it is missing. */
    public String param(String name) {
        return RequestParameters.of(request).first(name);
    }

    /** Returns the possible session secrets of this browser. Pages of sibling hosts may have set some of them. */
    public List<String> sessions() {
        return cookies(SESSION);
    }

    public Optional<BrowserSecret> browserSecret(String purpose) {
        return cookies(browserCookie(purpose)).stream().findFirst().flatMap(BrowserSecret::of);
    }

    private List<String> cookies(String name) {
        return RequestCookies.values(request, name).stream()
                .filter(value -> value.matches("[A-Za-z0-9_.~-]{1,3000}"))
                .distinct()
                .limit(MOST_COOKIES)
                .toList();
    }

    public void setSession(String secret) {
        setCookie(SESSION, secret, "");
    }

    public void clearSession() {
        setCookie(SESSION, "", "; Max-Age=0");
    }

    /** Sets the secret for as long as signing in at the portal may take. */
    public void setBrowserSecret(String purpose, BrowserSecret secret) {
        setCookie(browserCookie(purpose), secret.value(), "; Max-Age=3600");
    }

    public void clearBrowserSecret(String purpose) {
        setCookie(browserCookie(purpose), "", "; Max-Age=0");
    }

    /** Stores the path to return to after the portal has answered. */
    public void setReturn(String path) {
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(path.getBytes(StandardCharsets.US_ASCII));
        setCookie(RETURN, text, "; Max-Age=3600");
    }

    /**
     * Returns the stored path; empty if there is none. It has to be checked, because any page of a sibling host can set
     * it.
     */
    public String returnPath() {
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

    /** Adds a prefix that keeps sibling hosts from setting the cookie. */
    private String browserCookie(String purpose) {
        return secure() && site.hasOwnHost() ? "__Host-" + purpose : purpose;
    }

    private void setCookie(String name, String value, String more) {
        response.addHeader(
                "Set-Cookie",
                name + "=" + value + "; Path=" + site.cookiePath() + "; HttpOnly; SameSite=Lax" + more
                        + (secure() ? "; Secure" : ""));
    }

    /** Redirects the browser to a path or an address, with GET. */
    public void redirect(String location) throws IOException {
        SecurityHeaders.set(response, secure());
        response.setStatus(HttpServletResponse.SC_SEE_OTHER);
        response.setHeader("Location", location);
        response.flushBuffer();
    }

    /** Returns the method, for a message. */
    public String method() {
        return request.getMethod().toUpperCase(Locale.ROOT);
    }
}
