// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.server;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The version of a PostgreSQL server.
 *
 * @param major such as 17
 * @param text as the server reports it, such as {@code 17.7}
 */
public record PostgresVersion(int major, String text) {
    /** The first major in which a role that creates others is not a superuser in all but name. */
    static final int OLDEST = 16;

    /** The majors that all tests run on. Before one is added, the queries of the transfer are reviewed for it. */
    private static final List<Integer> TESTED = List.of(16, 17, 18);

    /** Returns the version of the server of a connection. The driver knows it, so this does no I/O. */
    public static PostgresVersion of(Connection connection) throws SQLException {
        DatabaseMetaData metadata = connection.getMetaData();
        return new PostgresVersion(metadata.getDatabaseMajorVersion(), metadata.getDatabaseProductVersion());
    }

    /** Whether this is a major or a later one. */
    public boolean isAtLeast(int other) {
        return major >= other;
    }

    /** Whether CREATE DATABASE can clone files, if the file system can. */
    public boolean canCloneFiles() {
        return isAtLeast(18);
    }

    /** Whether the tests run on this major. */
    public boolean isTested() {
        return TESTED.contains(major);
    }

    /** The majors that the tests run on, for messages. */
    public static String tested() {
        int last = TESTED.size() - 1;
        return TESTED.subList(0, last).stream().map(String::valueOf).collect(Collectors.joining(", ")) + " and "
                + TESTED.get(last);
    }

    /**
     * Refuses a server that is too old.
     *
     * @throws SaasException {@code backend.unsupported}
     */
    void checkSupported() {
        if (major < OLDEST) {
            throw SaasException.unsupported(
                    ErrorCodes.BACKEND_UNSUPPORTED,
                    "The database server runs PostgreSQL " + text + ". Allotment needs PostgreSQL " + OLDEST
                            + " or newer, and was tested with " + tested() + ". Upgrade the database server.");
        }
    }

    /**
     * Refuses to copy a database from or to a server with a major that was not tested. The copy is made of what the
     * system tables contain, and a new major may have kinds of objects that would be left out.
     *
     * @param database the name of the database that is read or created
     * @throws SaasException {@code backend.unsupported}
     */
    public void checkTransferable(String database) {
        if (!isTested()) {
            throw SaasException.unsupported(
                    ErrorCodes.BACKEND_UNSUPPORTED,
                    "Database " + database + " cannot be copied between database servers: one of them runs PostgreSQL "
                            + text + ", and copies were only tested with PostgreSQL " + tested()
                            + ". Use servers with one of these, or a version of Allotment that was tested with PostgreSQL "
                            + major + ".");
        }
    }
}
