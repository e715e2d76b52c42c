// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.jdbc.Schema;
import java.lang.ref.WeakReference;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.h2.api.ErrorCode;
import org.h2.api.Trigger;
import org.h2.engine.IsolationLevel;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.jdbc.JdbcSQLIntegrityConstraintViolationException;
import org.h2.mvstore.tx.Transaction;
import org.h2.result.ResultInterface;
import org.h2.value.Value;
import org.h2.value.ValueBigint;
import org.jspecify.annotations.Nullable;

/**
 * Holds one limit of rows. H2 calls it before a statement, where it waits for its turn and counts; before each row, which it
 * refuses where it would be one too many; and after the statement. It counts not only after the statement, since H2 does not undo all
 * that fails then, such as an insert within a {@code SELECT … FROM FINAL TABLE}.
 */
public final class RowLimitTrigger implements Trigger {
    /** What its names begin with; the number of the limit follows. */
    static final String PREFIX = "allotment_limit_";

    /** One transaction after the other, until its end. */
    private static final String TAKE_TURN =
            "SELECT table_name, condition, probe, positions, max_rows, model, domain FROM allotment.row_limits"
                    + " WHERE id = ?1 FOR UPDATE";

    /** What a session counts in its present statement, by the number of the limit. */
    private static final Map<SessionLocal, Map<Long, Tally>> TALLIES = Collections.synchronizedMap(new WeakHashMap<>());

    private record Limit(String count, String probe, List<Integer> positions, int max, String model, String domain) {}

    /** The rows that count in one statement: those that are there, and those that it is about to bring. */
    private static final class Tally {
        private final Limit limit;
        /** Not held fast, since it holds the session. */
        private final WeakReference<Transaction> transaction;
        /** Of the statement that this one is executed within; or of one that has failed in the same transaction. */
        private final @Nullable Tally outer;
        /** Rows that such statements have announced to change, and may not have changed yet. */
        private final long announcedOutside;

        private final long start;
        private long rows;
        private long announced;

        Tally(Limit limit, Transaction transaction, @Nullable Tally outer, long there) {
            this.limit = limit;
            this.transaction = new WeakReference<>(transaction);
            this.outer = outer;
            announcedOutside = outer == null ? 0 : outer.announcedOutside + outer.announced;
            start = there + announcedOutside;
            rows = start;
        }
    }

    private boolean before;
    private long limit;

    /** For H2. */
    public RowLimitTrigger() {}

    @Override
    public void init(Connection connection, String schema, String trigger, String table, boolean isBefore, int type) {
        before = isBefore;
        limit = Long.parseLong(trigger.substring(PREFIX.length(), trigger.indexOf('_', PREFIX.length())));
    }

    /** Without rows, before and after a statement. */
    @Override
    public void fire(Connection connection, Object @Nullable [] old, Object @Nullable [] come) throws SQLException {
        if (!(connection.unwrap(JdbcConnection.class).getSession() instanceof SessionLocal session)) {
            throw new SQLFeatureNotSupportedException("Limits of rows are held within the process of the database.");
        }
        Map<Long, Tally> tallies = TALLIES.computeIfAbsent(session, any -> new HashMap<>());
        Tally tally = tallies.get(limit);
        boolean autoCommit = session.getAutoCommit();
        // As H2 does itself around triggers for rows: no query of ours is to end the statement's transaction.
        session.setAutoCommit(false);
        try {
            if (before && come == null) {
                boolean within = tally != null && tally.transaction.get() == session.getTransaction();
                tallies.put(limit, begin(connection, session, within ? tally : null));
            } else if (tally == null) {
                throw new SQLException("A limit of rows was not begun to be counted.");
            } else if (come == null) {
                end(tallies, tally);
            } else if (!add(connection, tally, old, come)) {
                // All that this session is executing ends here.
                tallies.remove(limit);
                throw reached(tally);
            }
        } finally {
            session.setAutoCommit(autoCommit);
        }
    }

    private Tally begin(Connection connection, SessionLocal session, @Nullable Tally outer) throws SQLException {
        if (session.getIsolationLevel() != IsolationLevel.READ_COMMITTED) {
            throw new SQLFeatureNotSupportedException(
                    "A table with a limit of records can be written at isolation level READ COMMITTED only.", "0A000");
        }
        Limit held = takeTurn(session);
        return new Tally(held, session.getTransaction(), outer, count(connection, held));
    }

    /** With the rights of nobody in particular: the application has none there. */
    private Limit takeTurn(SessionLocal session) throws SQLException {
        var query = session.prepare(TAKE_TURN, true, true, null);
        query.getParameters().get(0).setValue(ValueBigint.get(limit), false);
        try (ResultInterface rows = query.query(1)) {
            if (!rows.next()) {
                throw new SQLException("A limit of rows is not there.");
            }
            Value[] row = rows.currentRow();
            List<Integer> positions = new ArrayList<>();
            for (Value each : row[3].convertToAnyArray(session).getList()) {
                positions.add(each.getInt());
            }
            return new Limit(
                    "SELECT count(*) FROM application." + Schema.quoted(row[0].getString()) + " WHERE "
                            + row[1].getString(),
                    row[2].getString(),
                    positions,
                    row[4].getInt(),
                    row[5].getString(),
                    row[6].getString());
        }
    }

    /** By a statement of its own, so that it sees what those have committed who had their turn before. */
    private static long count(Connection connection, Limit limit) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(limit.count())) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private void end(Map<Long, Tally> tallies, Tally tally) {
        if (tally.outer == null) {
            tallies.remove(limit);
        } else {
            tally.outer.rows += tally.rows - tally.start;
            tallies.put(limit, tally.outer);
        }
    }

    /** Whether a row may come. */
    private static boolean add(Connection connection, Tally tally, Object @Nullable [] old, Object[] come)
            throws SQLException {
        boolean counted = old != null && counts(connection, tally.limit, old);
        boolean counts = counts(connection, tally.limit, come);
        if (counted && !counts) {
            tally.rows--;
            tally.announced--;
        } else if (counts && !counted) {
            if (old == null && tally.rows >= tally.limit.max()) {
                // Those before it may have come to nothing (ON CONFLICT DO NOTHING).
                tally.rows = count(connection, tally.limit) + tally.announcedOutside;
            }
            if (tally.rows >= tally.limit.max()) {
                return false;
            }
            tally.rows++;
            // Those that are inserted are there before the next one is asked about.
            tally.announced += old == null ? 0 : 1;
        }
        return true;
    }

    private static boolean counts(Connection connection, Limit limit, Object[] row) throws SQLException {
        if (limit.positions().isEmpty()) {
            return limit.probe().endsWith("TRUE");
        }
        try (PreparedStatement query = connection.prepareStatement(limit.probe())) {
            for (int i = 0; i < limit.positions().size(); i++) {
                query.setObject(i + 1, row[limit.positions().get(i) - 1]);
            }
            try (ResultSet rows = query.executeQuery()) {
                return rows.next();
            }
        }
    }

    private static SQLException reached(Tally tally) {
        Limit limit = tally.limit;
        return new JdbcSQLIntegrityConstraintViolationException(
                "Limit of records reached: " + limit.model() + " may have " + limit.max() + " (domain " + limit.domain()
                        + "), and would have " + (tally.rows + 1),
                null,
                "23514",
                ErrorCode.CHECK_CONSTRAINT_VIOLATED_1,
                null,
                null);
    }
}
