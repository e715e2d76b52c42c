// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.spi.RecordType;
import dev.allotment.spi.RecordType.Field;
import dev.allotment.spi.RecordType.Kind;
import dev.allotment.spi.Records;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/** The records of one type inside one transaction. */
final class Table<R extends Record> implements Records<R> {
    private static final String ID = "id";

    private final JdbcTransaction transaction;
    private final Dialect dialect;
    private final TableSql<R> sql;
    private final RecordType<R> type;

    Table(JdbcTransaction transaction, Dialect dialect, TableSql<R> sql) {
        this.transaction = transaction;
        this.dialect = dialect;
        this.sql = sql;
        this.type = sql.type();
    }

    @Override
    public R insert(R record) {
        @Nullable Object[] values = storable(record);
        values[0] = transaction.change("Storing one of " + type.name(), handle -> {
            try (var insert = handle.createUpdate(sql.insert())) {
                bind(insert, values, 1);
                return insert.executeAndReturnGeneratedKeys(ID)
                        .map((row, context) -> row.getLong(1))
                        .one();
            } catch (RuntimeException e) {
                throw told(handle, values, 0, e);
            }
        });
        return type.create(values);
    }

    @Override
    public Optional<R> find(long id) {
        return transaction.read("Reading one of " + type.name(), handle -> one(handle, sql.find(), id));
    }

    @Override
    public Optional<R> lock(long id) {
        return transaction.run("Locking one of " + type.name(), handle -> one(handle, sql.lock(), id));
    }

    @Override
    public void update(R record) {
        @Nullable Object[] values = storable(record);
        long id = type.id(record);
        int updated = transaction.change("Changing one of " + type.name(), handle -> {
            try (var update = handle.createUpdate(sql.update())) {
                bind(update, values, 0);
                return update.execute();
            } catch (RuntimeException e) {
                throw told(handle, values, id, e);
            }
        });
        if (updated == 0) {
            throw new SaasException(
                    ErrorCategory.NOT_FOUND,
                    ErrorCodes.RECORD_MISSING,
                    "There is no record " + id + " in " + type.name() + ".",
                    Map.of("type", type.name(), "id", Long.toString(id)),
                    false,
                    null);
        }
    }

    @Override
    public boolean delete(long id) {
        return transaction.change("Deleting one of " + type.name(), handle -> {
            try (var delete = handle.createUpdate(sql.delete())) {
                return delete.bind(ID, Values.argument(Kind.LONG, id)).execute() > 0;
            }
        });
    }

    @Override
    public List<R> list(Query query) {
        type.check(query);
        Condition condition = Condition.of(dialect, type, query.filter());
        return transaction.read("Searching " + type.name(), handle -> select(handle, query, condition, ""));
    }

    @Override
    public Optional<R> lockFree(Query query) {
        type.check(query);
        Condition condition = Condition.of(dialect, type, query.filter());
        Query first = query.page(query.offset(), 1);
        return transaction
                .run("Searching " + type.name(), handle -> select(handle, first, condition, dialect.lockFreeClause()))
                .stream()
                .findFirst();
    }

    private List<R> select(Handle handle, Query query, Condition condition, String suffix) {
        try (var select = handle.createQuery(sql.list(query, condition) + suffix)) {
            bind(select, condition.arguments());
            if (query.offset() > 0) {
                select.bind("row_offset", Values.argument(Kind.INTEGER, query.offset()));
            }
            if (query.limit() > 0) {
                select.bind("row_limit", Values.argument(Kind.INTEGER, query.limit()));
            }
            return select.map((row, context) -> read(row)).list();
        }
    }

    @Override
    public long count(Filter filter) {
        Condition condition = Condition.of(dialect, type, filter);
        return transaction.read("Counting " + type.name(), handle -> {
            try (var select = handle.createQuery(sql.count(condition))) {
                bind(select, condition.arguments());
                return select.map((row, context) -> row.getLong(1)).one();
            }
        });
    }

