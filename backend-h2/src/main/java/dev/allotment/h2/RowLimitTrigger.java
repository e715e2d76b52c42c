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
 * Enforces one record quota. H2 calls it before a statement, when it waits for its turn and counts the rows; before
 * each row, which it refuses if the quota is reached; and after the statement. Counting only after the statement is
 * not enough, because H2 does not roll back everything that fails then, such as an insert within {@code SELECT … FROM
 * FINAL TABLE}.
 *
 * <p>The name of this class is stored in every tenant database that has a quota, in the definition of its triggers.
 * H2 creates the class by that name when it opens the database. So the class must not be renamed or moved without a
 * migration that replaces the triggers of existing databases. For the same reason, it is public, and its package is
 * exported to H2.
 */
public final class RowLimitTrigger implements Trigger {
    /** The prefix of the names of its triggers. The id of the quota follows. */
    static final String PREFIX = "allotment_limit_";

    /** Locks the quota until the end of the transaction, so that transactions take turns. */
    private static final String LOCK_QUOTA =
            "SELECT table_name, condition, probe, positions, max_rows, model, domain FROM allotment.row_limits"
                    + " WHERE id = ?1 FOR UPDATE";

    /** The tallies of the current statement of each session, by the id of the quota. */
    private static final Map<SessionLocal, Map<Long, Tally>> TALLIES = Collections.synchronizedMap(new WeakHashMap<>());

    private record Quota(String count, String probe, List<Integer> positions, int max, String model, String domain) {}

    /** The rows that count in one statement: those in the table, and those that the statement is about to add. */
    private static final class Tally {
        private final Quota quota;
        /** A weak reference, because the transaction references the session. */
        private final WeakReference<Transaction> transaction;
        /** The tally of the enclosing statement, or of a statement of the same transaction that failed. */
        private final @Nullable Tally outer;
        /** Rows that such statements have announced and may not have written yet. */
        private final long announcedOutside;

        private final long start;
        private long rows;
        private long announced;

        Tally(Quota quota, Transaction transaction, @Nullable Tally outer, long existing) {
            this.quota = quota;
            this.transaction = new WeakReference<>(transaction);
            this.outer = outer;
            announcedOutside = outer == null ? 0 : outer.announcedOutside + outer.announced;
            start = existing + announcedOutside;
            rows = start;
        }
    }

    private boolean before;
    private long quotaId;

    /** Called by H2. */
    public RowLimitTrigger() {}

    @Override
    public void init(Connection connection, String schema, String trigger, String table, boolean isBefore, int type) {
        before = isBefore;
        quotaId = Long.parseLong(trigger.substring(PREFIX.length(), trigger.indexOf('_', PREFIX.length())));
    }

    /** Called without rows before and after a statement, and with a row before the row is written. */
    @Override
    public void fire(Connection connection, Object @Nullable [] old, Object @Nullable [] changed) throws SQLException {
        if (!(connection.unwrap(JdbcConnection.class).getSession() instanceof SessionLocal session)) {
            throw new SQLFeatureNotSupportedException(
                    "Record quotas are enforced in the process of the database only.");
        }
        Map<Long, Tally> tallies = TALLIES.computeIfAbsent(session, any -> new HashMap<>());
        Tally tally = tallies.get(quotaId);
        boolean autoCommit = session.getAutoCommit();
        // The queries of this trigger must not end the transaction of the statement. H2 does the same around row
        // triggers.
        session.setAutoCommit(false);
        try {
            if (before && changed == null) {
                boolean within = tally != null && tally.transaction.get() == session.getTransaction();
                tallies.put(quotaId, start(connection, session, within ? tally : null));
            } else if (tally == null) {
                throw new SQLException("The rows of a record quota were not counted before the statement.");
            } else if (changed == null) {
                finish(tallies, tally);
            } else if (!add(connection, tally, old, changed)) {
                // The error ends all statements that this session is executing.
                tallies.remove(quotaId);
                throw reached(tally);
            }
        } finally {
            session.setAutoCommit(autoCommit);
        }
    }

    private Tally start(Connection connection, SessionLocal session, @Nullable Tally outer) throws SQLException {
        if (session.getIsolationLevel() != IsolationLevel.READ_COMMITTED) {
            throw new SQLFeatureNotSupportedException(
                    "A table with a record quota can be written at isolation level READ COMMITTED only.", "0A000");
        }
        Quota quota = lock(session);
        return new Tally(quota, session.getTransaction(), outer, count(connection, quota));
    }

    /** Reads the quota without checking rights, because the application has none on its table. */
    private Quota lock(SessionLocal session) throws SQLException {
        var query = session.prepare(LOCK_QUOTA, true, true, null);
        query.getParameters().get(0).setValue(ValueBigint.get(quotaId), false);
        try (ResultInterface rows = query.query(1)) {
            if (!rows.next()) {
                throw new SQLException("A record quota is missing from its table.");
            }
            Value[] row = rows.currentRow();
            List<Integer> positions = new ArrayList<>();
            for (Value each : row[3].convertToAnyArray(session).getList()) {
                positions.add(each.getInt());
            }
            return new Quota(
                    "SELECT count(*) FROM application." + Schema.quoted(row[0].getString()) + " WHERE "
                            + row[1].getString(),
                    row[2].getString(),
                    positions,
                    row[4].getInt(),
                    row[5].getString(),
                    row[6].getString());
        }
    }

    /** Counts with a separate statement, which sees what the transactions of earlier turns have committed. */
    private static long count(Connection connection, Quota quota) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(quota.count())) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private void finish(Map<Long, Tally> tallies, Tally tally) {
        if (tally.outer == null) {
            tallies.remove(quotaId);
        } else {
            tally.outer.rows += tally.rows - tally.start;
            tallies.put(quotaId, tally.outer);
        }
    }

    /** Adds a row to the tally; false if the quota is reached. */
    private static boolean add(Connection connection, Tally tally, Object @Nullable [] old, Object[] changed)
            throws SQLException {
        boolean counted = old != null && counts(connection, tally.quota, old);
        boolean counts = counts(connection, tally.quota, changed);
        if (counted && !counts) {
            tally.rows--;
            tally.announced--;
        } else if (counts && !counted) {
            if (old == null && tally.rows >= tally.quota.max()) {
                // Earlier rows of the statement may not have been written (ON CONFLICT DO NOTHING).
                tally.rows = count(connection, tally.quota) + tally.announcedOutside;
            }
            if (tally.rows >= tally.quota.max()) {
                return false;
            }
            tally.rows++;
            // An inserted row is written before H2 calls the trigger with the next one.
            tally.announced += old == null ? 0 : 1;
        }
        return true;
    }

    private static boolean counts(Connection connection, Quota quota, Object[] row) throws SQLException {
        if (quota.positions().isEmpty()) {
            return quota.probe().endsWith("TRUE");
        }
        try (PreparedStatement query = connection.prepareStatement(quota.probe())) {
            for (int i = 0; i < quota.positions().size(); i++) {
                query.setObject(i + 1, row[quota.positions().get(i) - 1]);
            }
            try (ResultSet rows = query.executeQuery()) {
                return rows.next();
            }
        }
    }

    private static SQLException reached(Tally tally) {
        Quota quota = tally.quota;
        return new JdbcSQLIntegrityConstraintViolationException(
                "Limit of records reached: " + quota.model() + " may have " + quota.max() + " (domain " + quota.domain()
                        + "), and would have " + (tally.rows + 1),
                null,
                "23514",
                ErrorCode.CHECK_CONSTRAINT_VIOLATED_1,
                null,
                null);
    }
}
