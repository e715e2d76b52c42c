// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import dev.allotment.ErrorCodes;
import dev.allotment.Health;
import dev.allotment.SaasException;
import dev.allotment.jdbc.Connections;
import dev.allotment.postgres.database.DatabaseStatus;
import dev.allotment.postgres.database.Identity;
import dev.allotment.postgres.server.PostgresSettings;
import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.postgres.server.ServerSession;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseSource;
import dev.allotment.spi.backend.TransferFormat;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server that was restored to a point in time. Its roles, marks and databases are copies of those of a
 * server in use. A database is read in one transaction, which is rolled back. Nothing else is prepared, migrated or
 * repaired there. Thread-safe.
 */
final class PostgresSource implements DatabaseSource {
    private static final String MIGRATIONS = "SELECT checksum FROM allotment.schema_version ORDER BY version";

    private static final String ROLES =
            "SELECT rolname FROM pg_roles WHERE rolname ~ concat('^allotment_[0-9a-f]{12}_', :uuid, '$')";

    private final PostgresSettings settings;
    private final ServerAccess access;
    private final Connections connections;
    private final Identity.Scheme scheme;

    PostgresSource(PostgresSettings settings, UUID installation) {
        this.settings = settings;
        access = new ServerAccess(settings, PostgresBackend.CONTROL_STATEMENTS);
        connections = access.unpooled();
        scheme = new Identity.Scheme(installation);
    }

    /** Reading needs views for a moment, which a standby does not have. */
    @Override
    public Health health() {
        return PostgresBackend.check(connections);
    }

    @Override
    public TransferFormat transferFormat() {
        return PostgresBackend.transferFormat();
    }

    @Override
    public @Nullable DatabaseRef find(UUID uuid) {
        return onServer("Looking for a database of a source", session -> {
            List<String> names =
                    DatabaseStatus.of(session, "", identity(session, uuid)).owned(session);
            return names.isEmpty() ? null : new DatabaseRef(names.get(0), uuid);
        });
    }

    /**
     * The catalog has another identity on its own server, of which this may be a copy. So the role of a tenant may be
     * that of either one. No other control plane has the tenant's UUID, unless its catalog is a copy.
     */
    private Identity identity(ServerSession session, UUID uuid) {
        Identity own = scheme.of(uuid);
        List<String> roles = session.query(
                ROLES,
                query -> query.bind("uuid", uuid.toString().replace("-", ""))
                        .mapTo(String.class)
                        .list());
        if (roles.isEmpty() || roles.contains(own.role())) {
            return own;
        }
        if (roles.size() > 1) {
            throw SaasException.conflict(
                    ErrorCodes.DATABASE_FOREIGN,
                    "The source has databases of several control planes for tenant " + uuid
                            + ". Drop those of the other control planes on the source.");
        }
        return new Identity(uuid, roles.get(0));
    }

    @Override
    public void send(DatabaseRef database, Consumer<? super InputStream> receiver) {
        access.checkPooler();
        onServer(
                "Looking for database " + database.name(),
                session -> DatabaseStatus.of(session, database.name(), identity(session, database.uuid()))
                        .requireFinished());
        PostgresDatabases.Opening opening = () -> access.connectUnguarded(database.name());
        PostgresDatabases.read(
                settings,
                database,
                new PostgresDatabases.Openings(opening, opening),
                connection -> version(connection, database.name()),
                null,
                (control, sender) -> receiver.accept(sender));
    }

    @Override
    public List<String> transferDoubts(DatabaseRef database) {
        PostgresDatabases.Opening opening = () -> access.connectUnguarded(database.name());
        return PostgresDatabases.doubts(settings, database, new PostgresDatabases.Openings(opening, opening));
    }

    /** The version that the database has, which may be older than that of this build. */
    private static String version(Connection connection, String database) throws SQLException {
        List<String> checksums = new ArrayList<>();
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery(MIGRATIONS)) {
            while (row.next()) {
                checksums.add(row.getString(1));
            }
        }
        String version = String.join(" ", checksums);
        if (!(PostgresBackend.tenantVersion(PostgresBackend.TENANT_SCHEMA) + " ").startsWith(version + " ")) {
            throw SaasException.unsupported(
                    ErrorCodes.BACKEND_UNSUPPORTED,
                    "Database " + database
                            + " of the source was changed by a newer version of the program. Read it with"
                            + " that version, or a newer one.");
        }
        return version;
    }

    private <T extends @Nullable Object> T onServer(String what, Function<ServerSession, T> action) {
        try (ServerSession session = ServerSession.open(connections, what)) {
            return action.apply(session);
        } catch (RuntimeException e) {
            throw ServerSession.failure(what, e);
        }
    }

    @Override
    public void close() {
        // Each connection is closed after its use.
    }
}
