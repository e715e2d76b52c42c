// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.postgres.server.ServerSession;
import dev.allotment.spi.backend.FencingToken;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a server has under a name and for an identity, at one moment.
 *
 * @param name the name of the database
 * @param owner the role of the identity, if it exists
 * @param named the database with that name, if it exists, no matter who owns it
 */
public record DatabaseStatus(
        String name,
        Identity identity,
        @Nullable Owner owner,
        @Nullable Database named) {
    /**
     * The role of an identity.
     *
     * @param finished whether the creation of its database was completed, see {@link DatabaseSql#isFinished}
     * @param open whether the application can sign in
     * @param token the fencing token of the last change to the database; null if none is stored. It is the comment on
     *     the role, which only an administrator can set
     */
    record Owner(
            long oid,
            boolean finished,
            boolean open,
            @Nullable FencingToken token) {}

    /**
     * A database.
     *
     * @param role its owner's name
     * @param accepting whether the database accepts connections at all, including those of administrators
     * @param limited whether its owner limited the number of connections, which counts for administrators, too
     * @param broken whether a DROP DATABASE was interrupted. Such a database can only be dropped again
     * @param strangers the other roles that its owner granted privileges on it, or PUBLIC
     */
    public record Database(
            long oid,
            String name,
            String role,
            boolean accepting,
            boolean limited,
            boolean broken,
            boolean template,
            List<String> strangers) {}

    private static final String READ = """
            SELECT r.oid, %s AS finished,
                   r.rolcanlogin, shobj_description(r.oid, 'pg_authid'),
                   d.oid, d.datname, o.rolname, d.datallowconn, d.datconnlimit >= 0, d.datconnlimit = -2, d.datistemplate,
                   ARRAY(SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE CAST(CAST(a.grantee AS regrole) AS text) END
                         FROM aclexplode(d.datacl) a
                         WHERE a.grantee NOT IN (d.datdba, CAST('pg_database_owner' AS regrole)))
            FROM (SELECT) one
            LEFT JOIN pg_roles r ON r.rolname = :role
            LEFT JOIN pg_database d ON d.datname = :name
            LEFT JOIN pg_roles o ON o.oid = d.datdba
            """.formatted(DatabaseSql.isFinished("r"));

    private static final String FROM = "FROM (SELECT) one";

    private static final String USED =
            ", EXISTS (SELECT FROM pg_stat_activity s WHERE s.datid = d.oid AND s.backend_type = 'client backend')";

    private static final String RECORDED = "EXISTS (SELECT FROM allotment.operations"
            + " WHERE uuid = CAST(? AS uuid) AND fencing_token = CAST(? AS bigint) AND state = 'RUNNING') ";

    private static final String OWNED = """
            SELECT d.datname
            FROM pg_shdepend s JOIN pg_database d ON d.oid = s.objid
            WHERE s.refclassid = CAST('pg_authid' AS regclass) AND s.refobjid = CAST(:owner AS oid)
              AND s.classid = CAST('pg_database' AS regclass) AND s.dbid = 0 AND s.deptype = 'o'
            ORDER BY d.datname
            """;

    private static final String HAS_OBJECTS = """
            SELECT EXISTS (
                SELECT FROM pg_shdepend s
                JOIN pg_roles r ON r.oid = s.refobjid
                JOIN pg_database d ON d.oid = s.dbid
                WHERE s.refclassid = CAST('pg_authid' AS regclass) AND r.rolname = :role AND d.datname = :database)
            """;

    /**
     * Starts a transaction that has the lock of an identity, and reads what the server has under some names.
     *
     * @return a status for each name
     */
    public static List<DatabaseStatus> startTransaction(ServerSession session, Identity identity, List<String> names) {
        String sql = READ.replace(":role", "?").replace(":name", "?");
        return session.startTransaction(
                identity.lockKey(),
                names.stream()
                        .map(name -> new ServerSession.RowQuery<>(
                                sql, List.of(identity.role(), name), row -> read(row, name, identity)))
                        .toList());
    }

    /**
     * What a claim has to know.
     *
     * @param spare under its own name
     * @param target under the name of the tenant
     * @param used whether sessions are connected to the spare
     * @param recorded whether the catalog has the operation, running and with its token
     */
    public record Claim(DatabaseStatus spare, DatabaseStatus target, boolean used, boolean recorded) {}

    /** Starts a transaction like {@link #startTransaction}, for a claim. */
    public static Claim startClaim(
            ServerSession session, Identity identity, String spare, String target, @Nullable FencingToken recorded) {
        String sql = READ.replace(":role", "?").replace(":name", "?");
        List<String> parameters = new ArrayList<>(List.of(identity.role(), spare));
        if (recorded != null) {
            parameters.add(0, Long.toString(recorded.takeovers()));
            parameters.add(0, recorded.operation().toString());
        }
        String more = USED + ", " + (recorded == null ? "true " : RECORDED);
        List<Claim> found = session.startTransaction(
                identity.lockKey(),
                List.of(
                        new ServerSession.RowQuery<>(sql.replace(FROM, more + FROM), parameters, row -> {
                            DatabaseStatus status = read(row, spare, identity);
                            return new Claim(status, status, row.getBoolean(13), row.getBoolean(14));
                        }),
                        new ServerSession.RowQuery<>(sql, List.of(identity.role(), target), row -> {
                            DatabaseStatus status = read(row, target, identity);
                            return new Claim(status, status, false, true);
                        })));
        Claim first = found.get(0);
        return new Claim(first.spare(), found.get(1).target(), first.used(), first.recorded());
    }

    /** Whether the catalog on this server has the operation of a token, running and with that token. */
    public static boolean isRecorded(ServerSession session, FencingToken token) {
        return session.query(
                "SELECT " + RECORDED.replaceFirst("\\?", ":operation").replaceFirst("\\?", ":takeovers"),
                query -> query.bind("operation", token.operation().toString())
                        .bind("takeovers", Long.toString(token.takeovers()))
                        .mapTo(Boolean.class)
                        .one());
    }

    /** Reads the status now. */
    public static DatabaseStatus of(ServerSession session, String name, Identity identity) {
        return session.query(
                READ,
                query -> query.bind("role", identity.role())
                        .bind("name", name)
                        .map((row, context) -> read(row, name, identity))
                        .one());
    }

    /** Reads the same status now. */
    DatabaseStatus again(ServerSession session) {
        return of(session, name, identity);
    }

    private static DatabaseStatus read(ResultSet row, String name, Identity identity) throws SQLException {
        long role = row.getLong(1);
        Owner owner = row.wasNull()
                ? null
                : new Owner(role, row.getBoolean(2), row.getBoolean(3), FencingToken.parse(row.getString(4)));
        long database = row.getLong(5);
        Database named = row.wasNull()
                ? null
                : new Database(
                        database,
                        row.getString(6),
                        row.getString(7),
                        row.getBoolean(8),
                        row.getBoolean(9),
                        row.getBoolean(10),
                        row.getBoolean(11),
                        List.of((String[]) row.getArray(12).getArray()));
        return new DatabaseStatus(name, identity, owner, named);
    }

    /**
     * Returns the names of all databases of this identity. It has at most one, unless an administrator changed owners.
     */
    public List<String> owned(ServerSession session) {
        return owner == null
                ? List.of()
                : session.query(
                        OWNED,
                        query -> query.bind("owner", owner.oid())
                                .mapTo(String.class)
                                .list());
    }

    /** Whether a role owns objects or has privileges in a database. */
    static boolean hasObjects(ServerSession session, String database, Identity identity) {
        return session.query(
                HAS_OBJECTS,
                query -> query.bind("database", database)
                        .bind("role", identity.role())
                        .mapTo(Boolean.class)
                        .one());
    }

    /** Whether the database with this name belongs to another role. */
    public boolean isForeign() {
        return named != null && !named.role().equals(identity.role());
    }

    /** Whether the database exists, belongs to this identity, and is finished. */
    public boolean isFinished() {
        return named != null && !isForeign() && !named.broken() && owner != null && owner.finished();
    }

    /** Whether the application can sign in to the database of this identity. */
    public boolean isOpen() {
        return owner != null && owner.open();
    }

    /** The oid of the role of this identity, or 0 if there is none. */
    long role() {
        return owner == null ? 0 : owner.oid();
    }

    /** The oid of the database with this name, or 0 if there is none of this identity. */
    long database() {
        return named == null || isForeign() ? 0 : named.oid();
    }

    /** Returns the fencing token of the last change to the database; null if none is stored. */
    public @Nullable FencingToken token() {
        return owner == null ? null : owner.token();
    }

    /** Returns the database with this name, which must exist. */
    public Database present() {
        return Objects.requireNonNull(named);
    }

    /**
     * Returns this status, if the database exists, belongs to this identity, and is finished.
     *
     * @throws SaasException {@code database.unknown}, {@code database.foreign}
     */
    public DatabaseStatus requireFinished() {
        checkNotForeign();
        if (!isFinished()) {
            throw unknown(name, null);
        }
        return this;
    }

    /**
     * Refuses a database that belongs to another role.
     *
     * @throws SaasException {@code database.foreign}
     */
    public void checkNotForeign() {
        if (isForeign()) {
            throw foreign(name, null);
        }
    }

    public static SaasException unknown(String name, @Nullable Throwable cause) {
        return new SaasException(
                ErrorCategory.NOT_FOUND,
                ErrorCodes.DATABASE_UNKNOWN,
                "Database " + name + " does not exist.",
                Map.of("database", name),
                false,
                cause);
    }

    public static SaasException foreign(String name, @Nullable Throwable cause) {
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.DATABASE_FOREIGN,
                "Database " + name + " exists, but does not belong to this tenant. It is left unchanged.",
                Map.of("database", name),
                false,
                cause);
    }
}
