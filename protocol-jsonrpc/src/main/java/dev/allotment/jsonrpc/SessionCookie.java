// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jsonrpc;

import dev.allotment.spi.protocol.ProtocolAdapter.Call;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How the secret of a web session travels.
 *
 * <p>The Content-Type of a call is not judged (Odoo's clients send all kinds), so any page can make a browser send one. What
 * keeps such a page from acting in the name of whoever looks at it: the cookie is SameSite=Lax, so it does not come with a
 * POST from another site. The page of a customer on a sibling domain is of the same site, though, and there are many of them
 * here; so a cookie counts only where the browser says that the call comes from a page of this very host, and is given only
 * there. Clients that are no browser send neither of the headers that tell, and a page cannot leave them out. The header
 * needs no such care: a page of another origin may not set it without our consent, which nobody gets.
 */
final class SessionCookie {
    static final String NAME = "session_id";

    private static final String HEADER = "x-openerp-session-id";
    private static final String ATTRIBUTES = "; Path=/; HttpOnly; SameSite=Lax";
    private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9_.~-]{1,256}");

    /** As much as a client with honest cookies can have, and some: each costs a look. */
    private static final int MOST = 4;

    private SessionCookie() {}

    /**
     * What a call brings that can be a secret, each once: the one in the header, or else those in cookies. Of these there may be
     * several, since the page of a customer on a sibling domain can put some there.
     */
    static List<String> read(Call call) {
        String header = call.header(HEADER);
        if (header != null && !header.isBlank()) {
            return secret(header).stream().toList();
        }
        String cookies = call.header("cookie");
        return cookies == null || !isFromHere(call) ? List.of() : find(cookies);
    }

    /** Whether the answer to a call may set the cookie: else another site could sign its visitors in as somebody else. */
    static boolean mayBeSet(Call call) {
        return isFromHere(call);
    }

    /** The value of Set-Cookie that hands out a secret. */
    static String set(String secret, boolean secure) {
        return NAME + "=" + secret + ATTRIBUTES + (secure ? "; Secure" : "");
    }

    /** The value of Set-Cookie that takes it back. */
    static String clear(boolean secure) {
        return NAME + "=" + ATTRIBUTES + "; Max-Age=0" + (secure ? "; Secure" : "");
    }

    private static List<String> find(String cookies) {
        return Arrays.stream(cookies.split(";", -1))
                .filter(cookie -> cookie.indexOf('=') > 0)
                .filter(cookie ->
                        cookie.substring(0, cookie.indexOf('=')).strip().equals(NAME))
                .flatMap(cookie -> secret(cookie.substring(cookie.indexOf('=') + 1)).stream())
                .distinct()
                .limit(MOST)
                .toList();
    }

    private static Optional<String> secret(String text) {
        String value = text.strip();
        if (value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")) {
            value = value.substring(1, value.length() - 1);
        }
        return SECRET.matcher(value).matches() ? Optional.of(value) : Optional.empty();
    }

    private static boolean isFromHere(Call call) {
        String site = call.header("sec-fetch-site");
        if (site != null) {
            return site.equals("same-origin") || site.equals("none");
        }
        // Older browsers, and those that talk to us without TLS.
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
