// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.postgres.server.SqlStates;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the sequences of a copied database survive a crash of the server and a failover.
 *
 * <p>PostgreSQL writes up to 32 values of a sequence to the WAL in advance, and stores in the sequence how many of them
 * are left. {@code CREATE DATABASE} copies this number, but the WAL has no values of the copy yet. So the copy hands
 * out values that the WAL does not have. After a crash, or on a standby that takes over, it would hand out the same
 * values again. Setting a sequence to its own value resets the number, and then the next value goes to the WAL first.
 *
 * <p>All statements identify sequences by their oid. A tenant cannot replace one by a view whose code would run here.
 */
final class CopiedSequences {
    private static final Logger LOG = LoggerFactory.getLogger(CopiedSequences.class);

    /**
     * The conditions name a column of pg_sequence. Otherwise PostgreSQL might evaluate them for tables, and fail.
     */
    private static final String SEQUENCES = """
            FROM pg_sequence s
            JOIN pg_class c ON c.oid = s.seqrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relpersistence = 'p'
              AND has_sequence_privilege(s.seqrelid, 'SELECT') AND has_sequence_privilege(s.seqrelid, 'UPDATE')
            """;

    /** Does nothing to a sequence that handed out no value yet. Its first value always goes to the WAL. */
    private static final String REPAIR_ALL =
            "SELECT count(setval(CAST(s.seqrelid AS regclass), pg_sequence_last_value(s.seqrelid), true)) " + SEQUENCES;

    /**
     * One statement for each sequence. Changing a setting to its own value locks the sequence, so that no session gets
     * a value in between.
     */
    private static final String REPAIR_EACH = """
            SELECT format('BEGIN; SET LOCAL lock_timeout = 20; ALTER SEQUENCE %1$I.%2$I CACHE %3$s;'
                          ' SELECT setval(CAST(%4$s AS regclass), pg_sequence_last_value(%4$s), true); COMMIT',
                          n.nspname, c.relname, s.seqcache, s.seqrelid)
            """ + SEQUENCES + "ORDER BY s.seqrelid";

    private CopiedSequences() {}

    /** Repairs all sequences of a database that no application uses yet. */
    static void repair(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(REPAIR_ALL);
        }
    }

    /**
     * Repairs the sequences of a database that an application may be using. Leaves out a sequence that a transaction is
     * using: After each checkpoint the next value goes to the WAL, so only unused sequences need the repair.
     *
     * @param connection in autocommit mode
     * @param most how long this may take
     */
    static void repairInUse(Connection connection, Duration most) throws SQLException {
        long end = System.nanoTime() + most.toNanos();
        for (String repair : statements(connection)) {
            if (System.nanoTime() - end > 0) {
                return;
            }
            try (Statement statement = connection.createStatement()) {
                statement.setEscapeProcessing(false);
                try {
                    statement.execute(repair);
                } catch (SQLException e) {
                    if (!SqlStates.isAboutOneObject(e)) {
                        throw e;
                    }
                    LOG.debug("A sequence was not repaired: it is in use, or its owner changed it meanwhile", e);
                    statement.execute("ROLLBACK");
                }
            }
        }
    }

    private static List<String> statements(Connection connection) throws SQLException {
        List<String> statements = new ArrayList<>();
        try (Statement query = connection.createStatement();
                ResultSet rows = query.executeQuery(REPAIR_EACH)) {
            while (rows.next()) {
                statements.add(rows.getString(1));
            }
        }
        return statements;
    }
}
