// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.RowQuota;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A transaction in progress. After a statement has failed, it refuses all further use and is rolled back. For use by
 * the thread that created it only.
 */
public final class JdbcTransaction implements DatabaseTransaction {
    private final Thread owner = Thread.currentThread();
    private final Connection connection;
    private final SqlDialect dialect;
    private final Schema schema;
    private final Map<String, TableSql<?>> tables;
    private final ScriptRunner scripts;
    private final RecordStatements statements;
    private final RecordStatements.@Nullable Joint joint;
    private final Silence silence;
    private final WaitingStatements waiting = new WaitingStatements();
    private @Nullable SaasException failure;
    private boolean retryable;
    private SqlDialect.Failure failureKind = SqlDialect.Failure.OTHER;
    private boolean started;
    private boolean changed;
    private boolean deferred;
    private boolean finished;
    private boolean interrupted;

    JdbcTransaction(
            Connection connection,
            SqlDialect dialect,
            Schema schema,
            Map<String, TableSql<?>> tables,
            ScriptRunner scripts,
            boolean interrupted) {
        this.connection = connection;
        this.dialect = dialect;
        this.schema = schema;
        this.tables = tables;
        this.scripts = scripts;
        this.statements = scripts.statements(dialect);
        this.joint = statements.joint();
        this.silence = new Silence(connection);
        this.interrupted = interrupted;
    }

    @Override
    @SuppressWarnings("unchecked") // compares the Java types before it casts
    public <R extends Record> Records<R> records(RecordType<R> type) {
        check();
        TableSql<R> sql = (TableSql<R>) tables.get(type.name());
        if (sql == null || sql.type().javaType() != type.javaType()) {
            throw SaasException.invalid(
                    ErrorCodes.RECORD_INVALID,
                    "There are no " + type.name() + " in the " + schema.title() + ". It has "
                            + schema.types().stream().map(RecordType::name).collect(Collectors.joining(", ")) + ".");
        }
        return new SqlTable<>(this, statements, dialect, sql);
    }

    @Override
    public long next(String sequence) {
        check();
        if (!schema.sequences().contains(sequence)) {
            throw SaasException.invalid(
                    ErrorCodes.RECORD_INVALID, "There is no sequence " + sequence + " in the " + schema.title() + ".");
        }
        SqlStatement draw = new SqlStatement(dialect.nextNumber(Schema.qualified(sequence)), List.of());
        return lockLater("Drawing a number of ", sequence, draw, row -> row.number(1))
                .get()
                .get(0);
    }

    @Override
    public void deferDurability() {
        check();
        deferred = true;
    }

    /** The statements that wait for others. */
    WaitingStatements waiting() {
        return waiting;
    }

    /** Whether statements can wait for others at all, and be sent with them. */
    boolean joins() {
        return joint != null;
    }

    /** Sends a change later. */
    void later(WaitingStatements.Change<?> change) {
        check();
        start();
        changed = true;
        waiting.add(change);
    }

    private void settle() {
        if (!waiting.isEmpty()) {
            sendNow("Changing records");
        }
    }

    private void sendNow(String what) {
        execute(what, connection -> {
            send("");
            return true;
        });
    }

    private void send(String end) throws SQLException {
        List<WaitingStatements.Waiting> taken = waiting.take();
        try {
            Objects.requireNonNull(joint).run(connection, taken, end);
        } catch (SQLException e) {
            String constraint = dialect.violatedConstraint(e);
            for (WaitingStatements.Waiting each : taken) {
                if (constraint != null
                        && each instanceof WaitingStatements.Change<?> change
                        && change.violated(constraint)) {
                    throw change.translate(connection, e);
                }
            }
            throw e;
        }
    }

