// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.postgres.server.ServerSession;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a server has under a name and for an identity, at one moment.
 *
 * @param name that was looked for
 * @param owner the role of the identity
 * @param named the database of that name, whoever's it is
 */
public record DatabaseStatus(
        String name,
        Identity identity,
        @Nullable Owner owner,
        @Nullable Database named) {
    /**
     * The role of an identity.
     *
     * @param finished whether its database was made to the end; stored as a connection limit other than none, for ever, which
     *     only an administrator can set
     */
    record Owner(long oid, boolean finished) {}

    /**
     * A database.
     *
     * @param role its owner's name
     * @param accepting false: nobody can connect, not even an administrator
     * @param limited whether its owner lets no more than so many connect, an administrator among them
     * @param broken left behind by a DROP DATABASE that was interrupted; nothing but dropping it again is possible
     * @param strangers who got rights on it from its owner: PUBLIC or names of roles
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
            SELECT r.oid, r.rolconnlimit <> 0 AND COALESCE(r.rolvaliduntil, 'infinity') = 'infinity' AS finished,
                   d.oid, d.datname, o.rolname, d.datallowconn, d.datconnlimit >= 0, d.datconnlimit = -2, d.datistemplate,
                   ARRAY(SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE CAST(CAST(a.grantee AS regrole) AS text) END
                         FROM aclexplode(d.datacl) a
                         WHERE a.grantee NOT IN (d.datdba, CAST('pg_database_owner' AS regrole)))
            FROM (SELECT) one
            LEFT JOIN pg_roles r ON r.rolname = :role
            LEFT JOIN pg_database d ON d.datname = :name
            LEFT JOIN pg_roles o ON o.oid = d.datdba
            """;

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

    /** Looks now. */
    public static DatabaseStatus of(ServerSession session, String name, Identity identity) {
        return session.query(
                READ,
                query -> query.bind("role", identity.role())
                        .bind("name", name)
                        .map((row, context) -> read(row, name, identity))
                        .one());
    }

    private static DatabaseStatus read(ResultSet row, String name, Identity identity) throws SQLException {
        long role = row.getLong(1);
        Owner owner = row.wasNull() ? null : new Owner(role, row.getBoolean(2));
        long database = row.getLong(3);
        Database named = row.wasNull()
                ? null
                : new Database(
                        database,
                        row.getString(4),
                        row.getString(5),
                        row.getBoolean(6),
                        row.getBoolean(7),
                        row.getBoolean(8),
                        row.getBoolean(9),
                        List.of((String[]) row.getArray(10).getArray()));
        return new DatabaseStatus(name, identity, owner, named);
    }

    /** The names of all databases of this identity: one, or none, unless somebody meddled. */
    public List<String> owned(ServerSession session) {
        return owner == null
                ? List.of()
                : session.query(
                        OWNED,
                        query -> query.bind("owner", owner.oid())
                                .mapTo(String.class)
                                .list());
    }

    /** Whether a role owns anything, or has rights on anything, in a database. */
    static boolean hasObjects(ServerSession session, String database, Identity identity) {
        return session.query(
                HAS_OBJECTS,
                query -> query.bind("database", database)
                        .bind("role", identity.role())
                        .mapTo(Boolean.class)
                        .one());
    }

    /** Whether the name is somebody else's. */
    public boolean isForeign() {
        return named != null && !named.role().equals(identity.role());
    }

    /** Whether the database is there, is this identity's, and was made to the end. */
    public boolean isMade() {
        return named != null && !isForeign() && !named.broken() && owner != null && owner.finished();
    }

    /** The database, where there is one of this name. */
    public Database present() {
        return Objects.requireNonNull(named);
    }

    /**
     * Itself, where the database is there, is this identity's and made to the end.
     *
     * @throws SaasException {@code database.unknown}, {@code database.foreign}
     */
    public DatabaseStatus made() {
        checkNotForeign();
        if (!isMade()) {
            throw unknown(name);
        }
        return this;
    }

    /**
     * Refuses what is somebody else's.
     *
     * @throws SaasException {@code database.foreign}
     */
    public void checkNotForeign() {
        if (isForeign()) {
            throw foreign(name);
        }
    }

    public static SaasException unknown(String name) {
        return new SaasException(
                ErrorCategory.NOT_FOUND,
                ErrorCodes.DATABASE_UNKNOWN,
                "There is no database " + name + ".",
                Map.of("database", name),
                false,
                null);
    }

    public static SaasException foreign(String name) {
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.DATABASE_FOREIGN,
                "Database " + name + " is there, but was not made for this tenant. It is left alone.",
                Map.of("database", name),
                false,
                null);
    }
}
