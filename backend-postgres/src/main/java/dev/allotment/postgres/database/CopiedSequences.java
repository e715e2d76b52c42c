// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

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

    private CopiedSequences() {}

    /** Repairs all sequences of a database that no application uses yet. */
    static void repair(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(REPAIR_ALL);
        }
    }
}
