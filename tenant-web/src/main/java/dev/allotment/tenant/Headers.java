// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import jakarta.servlet.http.HttpServletResponse;

/** What browsers are told to hold our own pages to. */
final class Headers {
    private static final String NOTHING_INLINE =
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self';"
                    + " form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private Headers() {}

    /** Of every answer: neither kept nor told to anybody. */
    static void forAll(HttpServletResponse response, boolean tls) {
        response.setHeader("Content-Security-Policy", NOTHING_INLINE);
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

    /** Of a page with a form: with no-referrer, browsers would not say where our own form comes from. */
    static void forForms(HttpServletResponse response) {
        response.setHeader("Referrer-Policy", "same-origin");
    }
}
