// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.jdbc.Schema;
import dev.allotment.postgres.transfer.DatabaseLocale;
import dev.allotment.spi.backend.FencingToken;
import java.util.ArrayList;
import java.util.List;

/** The SQL statements for databases and their roles. All names in them are quoted. */
public final class DatabaseSql {
    /**
     * The predefined role of the owner of the current database. Objects that belong to it need no new owner in a copy.
     */
    static final String DATABASE_OWNER = "pg_database_owner";

    /** For a transaction whose result only matters together with a later one. */
    public static final String DO_NOT_WAIT_FOR_DISK = "SET LOCAL synchronous_commit = off";

    private static final String FOREVER = " VALID UNTIL 'infinity'";

    /**
     * An expiry date of a role with this fraction of a second marks its database as unfinished. Only an administrator
     * can set one, and no administrator who locks a tenant out by a date chooses this one.
     */
    private static final int UNFINISHED_MICROSECONDS = 271_828;

    private static final String NEVER = " VALID UNTIL '2000-01-01 00:00:00." + UNFINISHED_MICROSECONDS + "+00'";

    private DatabaseSql() {}

    private static String q(String name) {
        return Schema.quoted(name);
    }

    /**
     * Returns the condition that the creation of the database of a role was completed.
     *
     * @param role the alias of {@code pg_roles}, which need not have a row
     */
    static String isFinished(String role) {
        return "NOT COALESCE(isfinite(" + role + ".rolvaliduntil) AND CAST(EXTRACT(microseconds FROM " + role
                + ".rolvaliduntil) AS bigint) % 1000000 = " + UNFINISHED_MICROSECONDS + ", false)";
    }

    /** Returns an expiry date some minutes from now that marks the database as unfinished. */
    static String soon(String now, int minutes) {
        return "date_trunc('second', " + now + ") + INTERVAL '" + minutes + " minutes " + "0." + UNFINISHED_MICROSECONDS
                + " seconds'";
    }

    /**
     * Returns statements for one transaction that create a role. Its expiry date marks its database as unfinished. The
     * commit does not wait for the disk: the role has no use until its database is stored, and that stores the role,
     * too.
     */
    public static String[] createRole(Identity identity) {
        return new String[] {
            // The role that creates another one may manage it. With this setting, it may also act as that role.
            "SET LOCAL createrole_self_grant = 'set, inherit'",
            DO_NOT_WAIT_FOR_DISK,
            "CREATE ROLE " + q(identity.role()) + " NOLOGIN CONNECTION LIMIT 0" + NEVER
        };
    }

    /** Returns statements for one transaction that reset a role to what {@link #createRole} creates. */
    static String[] resetRole(Identity identity) {
        return new String[] {
            DO_NOT_WAIT_FOR_DISK,
            "ALTER ROLE " + q(identity.role()) + " NOLOGIN CONNECTION LIMIT 0 PASSWORD NULL" + NEVER
        };
    }

    /**
     * Allows one session with a password that no other process knows.
     *
     * @param until see {@link #soon}
     */
    static String loadRole(Identity identity, String until) {
        return "ALTER ROLE " + q(identity.role()) + " LOGIN CONNECTION LIMIT 1 VALID UNTIL '" + until + "'";
    }

    /** Locks the role out after {@link #loadRole}, and removes its password. */
    static String loadedRole(Identity identity) {
        return "ALTER ROLE " + q(identity.role()) + " NOLOGIN PASSWORD NULL";
    }

    static String finishRole(Identity identity, int connections) {
        return "ALTER ROLE " + q(identity.role()) + " CONNECTION LIMIT " + connections + FOREVER;
    }

    public static String openRole(Identity identity, int connections) {
        return "ALTER ROLE " + q(identity.role()) + " LOGIN CONNECTION LIMIT " + connections;
    }

    /**
     * Returns statements for one transaction that create a role for one purpose. The commit does not wait for the disk:
     * after a crash of the server, what the role was created for has failed.
     *
     * @param options of CREATE ROLE
     * @param more statements that give the role its rights
     */
    static List<String> createOneOffRole(String role, String options, List<String> more) {
        List<String> statements = new ArrayList<>(List.of(
                // The role that creates another one may manage it. With this setting, it may also act as that role.
                "SET LOCAL createrole_self_grant = 'set, inherit'",
                DO_NOT_WAIT_FOR_DISK,
                "CREATE ROLE " + q(role) + " " + options));
        statements.addAll(more);
        return statements;
    }

    /** Returns the statement that gives a role the rights of a tenant. */
    static String grantRights(Identity tenant, String role) {
        return "GRANT " + q(tenant.role()) + " TO " + q(role) + " WITH INHERIT TRUE, SET TRUE";
    }

