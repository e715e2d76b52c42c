// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Calls of the services and calls with web sessions; what a codec for web clients needs. */
public interface WebCalls extends ServiceCalls {
    /** Returns the same as {@code common.version}; does no I/O. */
    Map<String, Object> versionInfo();

    /**
     * Checks a login and a password, and opens a web session.
     *
     * @param clientAddress the client address if it is trusted; null if it is not known
     * @return empty if the credentials are wrong for any reason
     * @throws dev.allotment.odoo.fault.OdooFault USER_ERROR if there is no such database, ACCESS_DENIED after too many
     *     failures
     */
    Optional<WebLogin> signIn(String db, String login, String password, @Nullable String clientAddress);

    /** Returns a web session. Empty if it does not exist, has expired, or its user is not active any more. */
    Optional<WebSession> session(String secret);

    /** Closes a web session. Does nothing if it does not exist. */
    void signOut(String secret);

    /**
     * Returns what the web client requests first: uid, session_id, db, username, name, partner_id, user_context,
     * is_admin, server_version and more.
     *
     * @throws dev.allotment.odoo.fault.OdooFault SESSION_EXPIRED if there is no such session
     */
    Map<String, Object> sessionInfo(String secret);

    /**
     * Calls a method of a model with the rights of a web session.
     *
     * @param clientAddress the client address for the audit log, if it is trusted; null if it is not known
     * @throws dev.allotment.odoo.fault.OdooFault SESSION_EXPIRED if there is no such session
     */
    Object callKw(
            String secret,
            String model,
            String method,
            List<?> args,
            Map<String, ?> kwargs,
            @Nullable String clientAddress);
}
