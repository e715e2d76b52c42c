// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jdbc.Connections;
import dev.allotment.postgres.server.CatalogSetup;
import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.postgres.server.ServerSession;
import dev.allotment.postgres.server.SqlStates;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The identity of this control plane. It is stored in the catalog when that is created, and read once. For a server
 * without a catalog, the control plane passes it on, and the first use prepares the server. Thread-safe.
 */
public final class Installation {
    private static final String WHAT = "Reading the catalog's identity";

    private final ServerAccess access;
    private final Connections catalog;
    private final SessionWatch watch;
    private final @Nullable UUID given;
    private volatile Identity.@Nullable Scheme scheme;

    /**
     * Creates an identity, without I/O.
     *
     * @param access to the server
     * @param watch over the sessions of the server; starts when the identity is first needed
     * @param given the identity, or null to read it from the catalog
     */
    public Installation(ServerAccess access, Connections catalog, SessionWatch watch, @Nullable UUID given) {
        this.access = access;
        this.catalog = catalog;
        this.watch = watch;
        this.given = given;
    }

    /**
     * Returns the scheme that roles are named by. Does I/O the first time.
     *
     * @throws SaasException {@code backend.schema} if the catalog was not migrated yet, {@code backend.unsupported} if
     *     an additional server is too old
     */
    public Identity.Scheme scheme() {
        Identity.Scheme known = scheme;
        if (known == null) {
            known = new Identity.Scheme(given == null ? read() : prepared(given));
            scheme = known;
            watch.start();
        }
        return known;
    }

    private UUID prepared(UUID known) {
        CatalogSetup.prepare(access, catalog);
        return known;
    }

    private UUID read() {
        try (ServerSession session = ServerSession.open(catalog, WHAT)) {
            return session.query(
                    "SELECT id FROM allotment.installation",
                    query -> query.mapTo(UUID.class).one());
        } catch (RuntimeException e) {
            if (SqlStates.UNKNOWN_TABLE.matches(e) || SqlStates.UNKNOWN_SCHEMA.matches(e)) {
                throw new SaasException(
                        ErrorCategory.INTERNAL,
                        ErrorCodes.BACKEND_SCHEMA,
                        "The catalog has no schema yet. Migrate the catalog before its first use.",
                        Map.of(),
                        false,
                        e);
            }
            throw ServerSession.failure(WHAT, e);
        }
    }
}
