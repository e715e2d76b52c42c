// SPDX-License-Identifier: Apache-2.0
package dev.allotment.json2;

import dev.allotment.jsonrpc.request.SessionCookie;
import dev.allotment.odoo.NamedCaller;
import dev.allotment.odoo.NamedCalls;
import dev.allotment.odoo.WebSession;
import dev.allotment.spi.protocol.ProtocolAdapter.Call;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds out who calls: the holder of an API key, or the user of a web session. Thread-safe. */
final class Callers {
    private static final Pattern BEARER = Pattern.compile("bearer\\s+(\\S.*)", Pattern.CASE_INSENSITIVE);

    private final NamedCalls calls;

    Callers(NamedCalls calls) {
        this.calls = calls;
    }

    /**
     * Returns who calls a method. A web session without a key counts only if a person opens the address in a browser:
     * any page can make a browser send other requests.
     *
     * @throws Refusal 401 without a key or with a wrong one, 403 if the session is of another user
     */
    NamedCaller of(Call call, Target target) {
        String key = key(call);
        if (key != null) {
            return byKey(call, target, key);
        }
        WebSession session = target.session();
        if (session == null) {
            throw noKey(call);
        }
        if (!isNavigation(call)) {
            throw Refusal.unauthorized("Missing \"Authorization\" or Sec-headers for interactive usage.");
        }
        return calls.bySession(session, call.clientAddress());
    }

    /**
     * Returns the holder of the key of a request.
     *
     * @throws Refusal 401 without a key or with a wrong one, 403 if the session is of another user
     */
    NamedCaller byKey(Call call, Target target) {
        String key = key(call);
        if (key == null) {
            throw noKey(call);
        }
        return byKey(call, target, key);
    }

    private static Refusal noKey(Call call) {
        return Refusal.unauthorized(
                SessionCookie.isForeign(call)
                        ? "The session cookie does not count, since this request does not come from a page of this"
                                + " host. Use the \"Authorization\" header"
                        : "User not authenticated, use the \"Authorization\" header");
    }

    /** Returns the user of the session of a request, which only reads. Empty without a session. */
    Optional<NamedCaller> bySession(Call call, Target target) {
        return Optional.ofNullable(target.session()).map(session -> calls.bySession(session, call.clientAddress()));
    }

    private NamedCaller byKey(Call call, Target target, String key) {
        NamedCaller caller = calls.byKey(target.database(), key, call.clientAddress())
                .orElseThrow(() -> Refusal.unauthorized("Invalid apikey"));
        if (target.session() != null && target.session().user() != caller.user()) {
            throw Refusal.accessDenied("Session user does not match the used apikey.");
        }
        return caller;
    }

    private static @Nullable String key(Call call) {
        String header = call.header("authorization");
        if (header == null) {
            return null;
        }
        Matcher bearer = BEARER.matcher(header.strip());
        return bearer.matches() ? bearer.group(1) : null;
    }

    private static boolean isNavigation(Call call) {
        String site = call.header("sec-fetch-site");
        return "document".equals(call.header("sec-fetch-dest"))
                && "navigate".equals(call.header("sec-fetch-mode"))
                && ("none".equals(site) || "same-origin".equals(site))
                && "?1".equals(call.header("sec-fetch-user"));
    }
}
