// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.webhook;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.core.internal.rule.UrlRules;
import dev.allotment.webhook.WebhookTargets;
import java.net.URI;
import java.util.Locale;

/**
 * The parts of the URL of an endpoint.
 *
 * @param tls whether the connection is encrypted
 * @param host a name without the dot at the end, or an address
 * @param literal whether the host is an address
 * @param file path and query
 */
record TargetUrl(boolean tls, String host, boolean literal, int port, String file) {
    private static final int LONGEST = 2048;
    private static final int HTTPS = 443;
    private static final int HTTP = 80;
    private static final int FIRST_FREE_PORT = 1024;

    /**
     * Accepts what a URL of a receiver needs, and nothing else. The forms of addresses that only some programs
     * understand, such as {@code 0x7f.1}, are refused.
     *
     * @throws SaasException {@code webhook.invalid}
     */
    static TargetUrl of(String url, WebhookTargets targets) {
        URI uri = UrlRules.parsed(url, LONGEST)
                .orElseThrow(() -> invalid(
                        url,
                        "has the name of a host, no user, and at most " + LONGEST
                                + " characters, all of them of ASCII and no spaces"));
        boolean tls = UrlRules.hasScheme(uri, "https");
        boolean plain = targets.allowsPlainHttp() && UrlRules.hasScheme(uri, "http");
        if (!tls && !plain) {
            throw invalid(url, "starts with https://" + (targets.allowsPlainHttp() ? " or http://" : ""));
        }
        if (uri.getRawFragment() != null) {
            throw invalid(url, "has no fragment");
        }
        String host = uri.getHost();
        boolean literal = host.startsWith("[") || host.matches("[0-9.]+");
        String bare = bare(host);
        if (literal ? targets.networks().isEmpty() || bare.indexOf('%') >= 0 : !isName(bare)) {
            throw invalid(url, "has the name of a host");
        }
        int usual = tls ? HTTPS : HTTP;
        int port = uri.getPort() < 0 ? usual : uri.getPort();
        if (port > 0xffff || (port != usual && port < FIRST_FREE_PORT)) {
            throw invalid(url, "has port " + usual + ", or one from " + FIRST_FREE_PORT + " to 65535");
        }
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return new TargetUrl(
                tls, bare, literal, port, uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery());
    }

    /** The last label of a name does not start with a digit; what ends in a number may be read as an address. */
    private static boolean isName(String host) {
        return TextRules.isHost(host) && Character.isLetter(host.charAt(host.lastIndexOf('.') + 1));
    }

    private static String bare(String host) {
        if (host.startsWith("[")) {
            return host.substring(1, host.length() - 1);
        }
        return (host.endsWith(".") ? host.substring(0, host.length() - 1) : host).toLowerCase(Locale.ROOT);
    }

    /** The header {@code Host}. */
    String hostHeader() {
        String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return port == (tls ? HTTPS : HTTP) ? name : name + ":" + port;
    }

    private static SaasException invalid(String url, String expected) {
        return SaasException.invalid(
                ErrorCodes.WEBHOOK_INVALID,
                "The URL of a webhook endpoint " + expected + ", found " + TextRules.describe(url) + ".");
    }
}
