// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jdbc.Failures;
import dev.allotment.jdbc.Migrator;
import dev.allotment.jdbc.Schema;
import dev.allotment.postgres.server.PostgresDialect;
import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.postgres.server.SqlResource;
import dev.allotment.postgres.server.SqlStates;
import dev.allotment.spi.backend.FencingToken;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Adopts databases that were created outside of the control plane, and releases them. Each is one transaction inside
 * that database. PostgreSQL rolls back roles and owners with it, so no intermediate state remains. Thread-safe.
 */
public final class DatabaseAdopter {
    /** Records the former owner and privileges, for the release. Dropped together with the schema. */
    private static final String RECORD_ADOPTION = "CREATE TABLE allotment.adoption AS"
            + " SELECT CAST('%s' AS text) AS role, pg_get_userbyid(datdba) AS owner, CAST(datacl AS text[]) AS rights"
            + " FROM pg_database WHERE datname = current_database()";

    private static final String IS_ADOPTED =
            "SELECT 1 FROM pg_tables WHERE schemaname = 'allotment' AND tablename = 'adoption'";

    private static final String FIND = """
            SELECT o.rolname, pg_has_role(d.datdba, 'MEMBER'), pg_encoding_to_char(d.encoding), d.datistemplate,
                   starts_with(o.rolname, 'allotment_'),
                   EXISTS (SELECT FROM pg_namespace WHERE nspname IN ('allotment', 'allotment_gate'))
            FROM pg_database d JOIN pg_roles o ON o.oid = d.datdba
            WHERE d.datname = current_database()
            """;

    /**
     * Returns statements that give the objects of the owner of a database to another role, except extensions and their
     * members.
     */
    private static final String OWNED_OBJECTS = SqlResource.read(DatabaseAdopter.class, "owned-objects.sql");

    /** The schemas that a role owns in a database. It owns none of PostgreSQL or of the control plane. */
    private static final String SCHEMAS =
            "SELECT quote_ident(nspname) FROM pg_namespace WHERE nspowner = '%s'::regrole";

    /** The owner of schema public, if that is the role that owns tables with record quotas. */
    private static final String QUOTA_OWNER = """
            SELECT quote_ident(o.rolname) FROM pg_namespace n JOIN pg_roles o ON o.oid = n.nspowner
            WHERE n.nspname = 'public' AND o.rolname ~ '^allotment_[0-9a-f]{12}_quota$'
            """;

    private static final String FORMER_PRIVILEGES = """
            SELECT format('GRANT %s ON DATABASE %I TO %s', a.privilege_type, current_database(),
                          CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END)
            FROM allotment.adoption n,
                 aclexplode(COALESCE(CAST(n.rights AS aclitem[]),
                                     acldefault('d', (SELECT datdba FROM pg_database WHERE datname = current_database())))) a
            WHERE a.grantee <> (SELECT datdba FROM pg_database WHERE datname = current_database())
            """;

    private record Found(
            String owner, boolean mine, String encoding, boolean template, boolean oneOfOurs, boolean hasSchema) {}

    private final ServerAccess access;
    private final Migrator migrator;
    private final int loginConnections;

    public DatabaseAdopter(ServerAccess access, Schema schema, int loginConnections) {
        this.access = access;
        this.migrator = new Migrator(PostgresDialect.INSTANCE, schema);
        this.loginConnections = loginConnections;
    }

    /**
     * Adopts a database. The caller has the lock of the identity, and checked that the database exists and does not
     * belong to it.
     *
     * @param strangers other roles with privileges on the database, see {@link DatabaseStatus.Database}
     * @param token is stored with the database; null: none
     */
    public void adopt(String name, Identity identity, List<String> strangers, @Nullable FencingToken token) {
        try (Connection connection = access.connect(name)) {
            connection.setAutoCommit(false);
            Found found = look(connection);
            check(name, found);
            // A session of its application may have locks. The operation is retried later instead of waiting for long.
            execute(connection, "SET LOCAL lock_timeout = '5s'");
            for (String statement : DatabaseSql.createRole(identity)) {
                execute(connection, statement);
            }
            execute(connection, "SET LOCAL synchronous_commit = on");
            // Fails if the owner created a schema with this name meanwhile. Its objects must not become ours.
            execute(connection, "CREATE SCHEMA " + Schema.quoted(Schema.NAME));
            migrator.migrate(connection);
            execute(connection, RECORD_ADOPTION.formatted(identity.role()));
            execute(connection, DatabaseSql.setOwner(name, identity));
            handOver(connection, found.owner(), identity.role());
            for (String statement : DatabaseSql.privileges(name, identity, strangers)) {
                execute(connection, statement);
            }
            execute(connection, DatabaseSql.finishRole(identity, loginConnections));
            if (token != null) {
                execute(connection, DatabaseSql.store(identity, token));
            }
            connection.commit();
        } catch (SQLException | RuntimeException e) {
            if (SqlStates.UNKNOWN_DATABASE.matches(e)) {
                throw DatabaseStatus.unknown(name, e);
            }
            if (SqlStates.NOT_PERMITTED.matches(e) || SqlStates.NOT_CONNECTABLE.matches(e)) {
                throw notAdoptable(
                        name,
                        "the role of the control plane may not connect to it, or may not change the owner of its objects",
                        e);
            }
            throw Failures.translate(PostgresDialect.INSTANCE, "Adopting database " + name, e);
        }
    }

