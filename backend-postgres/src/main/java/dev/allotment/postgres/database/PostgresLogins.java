// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.jdbc.Schema;
import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.postgres.server.ServerSession;
import dev.allotment.postgres.server.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.postgresql.PGConnection;

/** The passwords of the roles that the applications of tenants use, and the removal of these roles. Thread-safe. */
public final class PostgresLogins {
    /** The databases in which a role owns objects or has privileges. Null stands for those outside of a database. */
    private static final String DEPENDENT_DATABASES = """
            SELECT DISTINCT d.datname
            FROM pg_shdepend s
            JOIN pg_roles r ON r.oid = s.refobjid
            LEFT JOIN pg_database d ON d.oid = s.dbid
            WHERE s.refclassid = CAST('pg_authid' AS regclass) AND r.rolname = :role AND (s.dbid = 0 OR d.datname IS NOT NULL)
            """;

    private final ServerAccess access;

    public PostgresLogins(ServerAccess access) {
        this.access = access;
    }

    /** Sets the password of a role. Only a verifier is sent, so that no log of the server contains the password. */
    public void setPassword(ServerSession session, Identity identity, String password) {
        try {
            session.connection()
                    .unwrap(PGConnection.class)
                    .alterUserPassword(identity.role(), password.toCharArray(), "scram-sha-256");
        } catch (SQLException e) {
            throw new UnableToExecuteStatementException(e, null);
        }
    }

    /** Drops the role of an identity that no longer has a database. */
    public void drop(ServerSession session, Identity identity) {
        try {
            session.execute(DatabaseSql.dropRole(identity));
        } catch (RuntimeException e) {
            if (!SqlStates.STILL_NEEDED.matches(e)) {
                throw e;
            }
            dropOwned(session, identity);
            session.execute(DatabaseSql.dropRole(identity));
        }
    }

    /** Revokes privileges that owners of other databases granted. PostgreSQL does not drop a role that has any. */
    private void dropOwned(ServerSession session, Identity identity) {
        String dropOwned = "DROP OWNED BY " + Schema.quoted(identity.role());
        List<String> databases = session.query(
                DEPENDENT_DATABASES,
                query -> query.bind("role", identity.role()).mapTo(String.class).list());
        for (String database : databases) {
            if (database == null) {
                session.execute(dropOwned);
                continue;
            }
            try (Connection connection = access.connect(database);
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(true);
                statement.execute(dropOwned);
            } catch (SQLException e) {
                throw new UnableToExecuteStatementException(e, null);
            }
        }
    }
}