    /**
     * Returns statements that let a role connect to a database, and note whom it belongs to: the membership gives it no
     * right. The setting is against mistakes. The session can change it.
     */
    static List<String> admitReader(String name, Identity tenant, String role) {
        return List.of(
                "GRANT " + q(tenant.role()) + " TO " + q(role) + " WITH INHERIT FALSE, SET FALSE",
                "GRANT CONNECT ON DATABASE " + q(name) + " TO " + q(role),
                "ALTER ROLE " + q(role) + " SET default_transaction_read_only = on");
    }

    /** Stores the fencing token of a change, in the transaction that makes the change. */
    public static String store(Identity identity, FencingToken token) {
        return "COMMENT ON ROLE " + q(identity.role()) + " IS '" + token.encoded() + "'";
    }

    public static String closeRole(Identity identity) {
        return "ALTER ROLE " + q(identity.role()) + " NOLOGIN";
    }

    static String dropRole(Identity identity) {
        return "DROP ROLE IF EXISTS " + q(identity.role());
    }

    /**
     * Creates a database that refuses connections. Until its privileges are set, it would accept every role.
     *
     * @param byFiles whether to copy the files of the template between two checkpoints, or to write all pages to the
     *     log
     */
    public static String createDatabase(String name, Identity owner, String template, boolean byFiles) {
        return "CREATE DATABASE " + q(name) + " OWNER " + q(owner.role()) + " TEMPLATE " + q(template) + " STRATEGY "
                + (byFiles ? "FILE_COPY" : "WAL_LOG") + " ALLOW_CONNECTIONS false";
    }

    /** Creates a database with another locale and nothing in it. */
    static String createDatabase(String name, Identity owner, DatabaseLocale locale) {
        return "CREATE DATABASE " + q(name) + " OWNER " + q(owner.role()) + " TEMPLATE template0 ENCODING 'UTF8'"
                + locale.options() + " ALLOW_CONNECTIONS false";
    }

    public static String allowConnections(String name, boolean allow) {
        return "ALTER DATABASE " + q(name) + " ALLOW_CONNECTIONS " + allow;
    }

    public static String rename(String name, String newName) {
        return "ALTER DATABASE " + q(name) + " RENAME TO " + q(newName);
    }

    /**
     * Returns statements for one transaction that exchange the names of two databases and of their roles, and mark the
     * second database, which has the former name and role of the other one then, as unfinished. Each database keeps its
     * objects and their owner, which has another name. The names in between are never seen: no name of a tenant has an
     * underscore.
     */
    static List<String> replacement(String name, Identity identity, String by, Identity other) {
        String between = between(other);
        List<String> statements =
                new ArrayList<>(List.of(rename(name, between), rename(by, name), rename(between, by)));
        statements.addAll(exchange(identity, other));
        statements.add("ALTER ROLE " + q(other.role()) + " NOLOGIN CONNECTION LIMIT 0 PASSWORD NULL" + NEVER);
        statements.add(allowConnections(name, true));
        return statements;
    }

    private static String between(Identity identity) {
        return identity.role() + "_old";
    }

    /** Returns statements for one transaction that exchange the names of the roles of two databases. */
    static List<String> exchange(Identity identity, Identity other) {
        String between = between(other);
        return List.of(
                renameRole(identity.role(), between),
                renameRole(other.role(), identity.role()),
                renameRole(between, other.role()));
    }

    private static String renameRole(String role, String newName) {
        return "ALTER ROLE " + q(role) + " RENAME TO " + q(newName);
    }

    static String setOwner(String name, Identity owner) {
        return "ALTER DATABASE " + q(name) + " OWNER TO " + q(owner.role());
    }

    public static String isTemplate(String name, boolean template) {
        return "ALTER DATABASE " + q(name) + " IS_TEMPLATE " + template;
    }

    public static String drop(String name) {
        return dropUnused(name) + " WITH (FORCE)";
    }

    /** PostgreSQL refuses this if a session is connected. An autovacuum worker does not count. */
    static String dropUnused(String name) {
        return "DROP DATABASE IF EXISTS " + q(name);
    }

    static String lockOut(String name) {
        return "REVOKE ALL ON DATABASE " + q(name) + " FROM PUBLIC";
    }

    /**
     * Returns statements that set the privileges on a tenant database: all for its owner, what scripts need, and none
     * for other roles. A copy has other privileges, and so does a database whose owner changed them.
     *
     * @param strangers other roles that have privileges now, as the server prints them
     */
    public static List<String> privileges(String name, Identity identity, List<String> strangers) {
        List<String> statements = new ArrayList<>();
        statements.add(lockOut(name));
        for (String stranger : strangers) {
            if (!stranger.equals("PUBLIC")) {
                statements.add("REVOKE ALL ON DATABASE " + q(name) + " FROM " + stranger + " CASCADE");
            }
        }
        statements.add("GRANT ALL ON DATABASE " + q(name) + " TO " + q(identity.role()));
        statements.add("GRANT CREATE, TEMPORARY ON DATABASE " + q(name) + " TO " + DATABASE_OWNER);
        statements.add(allowConnections(name, true));
        statements.add("ALTER DATABASE " + q(name) + " CONNECTION LIMIT -1");
        return statements;
    }
}
