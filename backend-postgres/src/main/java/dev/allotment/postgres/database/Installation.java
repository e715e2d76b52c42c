// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jdbc.Connections;
import dev.allotment.postgres.server.CatalogSetup;
import dev.allotment.postgres.server.ServerSession;
import dev.allotment.postgres.server.SqlStates;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which control plane this is: written down in the catalog when that is made, and read once; or told by the control plane,
 * for a server without a catalog, which is made ready instead. Thread-safe.
 */
public final class Installation {
    private static final String WHAT = "Reading the catalog's identity";

    private final Connections catalog;
    private final @Nullable UUID told;
    private volatile Identity.@Nullable Scheme scheme;

    public Installation(Connections catalog) {
        this(catalog, null);
    }

    /** @param told null: the catalog says */
    public Installation(Connections catalog, @Nullable UUID told) {
        this.catalog = catalog;
        this.told = told;
    }

    /**
     * How its roles are named. I/O the first time.
     *
     * @throws SaasException {@code backend.schema} where the catalog was not migrated yet; {@code backend.unsupported} for a
     *     server without one that is too old
     */
    public Identity.Scheme scheme() {
        Identity.Scheme known = scheme;
        if (known == null && told != null) {
            CatalogSetup.prepare(catalog);
            known = new Identity.Scheme(told);
            scheme = known;
        } else if (known == null) {
            try (ServerSession session = ServerSession.open(catalog, WHAT)) {
                known = new Identity.Scheme(session.query(
                        "SELECT id FROM allotment.installation",
                        query -> query.mapTo(UUID.class).one()));
                scheme = known;
            } catch (RuntimeException e) {
                if (SqlStates.UNKNOWN_TABLE.matches(e) || SqlStates.UNKNOWN_SCHEMA.matches(e)) {
                    throw new SaasException(
                            ErrorCategory.INTERNAL,
                            ErrorCodes.BACKEND_SCHEMA,
                            "The catalog has no schema yet. Migrate it before its first use.",
                            Map.of(),
                            false,
                            e);
                }
                throw ServerSession.failure(WHAT, e);
            }
        }
        return known;
    }
}
