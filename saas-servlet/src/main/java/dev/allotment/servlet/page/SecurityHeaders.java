// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet.page;

import jakarta.servlet.http.HttpServletResponse;

/** The security headers of the pages that this project serves itself. */
public final class SecurityHeaders {
    /** A directive for a page with a font from the same origin. */
    public static final String OWN_FONTS = "font-src 'self'";

    private static final String NOTHING = "default-src 'none'; frame-ancestors 'none'";
    private static final String OWN_FILES = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self';"
            + " base-uri 'none'; frame-ancestors 'none'";

    private SecurityHeaders() {}

    /**
     * Sets the headers of every response: it loads nothing, is never framed or stored, and sends no referrer.
     *
     * @param tls whether the caller uses TLS
     */
    public static void set(HttpServletResponse response, boolean tls) {
        response.setHeader("Content-Security-Policy", NOTHING);
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("X-Frame-Options", "DENY");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        response.setHeader("Cache-Control", "no-store");
        if (tls) {
            response.setHeader("Strict-Transport-Security", "max-age=31536000");
        }
    }

    /**
     * Allows a page to load styles, scripts and images from its own origin, but nothing inline.
     *
     * @param directives more directives of the Content-Security-Policy
     */
    public static void forPage(HttpServletResponse response, String... directives) {
        StringBuilder policy = new StringBuilder(OWN_FILES);
        for (String each : directives) {
            policy.append("; ").append(each);
        }
        response.setHeader("Content-Security-Policy", policy.toString());
    }

    /** Sends the referrer within the origin. Without it, browsers send "Origin: null" with a page's own forms. */
    public static void allowSameOriginReferrer(HttpServletResponse response) {
        response.setHeader("Referrer-Policy", "same-origin");
    }
}
