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
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A transaction in progress. It remembers the first failure of a statement: after one, it can only be left. */
public final class JdbcTransaction implements DatabaseTransaction {
    private final Thread owner = Thread.currentThread();
    private final Connection connection;
    private final SqlDialect dialect;
    private final Schema schema;
    private final Map<String, TableSql<?>> tables;
    private final ScriptRunner scripts;
    private @Nullable SaasException failure;
    private boolean rerun;
    private boolean begun;
    private boolean changed;
    private boolean ended;

    JdbcTransaction(
            Connection connection,
            SqlDialect dialect,
            Schema schema,
            Map<String, TableSql<?>> tables,
            ScriptRunner scripts) {
        this.connection = connection;
        this.dialect = dialect;
        this.schema = schema;
        this.tables = tables;
        this.scripts = scripts;
    }

    @Override
    @SuppressWarnings("unchecked") // its Java type says that it is the type asked for
    public <R extends Record> Records<R> records(RecordType<R> type) {
        check();
        TableSql<R> sql = (TableSql<R>) tables.get(type.name());
        if (sql == null || sql.type().javaType() != type.javaType()) {
            throw SaasException.invalid(
                    ErrorCodes.RECORD_INVALID,
                    "There are no " + type.name() + " in the " + schema.title() + "; it has "
                            + String.join(
                                    ", ",
                                    schema.types().stream()
                                            .map(RecordType::name)
                                            .toList()) + ".");
        }
        return new SqlTable<>(this, dialect, sql);
    }

    @Override
    public long next(String sequence) {
        check();
        if (!schema.sequences().contains(sequence)) {
            throw SaasException.invalid(
                    ErrorCodes.RECORD_INVALID, "There is no sequence " + sequence + " in the " + schema.title() + ".");
        }
        return run("Drawing a number", connection -> {
            try (Statement query = connection.createStatement();
                    ResultSet row = query.executeQuery(dialect.nextNumber(Schema.qualified(sequence)))) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    @Override
    public void run(String script) {
        check();
        begin();
        try {
            scripts.run(connection, script);
        } catch (SaasException e) {
            throw e;
        } catch (SQLException | RuntimeException e) {
            switch (Failures.kind(dialect, e)) {
                case RETRY, BUSY, UNREACHABLE, IN_USE -> throw failed("Running a script of an add-on", e);
                default ->
                    throw fail(new SaasException(
                            ErrorCategory.CONFLICT,
                            ErrorCodes.ADDON_FAILED,
                            "A script of an add-on failed.",
                            Map.of(),
                            false,
                            Failures.sqlError(e) == null ? e : Failures.sqlError(e)));
            }
        }
    }

    @Override
    public void enforce(List<RowQuota> limits) {
        check();
        try {
            scripts.enforce(connection, limits);
        } catch (SaasException e) {
            throw fail(e);
        } catch (SQLException | RuntimeException e) {
            throw failed("Limiting tables", e);
        }
    }

    @Override
    public OptionalLong count(RowQuota limit) {
        check();
        try {
            return scripts.count(connection, limit);
        } catch (SaasException e) {
            throw e;
        } catch (SQLException | RuntimeException e) {
            throw failed("Counting rows", e);
        }
    }

    /**
     * Runs statements of the backend itself in this transaction, and notes where one fails.
     *
     * @param what is being done, for the message of a failure, such as {@code Searching plans}
     * @throws SaasException as {@link Failures#translate}
     */
    public <T extends @Nullable Object> T run(String what, SqlWork<T> statements) {
        check();
        begin();
        return execute(what, statements);
    }

    /**
     * As {@link #run(String, Work)}, of a statement that only reads and locks nothing. Where it is read committed, such a
     * one sees the same whether or not it is part of a transaction; so before the first other one there need be none, and
     * its end costs nothing.
     */
    <T extends @Nullable Object> T read(String what, SqlWork<T> statements) {
        check();
        return execute(what, statements);
    }

    private void begin() {
        if (begun) {
            return;
        }
        try {
            connection.setAutoCommit(false);
            begun = true;
        } catch (SQLException e) {
            throw failed("Beginning a transaction", e);
        }
    }

    /** Whether there is anything to be committed or rolled back. */
    boolean hasBegun() {
        return begun;
    }

    private <T extends @Nullable Object> T execute(String what, SqlWork<T> statements) {
        try {
            return statements.on(connection);
        } catch (SQLException | RuntimeException e) {
            throw failed(what, e);
        }
    }

    /** As {@link #run(String, Work)}, of statements that change something. */
    <T extends @Nullable Object> T change(String what, SqlWork<T> statements) {
        changed = true;
        return run(what, statements);
    }

    /** Whether something was changed, so that there is something to commit. */
    boolean hasChanged() {
        return changed;
    }

    /** The first failure of a statement; null where none failed. */
    @Nullable
    SaasException failure() {
        return failure;
    }

    /** Whether its failure is one that running the work again may cure. */
    boolean shouldRerun() {
        return rerun;
    }

    /** Refuses all further use. */
    void end() {
        ended = true;
    }

    private void check() {
        if (ended) {
            throw SaasException.internal(
                    ErrorCodes.BACKEND_FAILED, "A transaction was used after its work had returned.", null);
        }
        if (Thread.currentThread() != owner) {
            throw SaasException.internal(
                    ErrorCodes.BACKEND_FAILED,
                    "A transaction was used by another thread than the one that it was given to.",
                    null);
        }
        if (failure != null) {
            throw SaasException.internal(
                    ErrorCodes.BACKEND_FAILED,
                    "A transaction was used after one of its statements had failed; it can only be left.",
                    failure);
        }
    }

    private SaasException failed(String what, Exception e) {
        SqlDialect.Failure kind = Failures.kind(dialect, e);
        // Nothing was committed where the connection is lost before that; most often it had died while it lay idle.
        rerun = kind == SqlDialect.Failure.RETRY || kind == SqlDialect.Failure.UNREACHABLE;
        return fail(Failures.translate(dialect, what, e));
    }

    private SaasException fail(SaasException e) {
        failure = e;
        return e;
    }
}
