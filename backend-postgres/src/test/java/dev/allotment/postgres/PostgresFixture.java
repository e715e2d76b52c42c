// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import dev.allotment.DatabaseLogin;
import dev.allotment.postgres.database.DatabaseSql;
import dev.allotment.postgres.database.Identity;
import dev.allotment.postgres.server.PostgresSettings;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.tck.BackendFixture;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** A new catalog on the shared server. */
final class PostgresFixture implements BackendFixture {
    static final String PASSWORD = "a-password_of-an-application";

    /** A schema that builds of this version cannot use. */
    static final String NEWER_SCHEMA = "INSERT INTO allotment.schema_version (version, name, checksum, readable_from)"
            + " VALUES (1000, 'from the future', 'abc', 1000)";

    private static final String INVALID_AUTHORIZATION = "28";
    private static final String TRANSACTION_TIMEOUT = "25P04";
    private static final String NOT_PERMITTED = "42501";

    private final PostgresTestServer server = PostgresTestServer.shared();
    private final Map<String, String> settings;
    /** The port of the pooler; null: none. */
    private final String pooler;

    private final boolean autoCommit;
    private final List<String> foreign = new ArrayList<>();
    private final List<String> owners = new ArrayList<>();

    PostgresFixture(PostgresTestServer.Admin admin, boolean autoCommit, Map<String, String> more) {
        this(admin, autoCommit, more, given -> given);
    }

    /** @param through changes the settings, so that they lead through a pooler */
    PostgresFixture(
            PostgresTestServer.Admin admin,
            boolean autoCommit,
            Map<String, String> more,
            UnaryOperator<Map<String, String>> through) {
        settings = through.apply(server.newCatalog(admin));
        String port = settings.get("url").replaceFirst(".*:([0-9]+)/.*", "$1");
        pooler = port.equals(Integer.toString(server.port())) ? null : port;
        settings.putAll(more);
        this.autoCommit = autoCommit;
    }

    @Override
    public BackendProvider provider() {
        return new PostgresBackendProvider();
    }

    @Override
    public Map<String, String> settings() {
        return Map.copyOf(settings);
    }

    @Override
    public Backend open() {
        return autoCommit
                ? BackendFixture.super.open()
                : new PostgresBackend(
                        PostgresSettings.read(Settings.of(settings)).withAutoCommit(false));
    }

    @Override
    public Map<String, String> wrongSettings() {
        return Map.of(
                "url",
                "jdbc:oracle:thin:system/s3cret-of-nobody@localhost",
                "pool.size",
                "1",
                "client.connections",
                "many",
                "login.connections",
                "0",
                "connect.seconds",
                "-1");
    }

