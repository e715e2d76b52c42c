// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.postgres.server.ServerSession;
import dev.allotment.postgres.server.SqlStates;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The passwords of the roles that the applications of tenants use, and the removal of these roles. Thread-safe. */
public final class PostgresLogins {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresLogins.class);

    /** How often owners of other databases may grant new privileges before the removal fails. */
    private static final int ATTEMPTS = 10;

    private static final int MAX_KNOWN = 10_000;
    private static final int VALIDATION_SECONDS = 5;

    /** A password that this process set. */
    private record Known(long role, String hash) {}

    private final ServerAccess access;
    private final ApplicationAccess application;
    private final ForcedChange changes;
    private final Map<UUID, Known> known = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Known> eldest) {
            return size() > MAX_KNOWN;
        }
    });

    public PostgresLogins(ServerAccess access, ApplicationAccess application) {
        this.access = access;
        this.application = application;
        this.changes = new ForcedChange(access);
    }

    /**
     * Makes a password the only one of a role. Changes nothing if this process has set it, and the server still accepts
     * it: each change is a write that all sessions of the server notice.
     */
    public void setPassword(ServerSession session, DatabaseStatus there, String password) {
        Known wanted = new Known(there.role(), hash(password));
        UUID uuid = there.identity().uuid();
        if (wanted.equals(known.get(uuid)) && isAccepted(there, password)) {
            return;
        }
        known.remove(uuid);
        changes.run(session, there, () -> setPassword(session, there.identity(), password));
        known.put(uuid, wanted);
    }

    private static String hash(String password) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(password.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean isAccepted(DatabaseStatus there, String password) {
        try (Connection connection =
                access.connect(there.name(), there.identity().role(), password)) {
            return connection.isValid(VALIDATION_SECONDS);
        } catch (SQLException e) {
            LOG.atDebug()
                    .setCause(e)
                    .addKeyValue("database", there.name())
                    .log("The password of a role is set again, since the server did not accept it");
            return false;
        }
    }

    /** Sets the password of a role. Only a verifier is sent, so that no log of the server contains the password. */
    void setPassword(ServerSession session, Identity identity, String password) {
        try {
            session.connection()
                    .unwrap(PGConnection.class)
                    .alterUserPassword(identity.role(), password.toCharArray(), "scram-sha-256");
        } catch (SQLException e) {
            throw new UnableToExecuteStatementException(e, null);
        }
    }

    /**
     * Drops the role of an identity that no longer has a database. Revokes privileges that owners of other databases
     * granted to it: PostgreSQL does not drop a role that has any.
     */
    public void drop(ServerSession session, DatabaseStatus there, Identity.Scheme scheme) {
        known.remove(there.identity().uuid());
        ActiveSessions.endApplication(session, there);
        if (tryDrop(session, there)) {
            return;
        }
        try (GrantedPrivileges granted =
                new GrantedPrivileges(session, access, application, there.identity(), scheme)) {
            granted.revoke();
            for (int attempt = 1; attempt < ATTEMPTS && !tryDrop(session, there); attempt++) {
                granted.shutGrantorsOut();
                granted.revoke();
            }
            dropRole(session, there);
        }
    }

    private boolean tryDrop(ServerSession session, DatabaseStatus there) {
        try {
            dropRole(session, there);
            return true;
        } catch (RuntimeException e) {
            if (!SqlStates.STILL_NEEDED.matches(e)) {
                throw e;
            }
            session.recover();
            return false;
        }
    }

    private void dropRole(ServerSession session, DatabaseStatus there) {
        changes.run(session, there, () -> session.execute(DatabaseSql.dropRole(there.identity())));
    }
}
