// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.postgres.server.ServerSession;
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
    private static final String READ = """
            SELECT r.rolname, d.datname,
                   %s AND d.oid IS NOT NULL AND d.datconnlimit <> -2 AS finished,
                   shobj_description(r.oid, 'pg_authid') AS token,
                   r.rolcanlogin AND d.datallowconn AS open,
                   d.datallowconn,
                   d.datconnlimit >= 0 AS limited,
                   EXISTS (SELECT FROM aclexplode(d.datacl) a
                           WHERE a.grantee NOT IN (d.datdba, CAST('pg_database_owner' AS regrole)))
                       OR d.datacl IS NULL AS shared,
                   r.rolsuper OR r.rolcreatedb OR r.rolcreaterole OR r.rolreplication OR r.rolbypassrls AS powerful,
                   EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles o ON o.oid = m.roleid
                           WHERE m.member = r.oid AND starts_with(o.rolname, :prefix)) AS related
            FROM pg_roles r LEFT JOIN pg_database d ON d.datdba = r.oid
            WHERE starts_with(r.rolname, :prefix)
            ORDER BY d.datname
            """.formatted(DatabaseSql.isFinished("r"));

    /** Returns statements that take from a role what no role of a tenant has. */
    private static final String ROLE_REPAIRS = """
            SELECT format('ALTER ROLE %I%s', r.rolname, concat(
                       CASE WHEN r.rolsuper THEN ' NOSUPERUSER' END,
                       CASE WHEN r.rolcreatedb THEN ' NOCREATEDB' END,
                       CASE WHEN r.rolcreaterole THEN ' NOCREATEROLE' END,
                       CASE WHEN r.rolreplication THEN ' NOREPLICATION' END,
                       CASE WHEN r.rolbypassrls THEN ' NOBYPASSRLS' END))
            FROM pg_roles r
            WHERE r.rolname = :role
              AND (r.rolsuper OR r.rolcreatedb OR r.rolcreaterole OR r.rolreplication OR r.rolbypassrls)
            UNION ALL
            SELECT format('REVOKE %I FROM %I GRANTED BY %I', o.rolname, r.rolname, g.rolname)
            FROM pg_auth_members m
            JOIN pg_roles o ON o.oid = m.roleid
            JOIN pg_roles r ON r.oid = m.member
            JOIN pg_roles g ON g.oid = m.grantor
            WHERE r.rolname = :role AND starts_with(o.rolname, :prefix)
            """;

    /** For each login of a tenant: what takes from it what none may have. Other roles may be members of others. */
    private static final String EXCESSIVE_RIGHTS = """
            SELECT r.rolname, format('ALTER ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', r.rolname)
            FROM pg_roles r
            WHERE starts_with(r.rolname, :prefix)
              AND (r.rolsuper OR r.rolcreatedb OR r.rolcreaterole OR r.rolreplication OR r.rolbypassrls)
            UNION ALL
            SELECT r.rolname, format('REVOKE %I FROM %I GRANTED BY %I', o.rolname, r.rolname, g.rolname)
            FROM pg_auth_members m
            JOIN pg_roles o ON o.oid = m.roleid
            JOIN pg_roles r ON r.oid = m.member
            JOIN pg_roles g ON g.oid = m.grantor
            WHERE starts_with(r.rolname, :prefix)
              AND (starts_with(o.rolname, 'allotment_') OR starts_with(o.rolname, 'pg_') OR o.rolname = current_user
                   OR o.rolsuper OR o.rolcreaterole OR o.rolcreatedb OR o.rolreplication OR o.rolbypassrls)
            """;

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