    private static void check(String name, Found found) {
        if (found.oneOfOurs()) {
            throw DatabaseStatus.foreign(name, null);
        }
        if (found.template()) {
            throw notAdoptable(name, "it is a template database of the server", null);
        }
        if (!found.encoding().equals("UTF8")) {
            throw notAdoptable(name, "its encoding is " + found.encoding() + " and must be UTF8", null);
        }
        if (found.hasSchema()) {
            throw notAdoptable(name, "it already has a schema named allotment or allotment_gate", null);
        }
        if (!found.mine()) {
            throw notAdoptable(
                    name,
                    "it belongs to role " + found.owner()
                            + ", and the role of the control plane is not a member of that role;"
                            + " grant it the membership",
                    null);
        }
    }

    public static SaasException notAdoptable(String name, String why, @Nullable Throwable cause) {
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.DATABASE_NOT_ADOPTABLE,
                "Database " + name + " cannot be adopted: " + why + ".",
                Map.of("database", name),
                false,
                cause);
    }

    /**
     * Releases a database, if it was adopted. The caller has the lock of the identity, and checked that it owns the
     * database.
     */
    public void release(String name, Identity identity) {
        try (Connection connection = access.connect(name)) {
            connection.setAutoCommit(false);
            if (column(connection, IS_ADOPTED).isEmpty()
                    || !column(connection, "SELECT role FROM allotment.adoption")
                            .contains(identity.role())) {
                return;
            }
            String owner = Schema.quoted(
                    column(connection, "SELECT owner FROM allotment.adoption").get(0));
            String role = Schema.quoted(identity.role());
            execute(connection, "ALTER DATABASE " + Schema.quoted(name) + " OWNER TO " + owner);
            // Schemas come before the objects in them, since their owner needs privileges. REASSIGN OWNED has no
            // defined order.
            for (String schema : column(connection, SCHEMAS.formatted(role))) {
                execute(connection, "ALTER SCHEMA " + schema + " OWNER TO " + owner);
            }
            execute(connection, "REASSIGN OWNED BY " + role + " TO " + owner);
            execute(
                    connection,
                    "REVOKE ALL ON DATABASE " + Schema.quoted(name) + " FROM " + DatabaseSql.DATABASE_OWNER);
            for (String grant : column(connection, FORMER_PRIVILEGES)) {
                execute(connection, grant);
            }
            execute(connection, "DROP SCHEMA allotment, allotment_gate CASCADE");
            releaseLimitedTables(connection, owner);
            execute(connection, "DROP OWNED BY " + role);
            execute(connection, DatabaseSql.dropRole(identity));
            connection.commit();
        } catch (SQLException | RuntimeException e) {
            throw Failures.translate(PostgresDialect.INSTANCE, "Releasing database " + name, e);
        }
    }

    /** Gives tables with record quotas to the former owner. Their triggers were dropped with the schema. */
    private static void releaseLimitedTables(Connection connection, String owner) throws SQLException {
        for (String quotaOwner : column(connection, QUOTA_OWNER)) {
            execute(connection, "REASSIGN OWNED BY " + quotaOwner + " TO " + owner);
            execute(connection, "DROP OWNED BY " + quotaOwner);
        }
    }

    private static Found look(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(FIND)) {
            row.next();
            return new Found(
                    row.getString(1),
                    row.getBoolean(2),
                    row.getString(3),
                    row.getBoolean(4),
                    row.getBoolean(5),
                    row.getBoolean(6));
        }
    }

    private static void handOver(Connection connection, String from, String to) throws SQLException {
        List<String> statements = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(OWNED_OBJECTS)) {
            query.setString(1, to);
            query.setString(2, from);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    statements.add(rows.getString(1));
                }
            }
        }
        for (String statement : statements) {
            execute(connection, statement);
        }
    }

    private static List<String> column(Connection connection, String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
