// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.postgres.server.ServerSession;
import dev.allotment.postgres.server.SqlResource;
import dev.allotment.spi.backend.DatabaseEntry;
import dev.allotment.spi.backend.FencingToken;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what a server has for one control plane: every role of it, with the databases that belong to the role. */
public final class DatabaseInventory {
    private static final String READ =
            SqlResource.read(DatabaseInventory.class, "inventory.sql").formatted(DatabaseSql.isFinished("r"));

    /** Returns statements that take from a role what no role of a tenant has. */
    private static final String ROLE_REPAIRS = SqlResource.read(DatabaseInventory.class, "role-repairs.sql");

    /** For each login of a tenant: what takes from it what none may have. Other roles may be members of others. */
    private static final String EXCESSIVE_RIGHTS = SqlResource.read(DatabaseInventory.class, "excessive-rights.sql");

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseInventory.class);

    private DatabaseInventory() {}

    /** Takes from the logins of tenants what none of them may have. Returns the identities of those that had some. */
    public static Set<UUID> revokeExcessiveRights(ServerSession session, Identity.Scheme scheme) {
        record Found(String role, String repair) {}
        List<Found> found = session.query(
                EXCESSIVE_RIGHTS,
                query -> query.bind("prefix", scheme.rolePrefix())
                        .map((row, context) -> new Found(row.getString(1), row.getString(2)))
                        .list());
        Set<UUID> powerful = new TreeSet<>();
        for (Found each : found) {
            UUID uuid = scheme.uuid(each.role());
            if (uuid != null) {
                powerful.add(uuid);
                try {
                    session.execute(each.repair());
                } catch (RuntimeException e) {
                    // The role of the control plane may lack the right to do so. The caller reports the tenant again.
                    LOG.atDebug()
                            .setCause(e)
                            .addKeyValue("role", each.role())
                            .log("Rights that no login of a tenant may have could not be revoked");
                }
            }
        }
        return powerful;
    }

    /** Returns the statements that restore the rights of a role. */
    public static List<String> roleRepairs(ServerSession session, Identity identity, Identity.Scheme scheme) {
        return session.query(
                ROLE_REPAIRS,
                query -> query.bind("role", identity.role())
                        .bind("prefix", scheme.rolePrefix())
                        .mapTo(String.class)
                        .list());
    }

    /** Reads the inventory now. */
    public static List<DatabaseEntry> of(ServerSession session, Identity.Scheme scheme) {
        return session.query(
                READ,
                query ->
                        query
                                .bind("prefix", scheme.rolePrefix())
                                .map((row, context) -> entry(row, scheme))
                                .list()
                                .stream()
                                .filter(Objects::nonNull)
                                .toList());
    }

    private static @Nullable DatabaseEntry entry(ResultSet row, Identity.Scheme scheme) throws SQLException {
        UUID uuid = scheme.uuid(row.getString("rolname"));
        if (uuid == null) {
            return null;
        }
        String name = row.getString("datname");
        boolean finished = row.getBoolean("finished");
        DatabaseEntry.Builder entry =
                DatabaseEntry.builder(uuid, name).finished(finished).token(FencingToken.parse(row.getString("token")));
        return name == null
                ? entry.build()
                : entry.open(row.getBoolean("open"))
                        // A database is closed to every role until it is finished.
                        .flaws(finished ? flaws(row) : List.of())
                        .build();
    }

    private static List<String> flaws(ResultSet row) throws SQLException {
        List<String> flaws = new ArrayList<>();
        add(flaws, row.getBoolean("shared"), "other roles have privileges on it");
        add(flaws, !row.getBoolean("datallowconn"), "it refuses all connections");
        add(flaws, row.getBoolean("limited"), "the number of its connections is limited");
        add(flaws, row.getBoolean("powerful"), "its login has rights of an administrator");
        add(flaws, row.getBoolean("related"), "its login can act as the login of another tenant");
        return flaws;
    }

    private static void add(List<String> flaws, boolean found, String flaw) {
        if (found) {
            flaws.add(flaw);
        }
    }
}
