// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import dev.allotment.Saas;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Odoo's external API over a control plane, without a wire format: what a codec calls. Thread-safe.
 *
 * <p>Values that come in are Boolean, Integer, Long, Double, String, {@code byte[]}, {@link java.time.LocalDateTime} (as
 * it was written, without a zone), List, Map with String keys, and null. Values that go out are Boolean, Integer, Long,
 * Double, String, List and Map with String keys in a fixed order, and never null: what is absent or empty is false, as
 * Odoo has it, and instants are text, {@code YYYY-MM-DD HH:MM:SS} in UTC.
 *
 * <p>Every method does I/O and throws {@link OdooFault}, and nothing else on purpose.
 */
public final class OdooServices {
    private final Saas saas;
    private final OdooSettings settings;

    /** Over a control plane with all rights; each call is narrowed to the rights of whoever it authenticates. */
    public OdooServices(Saas saas, OdooSettings settings) {
        this(saas, settings, Clock.systemUTC());
    }

    /** The same with the clock that the control plane was given. */
    public OdooServices(Saas saas, OdooSettings settings, Clock clock) {
        this.saas = saas;
        this.settings = settings;
    }

    /**
     * Calls a method of a service.
     *
     * @param service {@code common}, {@code object} or {@code db}
     * @param peer the caller's address, as far as it is trusted; null: not known
     */
    public Object call(String service, String method, List<?> params, @Nullable String peer) {
        throw OdooFault.request("Unknown service \"" + service + "\"; there are common, object and db.");
    }

    /** What {@code common.version} answers. */
    public Map<String, Object> versionInfo() {
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("server_version", settings.serverVersion());
        info.put("server_version_info", List.of(settings.major(), settings.minor(), 0, "final", 0, ""));
        info.put("server_serie", settings.serverVersion());
        info.put("protocol_version", 1);
        return info;
    }

    /**
     * Checks a login and a password, and opens a web session.
     *
     * @return empty where they are not right, whatever is wrong with them
     * @throws OdooFault USER_ERROR where there is no such database
     */
    public Optional<WebLogin> signIn(String db, String login, String password, @Nullable String peer) {
        return Optional.empty();
    }

    /** Empty where there is no such session, it has ended, or its user is not active any more. */
    public Optional<WebSession> session(String secret) {
        return saas.access()
                .findSession(secret)
                .map(session -> new WebSession(session.database(), session.user(), session.expiresAt()));
    }

    /** Ends a web session; an unknown one is no error. */
    public void signOut(String secret) {
        saas.access().closeSession(secret);
    }

    /**
     * What the web client asks for first: uid, session_id, db, username, name, partner_id, user_context, is_admin,
     * server_version and more.
     *
     * @throws OdooFault SESSION_EXPIRED
     */
    public Map<String, Object> sessionInfo(String secret) {
        throw new OdooFault(OdooFault.Kind.SESSION_EXPIRED, "Session expired");
    }

    /**
     * Calls a method of a model with the rights of a web session.
     *
     * @throws OdooFault SESSION_EXPIRED where there is none
     */
    public Object callKw(String secret, String model, String method, List<?> args, Map<String, ?> kwargs) {
        throw new OdooFault(OdooFault.Kind.SESSION_EXPIRED, "Session expired");
    }
}
