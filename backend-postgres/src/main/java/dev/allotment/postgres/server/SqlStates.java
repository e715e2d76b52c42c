// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.server;

import dev.allotment.jdbc.Failures;
import dev.allotment.jdbc.SqlDialect;
import java.sql.SQLException;

/** The SQLSTATE codes of PostgreSQL that the backend reacts to. */
public enum SqlStates {
    UNKNOWN_DATABASE("3D000"),
    UNKNOWN_TABLE("42P01"),
    UNKNOWN_SCHEMA("3F000"),
    DUPLICATE_DATABASE("42P04"),
    /** A role with this name exists. */
    DUPLICATE_ROLE("42710"),
    /** Two sessions used the same name at the same time. */
    DUPLICATE_ENTRY("23505"),
    /** Sessions are connected to the database. */
    DATABASE_IN_USE("55006"),
    /** The database accepts no connections, or a DROP DATABASE was interrupted. */
    NOT_CONNECTABLE("55000"),
    NOT_PERMITTED("42501"),
    WRONG_PASSWORD("28P01"),
    /** PgBouncer repeats that it could not sign in to the server a moment ago, but not why. */
    POOLER_FAILED("08P01"),
    /** A statement exceeded its timeout. */
    CANCELED("57014"),
    /** The connection limit of the database, of the role or of the server is reached. */
    TOO_MANY_CONNECTIONS("53300"),
    /** Two sessions changed the same row of a system table at the same time. Also the code of internal errors. */
    CONCURRENT_CHANGE("XX000"),
    /** Another session had a lock for longer than {@code lock_timeout}, or has one that is not waited for. */
    LOCK_NOT_AVAILABLE("55P03"),
    /** Two sessions waited for each other, and this one was canceled. */
    DEADLOCK("40P01"),
    UNKNOWN_OBJECT("42704"),
    /** A setting does not have this value. */
    INVALID_VALUE("22023"),
    /** The parts of a definition do not fit together. */
    INVALID_DEFINITION("42P17"),
    /** The server was built without it. */
    UNSUPPORTED("0A000"),
    /** The database is marked as a template. */
    WRONG_KIND("42809"),
    /** A role still owns objects or has privileges. */
    STILL_NEEDED("2BP01");

    private final String state;

    SqlStates(String state) {
        this.state = state;
    }

    /** Whether a database with the same name exists. */
    public static boolean isNameTaken(Throwable error) {
        return DUPLICATE_DATABASE.matches(error) || DUPLICATE_ENTRY.matches(error);
    }

    /** Whether a statement failed because another session has locks or changed the same rows. */
    public static boolean isObstructed(Throwable error) {
        return LOCK_NOT_AVAILABLE.matches(error) || DEADLOCK.matches(error) || CONCURRENT_CHANGE.matches(error);
    }

    /** Whether a database did not exist, or refused a connection. Its owner can make it refuse one. */
    public static boolean isClosed(Throwable error) {
        return UNKNOWN_DATABASE.matches(error)
                || NOT_CONNECTABLE.matches(error)
                || NOT_PERMITTED.matches(error)
                || TOO_MANY_CONNECTIONS.matches(error);
    }

    /**
     * Whether a server did not answer in time. A session that starts in a database waits for locks on system tables
     * without a {@code lock_timeout}, so the application of a tenant can cause this.
     */
    public static boolean isSilent(Throwable error) {
        SQLException sql = Failures.sqlError(error);
        return sql != null && PostgresDialect.INSTANCE.failure(sql) == SqlDialect.Failure.SILENT;
    }

    /** Whether a statement failed because of the object that it names: another session has, changed or dropped it. */
    public static boolean isAboutOneObject(SQLException error) {
        String state = error.getSQLState();
        return state != null && (state.equals("55P03") || state.equals("40P01") || state.startsWith("42"));
    }

    /** Whether the server, its platform or its file system does not know how to clone files. */
    public static boolean isNotClonable(Throwable error) {
        return INVALID_VALUE.matches(error) || CONCURRENT_CHANGE.matches(error);
    }

    /** Whether a failure, or one of its causes, has this code. */
    public boolean matches(Throwable error) {
        SQLException sql = Failures.sqlError(error);
        return sql != null && state.equals(sql.getSQLState());
    }
}