    @Override
    public Optional<Map<String, String>> unreachableSettings() {
        Map<String, String> nowhere = new HashMap<>(settings);
        nowhere.put("url", "jdbc:postgresql://localhost:" + freePort() + "/nowhere");
        // Each call waits for this long before it gives up.
        nowhere.put("connect.seconds", "1");
        return Optional.of(nowhere);
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Scripts scripts() {
        return new Scripts(
                "CREATE TABLE sale_order (id bigint PRIMARY KEY, note text);",
                "INSERT INTO sale_order SELECT COALESCE(max(id), 0) + 1, 'it''s; a note' FROM sale_order;",
                "SELECT this_is_not_there();");
    }

    @Override
    public boolean connects(DatabaseLogin login) {
        try (Connection connection = connect(login)) {
            return connection.isValid(5);
        } catch (SQLException e) {
            String state = String.valueOf(e.getSQLState());
            if (state.startsWith(INVALID_AUTHORIZATION)
                    || state.equals(NOT_PERMITTED)
                    || state.equals("3D000")
                    || state.equals("08004")) {
                return false;
            }
            if (state.equals(TRANSACTION_TIMEOUT)) {
                // The server accepts the login, and a timeout that the tenant has set ends what follows.
                return true;
            }
            throw new IllegalStateException("The server neither accepted nor refused the login", e);
        }
    }

    @Override
    public boolean canMeddle(DatabaseLogin login, RecordType<?> type) {
        String table = "allotment." + type.name();
        String column = type.fields().get(1).column();
        return List.of(
                        "UPDATE " + table + " SET " + column + " = " + column,
                        "DELETE FROM " + table,
                        "TRUNCATE " + table,
                        "DROP TABLE " + table,
                        "ALTER TABLE " + table + " ADD COLUMN x integer",
                        "CREATE TRIGGER x AFTER UPDATE ON " + table
                                + " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
                        "LOCK TABLE " + table + " IN ACCESS SHARE MODE",
                        "DROP SCHEMA allotment CASCADE",
                        "ALTER SCHEMA allotment OWNER TO CURRENT_USER",
                        "CREATE TABLE allotment.x (y integer)")
                .stream()
                .anyMatch(statement -> succeeds(login, statement));
    }

    private boolean succeeds(DatabaseLogin login, String sql) {
        try (Connection connection = connect(login);
                Statement statement = connection.createStatement()) {
            // A login that only reads is to be refused by its rights.
            statement.execute("SET default_transaction_read_only = off");
            connection.setAutoCommit(false);
            statement.execute(sql);
            return true;
        } catch (SQLException e) {
            if (NOT_PERMITTED.equals(e.getSQLState())) {
                return false;
            }
            throw new IllegalStateException("The statement was neither allowed nor forbidden: " + sql, e);
        }
    }

    /** Applications connect to the server, and not to a pooler that nodes use. */
    private Connection connect(DatabaseLogin login) throws SQLException {
        String url = pooler == null ? login.url() : login.url().replace(pooler, Integer.toString(server.port()));
        return DriverManager.getConnection(url, login.user(), login.password());
    }

    @Override
    public boolean putForeign(Backend backend, String name) {
        server.execute("postgres", "CREATE DATABASE \"" + name + "\"");
        foreign.add(name);
        return true;
    }

    /**
     * The database has its own owner, who has an object of each kind in it. The role of the backend is a member of that
     * owner.
     */
    @Override
    public boolean putAdoptable(Backend backend, String name) {
        String owner = name + "-owner";
        server.execute(
                "postgres",
                "DROP ROLE IF EXISTS \"" + owner + "\"",
                "CREATE ROLE \"" + owner + "\" LOGIN PASSWORD 'theirs'",
                "GRANT \"" + owner + "\" TO \"" + settings.get("user") + "\" WITH INHERIT TRUE, SET TRUE",
                "CREATE DATABASE \"" + name + "\" OWNER \"" + owner + "\"");
        server.execute(
                name,
                "SET ROLE \"" + owner + "\"",
                "CREATE SCHEMA theirs",
                "CREATE TYPE theirs.mood AS ENUM ('good')",
                "CREATE TABLE public.notes (id bigserial PRIMARY KEY, mood theirs.mood, text text)",
                "INSERT INTO public.notes (mood, text) VALUES ('good', 'kept')",
                "CREATE VIEW theirs.texts AS SELECT text FROM public.notes",
                "CREATE SEQUENCE theirs.numbers",
                "CREATE FUNCTION theirs.one() RETURNS integer LANGUAGE sql AS 'SELECT 1'");
        foreign.add(name);
        owners.add(owner);
        return true;
    }

    /** The database exists, but is open to every role, and the remaining steps are missing. */
    @Override
    public boolean leaveHalfMade(Backend backend, DatabaseRef database) {
        Identity identity = identity(database);
        server.execute(
                "postgres",
                "SET ROLE \"" + settings.get("user") + "\"",
                "BEGIN; " + String.join("; ", DatabaseSql.createRole(identity)) + "; COMMIT",
                DatabaseSql.createDatabase(database.name(), identity, "template1", false));
        return true;
    }

    /** Leaves what an interrupted DROP DATABASE leaves. */
    @Override
    public boolean leaveHalfDropped(Backend backend, DatabaseRef database) {
        server.execute(
                "postgres", "UPDATE pg_database SET datconnlimit = -2 WHERE datname = '" + database.name() + "'");
        return true;
    }

    @Override
    public boolean putNewer(Backend backend, RecordType<?> type, long id, RecordType.Field field, String constant) {
        server.execute(
                catalog(),
                "UPDATE allotment." + type.name() + " SET " + field.column() + " = '" + constant + "' WHERE id = "
                        + id);
        return true;
    }

    @Override
    public boolean putNewerSchema() {
        server.execute(catalog(), NEWER_SCHEMA);
        return true;
    }

    @Override
    public boolean damage(Backend backend, DatabaseRef database) {
        server.execute(database.name(), "ALTER TABLE allotment.parameters RENAME COLUMN value TO damaged");
        return true;
    }

    /** The content starts with the format and the numbers of the migrations of the base schema. */
    @Override
    public Optional<byte[]> ofVersion(byte[] content, int version) {
        ByteArrayOutputStream relabelled = new ByteArrayOutputStream();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(content));
                DataOutputStream out = new DataOutputStream(relabelled)) {
            out.writeByte(in.readByte());
            out.writeInt(in.readInt());
            byte[] format = in.readNBytes(in.readInt());
            out.writeInt(format.length);
            out.write(format);
            List<String> migrations =
                    List.of(new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8).split(" "));
            String of = version > migrations.size()
                    ? String.join(" ", migrations) + " 1000"
                    : String.join(" ", migrations.subList(0, version));
            out.writeInt(of.length());
            out.writeBytes(of);
            in.transferTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Optional.of(relabelled.toByteArray());
    }

    @Override
    public Optional<Set<String>> objects() {
        Set<String> names = new TreeSet<>(roles());
        names.addAll(server.values(
                "postgres",
                "SELECT datname FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE starts_with(rolname, '"
                        + scheme().rolePrefix() + "')"));
        return Optional.of(names);
    }

    Identity identity(DatabaseRef database) {
        return scheme().of(database.uuid());
    }

    private Identity.Scheme scheme() {
        return new Identity.Scheme(UUID.fromString(server.value(catalog(), "SELECT id FROM allotment.installation")));
    }

    /** The name of the database of the catalog. */
    String catalog() {
        return PostgresSettings.read(Settings.of(settings)).url().database();
    }

    /** The names of the roles of all databases of this control plane. */
    List<String> roles() {
        return server.values(
                "postgres",
                "SELECT rolname FROM pg_roles WHERE starts_with(rolname, '" + scheme().rolePrefix() + "')"
                        + " AND rolname <> '" + quotaOwner() + "'");
    }

    /** The name of the role that owns tables with record quotas. */
    String quotaOwner() {
        return scheme().quotaOwner();
    }

    @Override
    public void close() {
        String quotaOwner = "";
        String installation = "SELECT to_regclass('allotment.installation') IS NOT NULL";
        if (server.value(catalog(), installation).equals("t")) {
            String prefix = scheme().rolePrefix();
            server.values(
                            "postgres",
                            "SELECT datname FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba"
                                    + " WHERE starts_with(rolname, '" + prefix + "')")
                    .forEach(name -> server.execute("postgres", DatabaseSql.drop(name)));
            roles().forEach(role -> server.execute("postgres", "DROP ROLE \"" + role + "\""));
            quotaOwner = quotaOwner();
        }
        foreign.forEach(name -> server.execute("postgres", DatabaseSql.drop(name)));
        if (!quotaOwner.isEmpty()) {
            server.execute("postgres", "DROP ROLE IF EXISTS \"" + quotaOwner + "\"");
        }
        owners.forEach(owner -> server.execute("postgres", "DROP ROLE IF EXISTS \"" + owner + "\""));
        server.execute("postgres", DatabaseSql.drop(catalog()));
    }
}
