// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.h2.application.ApplicationSessions;
import dev.allotment.h2.application.H2Errors;
import dev.allotment.h2.application.PasswordVerifier;
import dev.allotment.h2.files.DatabaseDirectory;
import dev.allotment.h2.files.DatabaseFiles;
import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.Router;
import dev.allotment.spi.backend.DatabaseRef;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;

/** Decides whether a tenant's application may connect to its database, and opens its connections. Thread-safe. */
final class H2Admission implements H2LoginDriver.Connector {
    private final DatabaseDirectory directory;
    private final Router<DatabaseRef> router;
    private final ApplicationSessions sessions;
    private final H2Readers readers;

    H2Admission(
            DatabaseDirectory directory, Router<DatabaseRef> router, ApplicationSessions sessions, H2Readers readers) {
        this.readers = readers;
        this.directory = directory;
        this.router = router;
        this.sessions = sessions;
    }

    @Override
    public Connection connect(String name, String user, String password) throws SQLException {
        boolean reads = H2Readers.isReader(user);
        UUID id = reads ? null : DatabaseDirectory.uuid(user);
        if (id == null && !reads) {
            throw H2Errors.unknown();
        }
        try {
            return id == null ? readers.connect(name, user, password) : connect(new DatabaseRef(name, id), password);
        } catch (SaasException e) {
            throw switch (e.code()) {
                case ErrorCodes.DATABASE_UNKNOWN, ErrorCodes.DATABASE_FOREIGN -> H2Errors.unknown();
                case ErrorCodes.BACKEND_CLOSED -> H2Errors.backendClosed(e);
                default -> H2Errors.unavailable(e);
            };
        }
    }

    private Connection connect(DatabaseRef database, String password) throws SQLException {
        // A wrong password must not open the database.
        check(database, password);
        Connections connections = router.to(database);
        Connection administrator = acquire(connections);
        boolean done = false;
        try {
            // Until the connection is released, no operation closes the database or moves its files.
            DatabaseFiles files = check(database, password);
            sessions.prepare(database.uuid(), administrator);
            Connection connection = sessions.connect(database.uuid(), files, H2RowQuotas.anyEnforced(administrator));
            done = true;
            return connection;
        } finally {
            connections.release(administrator, done);
        }
    }

    private static Connection acquire(Connections connections) throws SQLException {
        try {
            return connections.acquire();
        } catch (SQLException e) {
            throw H2Errors.unavailable(e);
        }
    }

    private DatabaseFiles check(DatabaseRef database, String password) throws SQLException {
        DatabaseFiles files = directory.get(database);
        if (!PasswordVerifier.matches(files.verifier(), password)) {
            throw H2Errors.unknown();
        }
        if (!files.isOpen()) {
            throw H2Errors.closed();
        }
        return files;
    }
}
