// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.server;

import dev.allotment.jdbc.Failures;
import java.sql.SQLException;

/** What PostgreSQL says with a SQLState, as far as something can be done about it. */
public enum SqlStates {
    UNKNOWN_DATABASE("3D000"),
    UNKNOWN_TABLE("42P01"),
    UNKNOWN_SCHEMA("3F000"),
    DUPLICATE_DATABASE("42P04"),
    /** What two get who give the same name at the same time. */
    DUPLICATE_ENTRY("23505"),
    /** Sessions are connected to it. */
    DATABASE_IN_USE("55006"),
    /** It accepts no connections, or is broken. */
    NOT_CONNECTABLE("55000"),
    NOT_PERMITTED("42501"),
    /** Took longer than it may. */
    CANCELED("57014"),
    /** As many are connected as may be: to it, as its role, or to the server. */
    TOO_MANY_CONNECTIONS("53300"),
    /** Two have changed the same row of a system table, which nobody waits for; also what PostgreSQL calls internal errors. */
    CHANGED_MEANWHILE("XX000"),
    /** A role has rights or owns something somewhere. */
    STILL_NEEDED("2BP01");

    private final String state;

    SqlStates(String state) {
        this.state = state;
    }

    /** Whether a name of a database was taken. */
    public static boolean isNameTaken(Throwable error) {
        return DUPLICATE_DATABASE.matches(error) || DUPLICATE_ENTRY.matches(error);
    }

    public boolean matches(Throwable error) {
        SQLException sql = Failures.sqlError(error);
        return sql != null && state.equals(sql.getSQLState());
    }
}
