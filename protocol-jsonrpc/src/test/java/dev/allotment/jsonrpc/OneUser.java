// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jsonrpc;

import dev.allotment.odoo.WebCalls;
import dev.allotment.odoo.WebLogin;
import dev.allotment.odoo.WebSession;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.fault.OdooFault.Kind;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Services of a database with one user, admin, whose password is "right". They answer a call with its own arguments.
 */
final class OneUser implements WebCalls {
    static final String DB = "portal.localhost";

    private final Set<String> sessions = new HashSet<>();
    private int opened;

    @Override
    public Object call(String service, String method, List<?> params, @Nullable String clientAddress) {
        if (method.equals("fail")) {
            throw new OdooFault(Kind.valueOf((String) params.get(0)), "No <b>, not \"now\": é€😀.");
        }
        if (method.equals("break")) {
            throw new IllegalStateException("select password from users at /var/lib");
        }
        return List.of(service, method, params, String.valueOf(clientAddress));
    }

    @Override
    public Map<String, Object> versionInfo() {
        return Map.of("server_version", "17.0");
    }

    @Override
    public Optional<WebLogin> signIn(String db, String login, String password, @Nullable String clientAddress) {
        if (!db.equals(DB)) {
            throw new OdooFault(Kind.USER_ERROR, "Database \"" + db + "\" does not exist");
        }
        if (!login.equals("admin") || !password.equals("right")) {
            return Optional.empty();
        }
        String secret = "secret-" + ++opened + "_x";
        sessions.add(secret);
        return Optional.of(new WebLogin(secret, sessionInfo(secret)));
    }

    @Override
    public Optional<WebSession> session(String secret) {
        return sessions.contains(secret)
                ? Optional.of(new WebSession(DB, 2, "admin", Instant.parse("2100-01-01T00:00:00Z")))
                : Optional.empty();
    }

    @Override
    public void signOut(String secret) {
        sessions.remove(secret);
    }

    @Override
    public Map<String, Object> sessionInfo(String secret) {
        check(secret);
        return Map.of("uid", 2, "session_id", secret, "db", DB, "username", "admin");
    }

    @Override
    public Object callKw(
            String secret,
            String model,
            String method,
            List<?> args,
            Map<String, ?> kwargs,
            @Nullable String clientAddress) {
        check(secret);
        return List.of(model, method, args, kwargs);
    }

    private void check(String secret) {
        if (!sessions.contains(secret)) {
            throw new OdooFault(Kind.SESSION_EXPIRED, "Session expired");
        }
    }
}
