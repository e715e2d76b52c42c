// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import jakarta.servlet.http.HttpServletResponse;

/** What browsers are told to hold us to. */
final class Headers {
    private static final String NOTHING_INLINE =
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
                    + "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

    private Headers() {}

    /** Of every answer; what is said later replaces it. */
    static void forAll(HttpServletResponse response, boolean tls) {
        response.setHeader("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("X-Frame-Options", "DENY");
        // Not no-referrer: browsers would then send "Origin: null" along with our own forms.
        response.setHeader("Referrer-Policy", "same-origin");
        response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        response.setHeader("Cache-Control", "no-store");
        if (tls) {
            response.setHeader("Strict-Transport-Security", "max-age=31536000");
        }
    }

    /** Of a page. */
    static void forPages(HttpServletResponse response, String formTargets) {
        response.setHeader(
                "Content-Security-Policy", formTargets.isEmpty() ? NOTHING_INLINE : NOTHING_INLINE + " " + formTargets);
    }
}