    private Optional<R> one(Handle handle, String statement, long id) {
        try (var select = handle.createQuery(statement)) {
            return select.bind(ID, Values.argument(Kind.LONG, id))
                    .map((row, context) -> read(row))
                    .findOne();
        }
    }

    private R read(ResultSet row) throws SQLException {
        List<Field> fields = type.fields();
        @Nullable Object[] values = new @Nullable Object[fields.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = Values.read(row, i + 1, fields.get(i).kind());
        }
        return type.create(values);
    }

    private void bind(SqlStatement<?> statement, @Nullable Object[] values, int from) {
        for (int i = from; i < values.length; i++) {
            Field field = type.fields().get(i);
            statement.bind(field.column(), Values.argument(field.kind(), values[i]));
        }
    }

    private static void bind(SqlStatement<?> statement, Map<String, Argument> arguments) {
        arguments.forEach(statement::bind);
    }

    /** The values as they will come back. */
    private @Nullable Object[] storable(R record) {
        @Nullable Object[] values = type.values(record);
        for (int i = 0; i < values.length; i++) {
            if (values[i] instanceof Instant instant) {
                Instant truncated = Values.truncated(instant);
                if (truncated.isBefore(Values.EARLIEST) || truncated.isAfter(Values.LATEST)) {
                    throw invalid(type.fields().get(i), "is not an instant of the years 1 to 9999");
                }
                values[i] = truncated;
            } else if (values[i] instanceof String text && !Values.isStorable(text)) {
                throw invalid(type.fields().get(i), "holds NUL, or half a surrogate pair, which cannot be stored");
            }
        }
        return values;
    }

    private SaasException invalid(Field field, String what) {
        return new SaasException(
                ErrorCategory.INVALID_INPUT,
                ErrorCodes.RECORD_INVALID,
                "Field " + field.name() + " of " + type.name() + " " + what + ".",
                Map.of("type", type.name(), "field", field.name()),
                false,
                null);
    }

    /** An error, with the unique key that is taken where it is one about that. */
    private RuntimeException told(Handle handle, @Nullable Object[] values, long id, RuntimeException error) {
        if (Failures.kind(dialect, error) != Dialect.Failure.DUPLICATE) {
            return error;
        }
        String key = takenKey(handle, values, id, Objects.requireNonNull(Failures.sqlError(error)));
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.RECORD_DUPLICATE,
                "There is a record in " + type.name() + " with the same " + (key.isEmpty() ? "key" : key) + " already.",
                key.isEmpty() ? Map.of("type", type.name()) : Map.of("type", type.name(), "key", key),
                false,
                Failures.sqlError(error));
    }

    private String takenKey(Handle handle, @Nullable Object[] values, long id, SQLException error) {
        List<List<Field>> keys = type.uniqueKeys();
        if (keys.size() == 1) {
            return name(keys.get(0));
        }
        String constraint = dialect.violatedConstraint(error);
        for (List<Field> key : keys) {
            if (constraint != null
                    ? constraint.equals(constraint(key))
                    : dialect.survivesFailedStatement() && isTaken(handle, key, values, id)) {
                return name(key);
            }
        }
        return "";
    }

    private boolean isTaken(Handle handle, List<Field> key, @Nullable Object[] values, long id) {
        try (var select = handle.createQuery(sql.other(key))) {
            for (Field field : key) {
                select.bind(
                        field.column(),
                        Values.argument(field.kind(), values[type.fields().indexOf(field)]));
            }
            return select.bind(ID, Values.argument(Kind.LONG, id))
                            .map((row, context) -> row.getLong(1))
                            .one()
                    > 0;
        }
    }

    private String constraint(List<Field> key) {
        return type.name() + key.stream().map(field -> "_" + field.column()).collect(Collectors.joining()) + "_key";
    }

    private static String name(List<Field> key) {
        return key.stream().map(Field::name).collect(Collectors.joining(","));
    }
}