    /**
     * Commits, with the changes that wait.
     *
     * @throws SQLException if that failed; the outcome may be unknown
     * @throws SaasException {@code record.duplicate} if a change failed; nothing was committed
     */
    void commit() throws SQLException {
        waiting.forgetReads();
        if (!waiting.isEmpty()) {
            send(dialect.commit(!deferred));
        } else if (deferred) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(dialect.commit(false));
            }
        } else {
            connection.commit();
        }
    }

    @Override
    public void run(String script) {
        check();
        start();
        settle();
        try {
            silence.check();
            scripts.run(connection, script);
        } catch (SaasException e) {
            throw e;
        } catch (SQLException | RuntimeException e) {
            if (Failures.kind(dialect, e).isTemporary()) {
                throw failed("Running a script of an add-on", e);
            }
            throw fail(new SaasException(
                    ErrorCategory.CONFLICT,
                    ErrorCodes.ADDON_FAILED,
                    "A script of an add-on failed.",
                    Map.of(),
                    false,
                    Failures.sqlError(e) == null ? e : Failures.sqlError(e)));
        }
    }

    @Override
    public void enforce(List<RowQuota> quotas) {
        check();
        settle();
        try {
            silence.check();
            scripts.enforce(connection, quotas);
        } catch (SaasException e) {
            throw fail(e);
        } catch (SQLException | RuntimeException e) {
            throw failed("Enforcing record quotas", e);
        }
    }

    @Override
    public OptionalLong estimatedRows(String table) {
        check();
        return execute("Estimating the rows of a table", session -> {
            try (PreparedStatement query = session.prepareStatement(dialect.estimateRows())) {
                query.setString(1, table);
                try (ResultSet row = query.executeQuery()) {
                    if (!row.next()) {
                        return OptionalLong.empty();
                    }
                    long rows = row.getLong(1);
                    return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(rows);
                }
            }
        });
    }

    @Override
    public OptionalLong count(RowQuota quota) {
        check();
        settle();
        try {
            silence.check();
            return scripts.count(connection, quota);
        } catch (SaasException e) {
            throw e;
        } catch (SQLException | RuntimeException e) {
            throw failed("Counting the rows of a record quota", e);
        }
    }

    /**
     * Runs statements of the backend itself in this transaction.
     *
     * @param what the task, for the message of a failure, such as {@code Searching plans}
     * @throws SaasException as {@link Failures#translate}
     */
    public <T extends @Nullable Object> T run(String what, SqlWork<T> statements) {
        check();
        start();
        settle();
        return execute(what, statements);
    }

    /**
     * Runs statements that lock records of a table.
     *
     * @param task before the name of the table in the message of a failure, such as {@code Locking one of}
     */
    <T extends @Nullable Object> T lock(String task, String table, SqlWork<T> statements) {
        check();
        start();
        settleFor(table);
        return execute(task + table, statements);
    }

    /** Runs statements that change records of a table, so that there is something to commit. */
    <T extends @Nullable Object> T change(String task, String table, SqlWork<T> statements) {
        changed = true;
        return lock(task, table, statements);
    }

    /**
     * Runs a statement that only reads records of a table and locks nothing, at the latest when its rows are needed. It
     * does not start the transaction: at isolation level READ COMMITTED it sees the same data outside one, and without
     * a transaction there is no cost of ending it.
     *
     * @return the rows; sends what waits before the first time
     */
    <T extends @Nullable Object> Supplier<List<T>> readLater(
            String task, String table, SqlStatement statement, RecordStatements.RowReader<T> reader) {
        check();
        if (!joins()) {
            List<T> rows = execute(
                    task + table,
                    connection -> statements.query(connection, statement.sql(), statement.arguments(), reader));
            return () -> rows;
        }
        WaitingStatements.Read<T> read = new WaitingStatements.Read<>(table, statement, reader);
        waiting.add(read);
        return () -> {
            if (!read.answered()) {
                check();
                sendNow(task + table);
            }
            return read.rows();
        };
    }

    /** Runs a statement that locks the records it reads, at the latest when its rows are needed. */
    <T extends @Nullable Object> Supplier<List<T>> lockLater(
            String task, String table, SqlStatement statement, RecordStatements.RowReader<T> reader) {
        check();
        start();
        return readLater(task, table, statement, reader);
    }

    /** Sends what waits, if one of it is about a table. */
    private void settleFor(String table) {
        if (waiting.concern(table)) {
            settle();
        }
    }

    private <T extends @Nullable Object> T execute(String what, SqlWork<T> statements) {
        try {
            silence.check();
            return statements.on(connection);
        } catch (SQLException | RuntimeException e) {
            throw failed(what, e);
        }
    }

    private void start() {
        if (started) {
            return;
        }
        try {
            silence.check();
            connection.setAutoCommit(false);
            started = true;
        } catch (SQLException e) {
            throw failed("Starting a transaction", e);
        }
    }

    /** Whether the connection is of no more use, so that there is nothing to roll back. */
    boolean isConnectionLost() {
        return failureKind.isConnectionLost() || silence.isDead();
    }

    /**
     * Refuses to commit over a dead connection, where the caller would wait long for an unknown outcome.
     *
     * @throws SQLException with the state of a lost connection
     */
    void checkConnection() throws SQLException {
        silence.check();
    }

    /** Whether the transaction was started in the database, and so has to be committed or rolled back. */
    boolean hasStarted() {
        return started;
    }

    /** Whether something was changed. */
    boolean hasChanged() {
        return changed;
    }

    /** The failure of a statement; null if none failed. */
    @Nullable
    SaasException failure() {
        return failure;
    }

    /** Whether running the work again can succeed after its failure. */
    boolean isRetryable() {
        return retryable;
    }

    /** The kind of the failure of a statement; {@link SqlDialect.Failure#OTHER} if none failed. */
    SqlDialect.Failure failureKind() {
        return failureKind;
    }

    /** Refuses all further use. */
    void finish() {
        finished = true;
    }

    /** Whether the thread was interrupted before a statement, or is now. */
    boolean wasInterrupted() {
        interrupted |= Thread.currentThread().isInterrupted();
        return interrupted;
    }

    private void check() {
        interrupted |= Thread.currentThread().isInterrupted();
        if (finished) {
            throw SaasException.internal(
                    ErrorCodes.BACKEND_FAILED, "A transaction was used after its work had returned.", null);
        }
        if (Thread.currentThread() != owner) {
            throw SaasException.internal(
                    ErrorCodes.BACKEND_FAILED, "A transaction was used by another thread than its own.", null);
        }
        if (failure != null) {
            throw SaasException.internal(
                    ErrorCodes.BACKEND_FAILED,
                    "A transaction was used after one of its statements had failed. Its work must not continue then.",
                    failure);
        }
    }

    private SaasException failed(String what, Exception e) {
        SqlDialect.Failure kind = Failures.kind(dialect, e);
        // If the connection is lost before the commit, nothing was committed. Usually it was lost while it was idle.
        retryable = kind == SqlDialect.Failure.RETRY || (kind == SqlDialect.Failure.UNREACHABLE && !silence.isDead());
        failureKind = kind;
        Silence.note(kind);
        return fail(Failures.translate(dialect, what, e));
    }

    private SaasException fail(SaasException e) {
        failure = e;
        return e;
    }
}
