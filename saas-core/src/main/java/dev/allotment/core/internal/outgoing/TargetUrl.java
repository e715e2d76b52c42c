// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.outgoing;

import dev.allotment.SaasException;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.core.internal.rule.UrlRules;
import dev.allotment.webhook.WebhookTargets;
import java.net.URI;
import java.util.Locale;
import java.util.function.Function;

/**
 * The parts of a URL that requests are sent to.
 *
 * @param tls whether the connection is encrypted
 * @param host a name without the dot at the end, or an address
 * @param literal whether the host is an address
 * @param file path and query
 */
public record TargetUrl(boolean tls, String host, boolean literal, int port, String file) {
    /** How many characters a URL has at most. */
    private static final int LONGEST = 2048;

    private static final int HTTPS = 443;
    private static final int HTTP = 80;
    private static final int FIRST_FREE_PORT = 1024;

    /**
     * Accepts what a URL of a receiver needs, and nothing else. The forms of addresses that only some programs
     * understand, such as {@code 0x7f.1}, are refused.
     *
     * @param invalid makes the refusal from what was expected and found, such as {@code has no fragment, found …}
     */
    public static TargetUrl of(String url, WebhookTargets targets, Function<String, SaasException> invalid) {
        Function<String, SaasException> refusal =
                expected -> invalid.apply(expected + ", found " + TextRules.describe(url));
        URI uri = UrlRules.parsed(url, LONGEST)
                .orElseThrow(() -> refusal.apply("has the name of a host, no user, and at most " + LONGEST
                        + " characters, all of them of ASCII and no spaces"));
        boolean tls = UrlRules.hasScheme(uri, "https");
        boolean plain = targets.allowsPlainHttp() && UrlRules.hasScheme(uri, "http");
        if (!tls && !plain) {
            throw refusal.apply("starts with https://" + (targets.allowsPlainHttp() ? " or http://" : ""));
        }
        if (uri.getRawFragment() != null) {
            throw refusal.apply("has no fragment");
        }
        String host = uri.getHost();
        boolean literal = host.startsWith("[") || host.matches("[0-9.]+");
        String bare = bare(host);
        if (literal ? targets.networks().isEmpty() || bare.indexOf('%') >= 0 : !isName(bare)) {
            throw refusal.apply("has the name of a host");
        }
        int usual = tls ? HTTPS : HTTP;
        int port = uri.getPort() < 0 ? usual : uri.getPort();
        if (port > 0xffff || (port != usual && port < FIRST_FREE_PORT)) {
            throw refusal.apply("has port " + usual + ", or one from " + FIRST_FREE_PORT + " to 65535");
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
}
