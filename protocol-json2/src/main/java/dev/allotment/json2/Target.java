// SPDX-License-Identifier: Apache-2.0
package dev.allotment.json2;

import dev.allotment.jsonrpc.request.SessionCookie;
import dev.allotment.odoo.NamedCalls;
import dev.allotment.odoo.WebSession;
import dev.allotment.spi.protocol.ProtocolAdapter.Call;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The database that a request is for.
 *
 * @param database its name
 * @param session the web session that came with the request; null if there is none
 */
record Target(String database, @Nullable WebSession session) {
    private static final String HEADER = "x-odoo-database";

    /** A session and the header name two databases. */
    static final class Contradiction extends Exception {
        private static final long serialVersionUID = 1L;

        private Contradiction() {
            super("Cannot use both the session_id cookie and the x-odoo-database header.", null, false, false);
        }
    }

    /**
     * Chooses the database: that of the session, else the one in the header, else the one at the host. At a tenant's
     * own host, the header can name that tenant only.
     *
     * @return empty if there is no such database
     */
    static Optional<Target> of(NamedCalls calls, Call call) throws Contradiction {
        WebSession session = session(calls, call);
        String header = call.header(HEADER);
        String named = header == null || header.isBlank() ? null : header.strip();
        if (session != null) {
            if (named != null && !named.equals(session.database())) {
                throw new Contradiction();
            }
            return Optional.of(new Target(session.database(), session));
        }
        String host = call.header("host");
        Optional<String> found = calls.databaseAt(host == null ? "" : host);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        String atHost = found.get();
        if (named == null || named.equals(atHost)) {
            return Optional.of(new Target(atHost, null));
        }
        // Any host that is not a tenant's is for the main database, and for every other one by name.
        boolean own = host != null && !atHost.equals(calls.mainDatabase());
        return own || !calls.hasDatabase(named) ? Optional.empty() : Optional.of(new Target(named, null));
    }

    /**
     * Returns the session of the request. Two valid ones count as none and are closed: another site may have planted
     * one of them.
     */
    private static @Nullable WebSession session(NamedCalls calls, Call call) {
        List<String> secrets = SessionCookie.read(call);
        if (secrets.isEmpty()) {
            return null;
        }
        List<String> valid = secrets.stream()
                .filter(secret -> calls.session(secret).isPresent())
                .toList();
        if (valid.size() > 1) {
            valid.forEach(calls::signOut);
        }
        return valid.size() == 1 ? calls.session(valid.get(0)).orElse(null) : null;
    }
}
