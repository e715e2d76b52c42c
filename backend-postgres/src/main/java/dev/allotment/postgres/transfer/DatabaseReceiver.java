// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.transfer;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jdbc.SqlDialect;
import dev.allotment.jdbc.Failures;
import dev.allotment.jdbc.Schema;
import dev.allotment.postgres.server.PostgresDialect;
import dev.allotment.postgres.transfer.TransferStream.Kind;
import dev.allotment.postgres.transfer.TransferStream.Part;
import java.io.DataInputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Fills a database with what another one had. An administrator puts the records of the base schema there, of which no text is
 * executed. All else is a tenant's: whatever it is, it is executed in a session that has never been anything but the tenant's role, and so
 * can do what that role could do anyway. For one thread.
 */
public final class DatabaseReceiver {
    /** The same as those that it was read with; bodies of functions are taken as they are; and the disk is not waited for. */
    private static final String SETTINGS = "SET standard_conforming_strings = on; SET check_function_bodies = off;"
            + " SET row_security = off; SET DateStyle = ISO; SET IntervalStyle = postgres; SET TimeZone = 'UTC';"
            + " SET lc_monetary = 'C'; SET xmloption = content; SET array_nulls = on; SET transform_null_equals = off;"
            + " SET client_min_messages = error; SET synchronous_commit = off";

    private final String name;
    private final DataInputStream content;

    private DatabaseReceiver(String name, DataInputStream content) {
        this.name = name;
        this.content = content;
    }

    /**
     * Reads the beginning.
     *
     * @param version of the base schema here
     * @throws SaasException {@code backend.unsupported}, {@code backend.unavailable}
     */
    public static DatabaseReceiver open(String name, DataInputStream content, String version) {
        DatabaseReceiver receiver = new DatabaseReceiver(name, content);
        boolean fits;
        try {
            fits = TransferStream.begins(content, version);
        } catch (IOException e) {
            throw receiver.cutOff(e);
        }
        if (!fits) {
            throw SaasException.unsupported(
                    ErrorCodes.BACKEND_UNSUPPORTED,
                    "Database " + name
                            + " cannot be made of this content: it is of another kind, or of another version of"
                            + " the base schema.");
        }
        return receiver;
    }

    private SaasException cutOff(IOException cause) {
        return SaasException.unavailable(
                ErrorCodes.BACKEND_UNAVAILABLE,
                "Database " + name
                        + " could not be copied: what comes from the other server could not be read to its end.",
                cause);
    }

    /**
     * Reads the records of the base schema, up to the first part that is something else.
     *
     * @param connection of an administrator, in a transaction that the caller commits
     */
    public Part records(Connection connection) throws SQLException {
        Map<String, String> tables = tables(connection);
        Part part = next();
        while (part.kind() == Kind.RECORDS || part.kind() == Kind.COUNTER) {
            if (part.kind() == Kind.RECORDS) {
                if (!part.text(1).equals(tables.get(part.text(0)))) {
                    throw cutOff(new IOException("Records of a table that is not there, or is another one"));
                }
                copyAll(connection, "COPY " + Schema.qualified(part.text(0)) + " (" + part.text(1) + ") FROM STDIN");
            } else {
                count(connection, part);
            }
            part = next();
        }
        return part;
    }

    /** The columns of each, as they are here: nothing that comes from elsewhere is executed by an administrator. */
    private static Map<String, String> tables(Connection connection) throws SQLException {
        Map<String, String> tables = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(DumpInventory.RECORDS)) {
            while (rows.next()) {
                tables.put(rows.getString(1), rows.getString(2));
            }
        }
        return tables;
    }

    private static void count(Connection connection, Part part) throws SQLException {
        try (PreparedStatement set =
                connection.prepareStatement("SELECT setval(CAST(pg_get_serial_sequence(?, ?) AS regclass), ?, ?)")) {
            set.setString(1, Schema.qualified(part.text(0)));
            set.setString(2, part.text(1));
            set.setLong(3, Long.parseLong(part.text(2)));
            set.setBoolean(4, part.text(3).equals("t"));
            set.execute();
        }
    }

    /**
     * Makes all else, to the end.
     *
     * @param connection of the tenant's role
     * @param first what {@link #records} came to
     * @param done told of each statement, and of each piece of rows
     */
    public void rest(Connection connection, Part first, Runnable done) throws SQLException {
        execute(connection, SETTINGS);
        for (Part part = first; part.kind() != Kind.END; part = next()) {
            try {
                switch (part.kind()) {
                    case STATEMENT -> {
                        execute(connection, part.text(1));
                        done.run();
                    }
                    case ROWS -> load(connection, part.text(1), done);
                    default -> throw cutOff(new IOException("A part of kind " + part.kind() + " where none should be"));
                }
            } catch (SQLException e) {
                throw failed(part, e);
            }
        }
    }

    private RuntimeException failed(Part part, SQLException cause) {
        SqlDialect.Failure kind = Failures.kind(PostgresDialect.INSTANCE, cause);
        return kind == SqlDialect.Failure.OTHER
                        || kind == SqlDialect.Failure.DUPLICATE
                        || kind == SqlDialect.Failure.DOES_NOT_FIT
                ? DatabaseSender.notTransferable(name, "the other server does not take " + part.text(0) + " of it", cause)
                : Failures.translate(PostgresDialect.INSTANCE, "Copying database " + name, cause);
    }

    /**
     * Each piece by itself, so that it is not written while the server still has code of the tenant's to run for an earlier one:
     * only reading ends in time.
     */
    private void load(Connection connection, String sql, Runnable done) throws SQLException {
        for (Part part = next(); part.kind() != Kind.ROWS_END; part = next()) {
            byte[] piece = part.data();
            copy(connection, sql, copy -> copy.writeToCopy(piece, 0, piece.length));
            done.run();
        }
    }

    private void copyAll(Connection connection, String sql) throws SQLException {
        copy(connection, sql, copy -> {
            for (Part part = next(); part.kind() != Kind.ROWS_END; part = next()) {
                copy.writeToCopy(part.data(), 0, part.data().length);
            }
        });
    }

    private interface Writing {
        void to(CopyIn copy) throws SQLException;
    }

    private static void copy(Connection connection, String sql, Writing writing) throws SQLException {
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
        boolean written = false;
        try {
            writing.to(copy);
            written = true;
            copy.endCopy();
        } finally {
            if (!written && copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    private Part next() {
        try {
            return TransferStream.next(content);
        } catch (IOException e) {
            throw cutOff(e);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }
}
