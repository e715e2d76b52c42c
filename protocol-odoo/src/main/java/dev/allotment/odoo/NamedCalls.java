// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Calls with named arguments, whose callers send an API key; what a codec for JSON-2 needs. */
public interface NamedCalls {
    /** Returns the same as {@code common.version}; does no I/O. */
    Map<String, Object> versionInfo();

    /**
     * Returns the name of the database that a host is for: a tenant's own, otherwise the main database.
     *
     * @param host as a client sends it, with or without port
     * @return empty if the host belongs to a tenant whose database is still being created
     */
    Optional<String> databaseAt(String host);

    /** Returns the name of the main database; does no I/O. */
    String mainDatabase();

    /** Returns whether there is a database with this name. */
    boolean hasDatabase(String name);

    /** Returns a web session. Empty if it does not exist, has expired, or its user is not active any more. */
    Optional<WebSession> session(String secret);

    /** Closes a web session. Does nothing if it does not exist. */
    void signOut(String secret);

    /**
     * Returns the holder of an API key.
     *
     * @param database a database that exists
     * @param clientAddress the client address if it is trusted; null if it is not known
     * @return empty if the key is wrong for any reason, or is not for this database
     * @throws dev.allotment.odoo.fault.OdooFault TOO_MANY after too many failures
     */
    Optional<NamedCaller> byKey(String database, String key, @Nullable String clientAddress);

    /**
     * Returns the user of a web session.
     *
     * @param clientAddress the client address if it is trusted; null if it is not known
     */
    NamedCaller bySession(WebSession session, @Nullable String clientAddress);
}
