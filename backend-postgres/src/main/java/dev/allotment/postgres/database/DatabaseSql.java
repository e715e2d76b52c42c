// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.jdbc.Schema;
import java.util.ArrayList;
import java.util.List;

/** The statements about databases and their roles. Names are quoted here, and nowhere else. */
public final class DatabaseSql {
    /** Whoever owns the database that a session is in; so what belongs to it needs no new owner in a copy. */
    static final String DATABASE_OWNER = "pg_database_owner";

    /** For one transaction, which counts only together with another one after it. */
    public static final String DO_NOT_WAIT_FOR_DISK = "SET LOCAL synchronous_commit = off";

    private static final String FOREVER = " VALID UNTIL 'infinity'";

    private DatabaseSql() {}

    private static String q(String name) {
        return Schema.quoted(name);
    }

    /**
     * For one transaction. No session can be opened with it: a limit of none says that the database is not made to the end.
     * The disk is not waited for, since the role is worth nothing until the database is stored, and everything before with it.
     */
    public static String[] createRole(Identity identity) {
        return new String[] {
            // PostgreSQL gives the maker of a role the right to manage it, and with this the right to act for it.
            "SET LOCAL createrole_self_grant = 'set, inherit'",
            DO_NOT_WAIT_FOR_DISK,
            "CREATE ROLE " + q(identity.role()) + " NOLOGIN CONNECTION LIMIT 0"
        };
    }

    /** For one transaction: as {@link #createRole} leaves it. */
    static String[] resetRole(Identity identity) {
        return new String[] {
            DO_NOT_WAIT_FOR_DISK,
            "ALTER ROLE " + q(identity.role()) + " NOLOGIN CONNECTION LIMIT 0 PASSWORD NULL" + FOREVER
        };
    }

    /** Lets one session in, whose password nobody else knows; that it does so until some time only says that it is not finished. */
    static String loadRole(Identity identity, String until) {
        return "ALTER ROLE " + q(identity.role()) + " LOGIN CONNECTION LIMIT 1 VALID UNTIL '" + until + "'";
    }

    /** Whatever password it may have by now. */
    static String loadedRole(Identity identity) {
        return "ALTER ROLE " + q(identity.role()) + " NOLOGIN PASSWORD NULL";
    }

    static String finishRole(Identity identity, int connections) {
        return "ALTER ROLE " + q(identity.role()) + " CONNECTION LIMIT " + connections + FOREVER;
    }

    public static String openRole(Identity identity, int connections) {
        return "ALTER ROLE " + q(identity.role()) + " LOGIN CONNECTION LIMIT " + connections;
    }

    public static String closeRole(Identity identity) {
        return "ALTER ROLE " + q(identity.role()) + " NOLOGIN";
    }

    static String dropRole(Identity identity) {
        return "DROP ROLE IF EXISTS " + q(identity.role());
    }

    /** Nobody can connect to it yet: until then it would let everybody in. */
    public static String createDatabase(String name, Identity owner, String template) {
        return "CREATE DATABASE " + q(name) + " OWNER " + q(owner.role()) + " TEMPLATE " + q(template)
                + " ALLOW_CONNECTIONS false";
    }

    public static String allowConnections(String name, boolean allow) {
        return "ALTER DATABASE " + q(name) + " ALLOW_CONNECTIONS " + allow;
    }

    public static String rename(String name, String newName) {
        return "ALTER DATABASE " + q(name) + " RENAME TO " + q(newName);
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

    /** Refused where anybody is connected to it; PostgreSQL's own vacuuming does not count. */
    static String dropUnused(String name) {
        return "DROP DATABASE IF EXISTS " + q(name);
    }

    static String lockOut(String name) {
        return "REVOKE ALL ON DATABASE " + q(name) + " FROM PUBLIC";
    }

    /**
     * The rights on a client database as they have to be: everything for its owner, what scripts need for them, and nothing for
     * anybody else. Neither a copy nor what an owner did to its database has them.
     *
     * @param strangers who has rights now and must not, as the server prints them
     */
    public static List<String> rights(String name, Identity identity, List<String> strangers) {
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
