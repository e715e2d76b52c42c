// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jsonrpc.request;

import dev.allotment.spi.protocol.ProtocolAdapter.Call;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Transports the secret of a web session.
 *
 * <p>The Content-Type of a call is not checked, since Odoo's clients send all kinds, so any page can make a browser
 * send a call. Three things keep such a page from acting in the name of its visitor:
 * <ul>
 * <li>The cookie is SameSite=Lax, so the browser does not send it with a POST from another site.
 * <li>The pages of customers on sibling domains are of the same site, and there are many of them. So a cookie counts,
 * and is set, only if the browser says that the call comes from a page of this very host. Clients other than browsers
 * send neither of the headers that say so, and a page cannot leave them out.
 * <li>The header {@code X-Openerp-Session-Id} needs no such check: a page of another origin may not set it without
 * our consent, which is never given.
 * </ul>
 */
public final class SessionCookie {
    public static final String NAME = "session_id";

    private static final String HEADER = "x-openerp-session-id";
    private static final String ATTRIBUTES = "; Path=/; HttpOnly; SameSite=Lax";
    private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9_.~-]{1,256}");

    /**
     * Maximum number of secrets to look up for one call. A client with honest cookies sends fewer, and each costs a
     * lookup.
     */
    private static final int MAX_SECRETS = 4;

    private SessionCookie() {}

    /**
     * Returns the possible secrets of a call, without duplicates: the one in the header, or else those in cookies.
     * There may be several cookies, since the page of a customer on a sibling domain can set some.
     */
    public static List<String> read(Call call) {
        String header = call.header(HEADER);
        if (header != null && !header.isBlank()) {
            return secret(header).stream().toList();
        }
        String cookies = call.header("cookie");
        return cookies == null || !isSameOrigin(call) ? List.of() : find(cookies);
    }

    /** Returns whether a call has the cookie, but comes from a page of another host, so that it does not count. */
    public static boolean isForeign(Call call) {
        String cookies = call.header("cookie");
        return cookies != null && !isSameOrigin(call) && !find(cookies).isEmpty();
    }

    /**
     * Returns whether the answer may set the cookie. Otherwise another site could sign its visitors in to another
     * account.
     */
    public static boolean mayBeSet(Call call) {
        return isSameOrigin(call);
    }

    /** Returns the value of Set-Cookie that sets a secret. */
    public static String set(String secret, boolean secure) {
        return NAME + "=" + secret + ATTRIBUTES + (secure ? "; Secure" : "");
    }

    /** Returns the value of Set-Cookie that clears it. */
    public static String clear(boolean secure) {
        return NAME + "=" + ATTRIBUTES + "; Max-Age=0" + (secure ? "; Secure" : "");
    }

    private static List<String> find(String cookies) {
        return Arrays.stream(cookies.split(";", -1))
                .filter(cookie -> cookie.indexOf('=') > 0)
                .filter(cookie ->
                        cookie.substring(0, cookie.indexOf('=')).strip().equals(NAME))
                .flatMap(cookie -> secret(cookie.substring(cookie.indexOf('=') + 1)).stream())
                .distinct()
                .limit(MAX_SECRETS)
                .toList();
    }

    private static Optional<String> secret(String text) {
        String value = text.strip();
        if (value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")) {
            value = value.substring(1, value.length() - 1);
        }
        return SECRET.matcher(value).matches() ? Optional.of(value) : Optional.empty();
    }

    private static boolean isSameOrigin(Call call) {
        String site = call.header("sec-fetch-site");
        if (site != null) {
            return site.equals("same-origin") || site.equals("none");
        }
        // Older browsers, and browsers without TLS, send no such header.
        String origin = call.header("origin");
        return origin == null || isHost(origin, call.header("host"));
    }

    private static boolean isHost(String origin, @Nullable String host) {
        try {
            String authority = URI.create(origin).getRawAuthority();
            return authority != null
                    && host != null
                    && authority.toLowerCase(Locale.ROOT).equals(host.strip().toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
