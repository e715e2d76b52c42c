// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jdbc.Connections;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which control plane this is: written down in the catalog when that is made, and read once; or told by the control plane,
 * for a server without a catalog, which is made ready instead. Thread-safe.
 */
final class Installation {
    private static final String WHAT = "Reading the catalog's identity";

    private final Connections catalog;
    private final @Nullable UUID told;
    private volatile Identity.@Nullable Scheme scheme;

    Installation(Connections catalog) {
        this(catalog, null);
    }

    /** @param told null: the catalog says */
    Installation(Connections catalog, @Nullable UUID told) {
        this.catalog = catalog;
        this.told = told;
    }

    /**
     * How its roles are named. I/O the first time.
     *
     * @throws SaasException {@code backend.schema} where the catalog was not migrated yet; {@code backend.unsupported} for a
     *     server without one that is too old
     */
    Identity.Scheme scheme() {
        Identity.Scheme known = scheme;
        if (known == null && told != null) {
            CatalogSetup.prepare(catalog);
            known = new Identity.Scheme(told);
            scheme = known;
        } else if (known == null) {
            try (ServerSession session = ServerSession.begin(catalog, WHAT)) {
                known = new Identity.Scheme(session.query(
                        "SELECT id FROM allotment.installation",
                        query -> query.mapTo(UUID.class).one()));
                scheme = known;
            } catch (RuntimeException e) {
                if (States.UNKNOWN_TABLE.matches(e) || States.UNKNOWN_SCHEMA.matches(e)) {
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
