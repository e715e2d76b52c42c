// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordType.Field;
import dev.allotment.spi.backend.RecordType.Kind;
import dev.allotment.spi.backend.Records;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The records of one type inside one transaction. */
final class SqlTable<R extends Record> implements Records<R> {
    /** How many records are tried one by one: more than other transactions usually have locked. */
    private static final int CANDIDATES = 20;

    private final JdbcTransaction transaction;
    private final RecordStatements statements;
    private final SqlDialect dialect;
    private final TableSql<R> sql;
    private final RecordType<R> type;

    SqlTable(JdbcTransaction transaction, RecordStatements statements, SqlDialect dialect, TableSql<R> sql) {
        this.transaction = transaction;
        this.statements = statements;
        this.dialect = dialect;
        this.sql = sql;
        this.type = sql.type();
    }

    String name() {
        return type.name();
    }

    @Override
    public R insert(R record) {
        @Nullable Object[] values = storable(record);
        values[0] = transaction.change("Storing one of ", type.name(), connection -> {
            try {
                return statements.insert(connection, sql.insert(), columns(values));
            } catch (SQLException e) {
                throw duplicate(connection, values, 0, e);
            }
        });
        return type.create(values);
    }

    @Override
    public void add(R record) {
        if (!transaction.joins()) {
            insert(record);
            return;
        }
        @Nullable Object[] values = storable(record);
        transaction.later(new WaitingStatements.Change<>(
                this, new SqlStatement(sql.insert(), columns(values)), Arrays.asList(values), 0));
    }

    @Override
    public Optional<R> find(long id) {
        return findLater(id).get();
    }

    @Override
    public Supplier<Optional<R>> findLater(long id) {
        return one(transaction.readLater("Reading one of ", type.name(), about(sql.find(), id), this::read));
    }

    @Override
    public Optional<R> lock(long id) {
        return lockLater(id).get();
    }

    @Override
    public Supplier<Optional<R>> lockLater(long id) {
        Supplier<Optional<R>> found =
                one(transaction.lockLater("Locking one of ", type.name(), about(sql.lock(), id), this::read));
        return once(() -> found.get().map(this::locked));
    }

    @Override
    public Optional<R> lockShared(long id) {
        return lockSharedLater(id).get();
    }

    @Override
    public Supplier<Optional<R>> lockSharedLater(long id) {
        return one(transaction.lockLater("Locking one of ", type.name(), about(sql.lockShared(), id), this::read));
    }

    private static SqlStatement about(String statement, long id) {
        return new SqlStatement(statement, List.of(new SqlArgument(Kind.LONG, id)));
    }

    private Supplier<Optional<R>> one(Supplier<List<@Nullable Object[]>> rows) {
        return once(() -> rows.get().stream().findFirst().map(type::create));
    }

    /** Calls a function once, and returns what it returned each time. */
    private static <T> Supplier<T> once(Supplier<T> function) {
        return new Supplier<>() {
            private @Nullable T value;

            @Override
            public T get() {
                T known = value == null ? function.get() : value;
                value = known;
                return known;
            }
        };
    }

    /** Notes that no other transaction can change a record. */
    private R locked(R record) {
        if (transaction.joins()) {
            transaction.waiting().lock(type.name(), type.id(record), type.values(record));
        }
        return record;
    }

    /** Whether nothing but the database itself can make a change fail, so that it can wait for others. */
    private boolean isSafe(long id, @Nullable Object[] values) {
        @Nullable Object[] before = transaction.waiting().locked(type.name(), id);
        return before != null
                && type.uniqueKeys().stream()
                        .flatMap(List::stream)
                        .mapToInt(type.fields()::indexOf)
                        .allMatch(position -> Objects.equals(before[position], values[position]));
    }

    @Override
    public void update(R record) {
        @Nullable Object[] values = storable(record);
        long id = type.id(record);
        List<SqlArgument> arguments = columns(values);
        arguments.add(new SqlArgument(Kind.LONG, id));
        if (isSafe(id, values)) {
            transaction.later(new WaitingStatements.Change<>(
                    this, new SqlStatement(sql.update(), arguments), Arrays.asList(values), id));
            transaction.waiting().lock(type.name(), id, values);
            return;
        }
        int updated = transaction.change("Changing one of ", type.name(), connection -> {
            try {
                return statements.change(connection, sql.update(), arguments);
            } catch (SQLException e) {
                throw duplicate(connection, values, id, e);
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
        SqlStatement delete = new SqlStatement(sql.delete(), List.of(new SqlArgument(Kind.LONG, id)));
        @Nullable Object[] before = transaction.waiting().locked(type.name(), id);
        if (before != null) {
            transaction.later(new WaitingStatements.Change<>(this, delete, Arrays.asList(before), id));
            transaction.waiting().unlock(type.name(), id);
            return true;
        }
        return transaction.change(
                "Deleting one of ",
                type.name(),
                connection -> statements.change(connection, delete.sql(), delete.arguments()) > 0);
    }

    @Override
    public List<R> list(Query<? super R> query) {
        return listLater(query).get();
    }

    /** Leaves out records of a newer version. Once it has found one, it selects the others in the database. */
    @Override
    public Supplier<List<R>> listLater(Query<? super R> query) {
        type.check(query);
        boolean selects = sql.hasNewer();
        Supplier<List<@Nullable Object[]>> rows =
                transaction.readLater("Searching ", type.name(), search(query, selects, ""), this::read);
        return once(() -> selects || areKnown(rows.get()) ? records(rows.get()) : list(query));
    }

    @Override
    public Optional<R> lockFree(Query<? super R> query) {
        type.check(query);
        return transaction
                .lock("Searching ", type.name(), connection -> free(connection, Query.untyped(query)))
                .stream()
                .findFirst()
                .map(this::locked);
    }

    /** If a search would lock all that match, the first ones are tried one by one. */
    private List<R> free(Connection connection, Query<?> query) throws SQLException {
        Query<?> first = query.page(query.offset(), 1);
        if (!dialect.locksAllThatMatch() || query.offset() > 0) {
            return select(connection, first, dialect.lockFreeClause());
        }
        Field id = type.fields().get(0);
        Query<?> next = query.page(0, CANDIDATES);
        SqlCondition condition = SqlCondition.of(dialect, type, query.filter());
        List<Object> ids = column(connection, sql.values(id, next, condition), page(next, condition), id);
        for (Object each : ids) {
            Filter<?> candidate = Filter.and(List.of(
                    Filter.untyped(query.filter()), new Filter.Compare<>(id.name(), Filter.Operator.EQUAL, each)));
            List<R> free = select(connection, new Query<>(candidate, first.order(), 0, 1), dialect.lockFreeClause());
            if (!free.isEmpty()) {
                return free;
            }
        }
        return ids.size() < CANDIDATES ? List.of() : select(connection, first, dialect.lockFreeClause());
    }

    /** As {@link #listLater}, but now. */
    private List<R> select(Connection connection, Query<?> query, String suffix) throws SQLException {
        boolean selects = sql.hasNewer();
        List<@Nullable Object[]> rows = rows(connection, search(query, selects, suffix));
        return selects || areKnown(rows) ? records(rows) : select(connection, query, suffix);
    }

    /** @param known whether it selects only records that this version can read */
    private SqlStatement search(Query<?> query, boolean known, String suffix) {
        Filter<?> filter = known
                ? Filter.and(List.of(Filter.untyped(query.filter()), Filter.untyped(sql.known())))
                : query.filter();
        SqlCondition condition = SqlCondition.of(dialect, type, filter);
        return new SqlStatement(sql.list(query, condition) + suffix, page(query, condition));
    }

    /** Whether this version can read all rows. If it cannot, searches select those that it can from now on. */
    private boolean areKnown(List<@Nullable Object[]> rows) {
        Optional<@Nullable Object[]> newer =
                rows.stream().filter(row -> !type.isKnown(row)).findFirst();
        if (newer.isPresent() && sql.foundNewer()) {
            System.getLogger("dev.allotment.jdbc")
                    .log(
                            Level.WARNING,
                            () -> "A newer version of the program has stored records in " + type.name()
                                    + " that this version does not know, such as the one with the id "
                                    + newer.get()[0] + ". They are left out of lists, and left to newer nodes.");
        }
        return newer.isEmpty();
    }

    private List<R> records(List<@Nullable Object[]> rows) {
        return rows.stream().map(type::create).collect(Collectors.toCollection(ArrayList::new));
    }

    private static List<SqlArgument> page(Query<?> query, SqlCondition condition) {
        List<SqlArgument> arguments = new ArrayList<>(condition.arguments());
        if (query.offset() > 0) {
            arguments.add(new SqlArgument(Kind.INTEGER, query.offset()));
        }
        if (query.limit() > 0) {
            arguments.add(new SqlArgument(Kind.INTEGER, query.limit()));
        }
        return arguments;
    }

    @Override
    public <V> List<V> values(RecordField<? super R, V> field, Query<? super R> query) {
        Field column = type.field(field.name());
        type.check(query);
        SqlCondition condition = SqlCondition.of(dialect, type, query.filter());
        SqlStatement search = new SqlStatement(sql.values(column, query, condition), page(query, condition));
        List<V> values = new ArrayList<>();
        transaction
                .readLater("Searching ", type.name(), search, row -> Optional.ofNullable(row.value(1, column.kind())))
                .get()
                .forEach(
                        each -> each.flatMap(plain -> type.decode(field, plain)).ifPresent(values::add));
        return values;
    }

    /** Returns a column without its nulls. */
    private List<Object> column(Connection connection, String statement, List<SqlArgument> arguments, Field column)
            throws SQLException {
        List<Object> values = new ArrayList<>();
        statements.query(connection, statement, arguments, row -> {
            Object plain = row.value(1, column.kind());
            if (plain != null) {
                values.add(plain);
            }
            return values;
        });
        return values;
    }

    @Override
    public <V> Map<@Nullable V, Long> counts(RecordField<? super R, V> field, Filter<? super R> filter) {
        SqlCondition condition = SqlCondition.of(dialect, type, filter);
        String statement = sql.counts(type.field(field.name()), condition);
        return byValue("Counting ", field, statement, condition, row -> row.number(2));
    }

    @Override
    public <V> Map<@Nullable V, List<Long>> sums(
            RecordField<? super R, V> by, List<RecordField<R, ? extends Number>> fields, Filter<? super R> filter) {
        SqlCondition condition = SqlCondition.of(dialect, type, filter);
        String statement = sql.sums(type.field(by.name()), columns(fields), condition);
        return byValue("Adding up ", by, statement, condition, row -> longs(row, 2, fields.size()));
    }

    private List<Field> columns(List<RecordField<R, ? extends Number>> fields) {
        return fields.stream().map(field -> type.field(field.name())).toList();
    }

    private static List<Long> longs(RecordStatements.Row row, int first, int count) throws SQLException {
        List<Long> longs = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            longs.add(row.number(i));
        }
        return longs;
    }

    private record Group<T>(@Nullable Object key, T value) {}

    /**
     * Runs a statement whose first column is a field of the records, by which its result is grouped.
     *
     * @param rest reads the other columns
     */
    private <V, T> Map<@Nullable V, T> byValue(
            String what,
            RecordField<? super R, V> field,
            String statement,
            SqlCondition condition,
            RecordStatements.RowReader<T> rest) {
        Field column = type.field(field.name());
        Map<@Nullable V, T> found = new HashMap<>();
        SqlStatement grouping = new SqlStatement(statement, condition.arguments());
        for (Group<T> each : transaction
                .readLater(what, type.name(), grouping, row -> new Group<>(row.value(1, column.kind()), rest.read(row)))
                .get()) {
            Object plain = each.key();
            if (plain == null) {
                found.put(null, each.value());
            } else {
                type.decode(field, plain).ifPresent(key -> found.put(key, each.value()));
            }
        }
        return found;
    }

    @Override
    public long deleteAll(Filter<? super R> filter) {
        SqlCondition condition = SqlCondition.of(dialect, type, filter);
        return transaction.change("Deleting some of ", type.name(), (SqlWork<Long>)
                connection -> (long) statements.change(connection, sql.deleteAll(condition), condition.arguments()));
    }

    /**
     * Locks the records before it deletes them. With both in one statement, PostgreSQL may run the search with the
     * limit several times.
     */
    @Override
    public int deleteFree(Query<? super R> query) {
        type.check(query);
        Field id = type.fields().get(0);
        SqlCondition condition = SqlCondition.of(dialect, type, query.filter());
        return transaction.change("Deleting some of ", type.name(), connection -> {
            String search = sql.values(id, query, condition) + dialect.lockFreeClause();
            List<Object> free = column(connection, search, page(query, condition), id);
            if (free.isEmpty()) {
                return 0;
            }
            SqlCondition those = SqlCondition.of(dialect, type, new Filter.In<>(id.name(), List.copyOf(free)));
            return statements.change(connection, sql.deleteAll(those), those.arguments());
        });
    }

    @Override
    public long count(Filter<? super R> filter) {
        return countLater(filter).get();
    }

    @Override
    public Supplier<Long> countLater(Filter<? super R> filter) {
        SqlCondition condition = SqlCondition.of(dialect, type, filter);
        SqlStatement count = new SqlStatement(sql.count(condition), condition.arguments());
        Supplier<List<Long>> rows = transaction.readLater("Counting ", type.name(), count, row -> row.number(1));
        return () -> rows.get().get(0);
    }

    @Override
    public List<Long> sums(List<RecordField<R, ? extends Number>> fields, Filter<? super R> filter) {
        SqlCondition condition = SqlCondition.of(dialect, type, filter);
        SqlStatement sums = new SqlStatement(sql.sums(columns(fields), condition), condition.arguments());
        return transaction
                .readLater("Adding up ", type.name(), sums, row -> longs(row, 1, fields.size()))
                .get()
                .get(0);
    }

    private List<@Nullable Object[]> rows(Connection connection, SqlStatement search) throws SQLException {
        return statements.query(connection, search.sql(), search.arguments(), this::read);
    }

    private long number(Connection connection, String statement, List<SqlArgument> arguments) throws SQLException {
        return statements
                .query(connection, statement, arguments, row -> row.number(1))
                .get(0);
    }

    private @Nullable Object[] read(RecordStatements.Row row) throws SQLException {
        List<Field> fields = type.fields();
        @Nullable Object[] values = new @Nullable Object[fields.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = row.value(i + 1, fields.get(i).kind());
        }
        return values;
    }

    /** The arguments for all columns except the id. */
    private List<SqlArgument> columns(@Nullable Object[] values) {
        List<SqlArgument> arguments = new ArrayList<>();
        for (int i = 1; i < values.length; i++) {
            arguments.add(new SqlArgument(type.fields().get(i).kind(), values[i]));
        }
        return arguments;
    }

    /** The values in the form in which they will be read again. */
    private @Nullable Object[] storable(R record) {
        @Nullable Object[] values = type.values(record);
        for (int i = 0; i < values.length; i++) {
            if (values[i] instanceof Instant instant) {
                Instant truncated = SqlValues.truncated(instant);
                if (truncated.isBefore(SqlValues.EARLIEST) || truncated.isAfter(SqlValues.LATEST)) {
                    throw invalid(type.fields().get(i), "is not in the years 1 to 9999");
                }
                values[i] = truncated;
            } else if (values[i] instanceof String text && !SqlValues.isStorable(text)) {
                throw invalid(
                        type.fields().get(i),
                        "contains a NUL character or half a surrogate pair, which cannot be stored");
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

    /**
     * Translates the violation of a unique key to an error that names the key. Rethrows every other error. If the
     * database generated an id that a record has already, the caller is not at fault: the next attempt gets the next
     * id.
     */
    SaasException duplicate(Connection connection, @Nullable Object[] values, long id, SQLException error)
            throws SQLException {
        if (dialect.failure(error) != SqlDialect.Failure.DUPLICATE) {
            throw error;
        }
        String constraint = dialect.violatedConstraint(error);
        String key = takenKey(connection, values, id, constraint);
        boolean idIsTaken = constraint == null
                ? key.isEmpty() && dialect.survivesFailedStatement()
                : constraint.equals(type.name() + "_pkey");
        if (idIsTaken) {
            throw new SQLTransactionRollbackException(
                    "The database generated an id that is in use", SqlDialect.SERIALIZATION_FAILURE, error);
        }
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.RECORD_DUPLICATE,
                "Another record in " + type.name() + " has the same " + (key.isEmpty() ? "key" : key) + ".",
                key.isEmpty() ? Map.of("type", type.name()) : Map.of("type", type.name(), "key", key),
                false,
                error);
    }

    private String takenKey(Connection connection, @Nullable Object[] values, long id, @Nullable String constraint)
            throws SQLException {
        List<List<Field>> keys = type.uniqueKeys();
        if (keys.size() == 1 && constraint == null && !dialect.survivesFailedStatement()) {
            return name(keys.get(0));
        }
        for (List<Field> key : keys) {
            if (constraint != null
                    ? constraint.equals(constraint(key))
                    : dialect.survivesFailedStatement() && isTaken(connection, key, values, id)) {
                return name(key);
            }
        }
        return "";
    }

    private boolean isTaken(Connection connection, List<Field> key, @Nullable Object[] values, long id)
            throws SQLException {
        List<SqlArgument> arguments = new ArrayList<>();
        for (Field field : key) {
            arguments.add(new SqlArgument(field.kind(), values[type.fields().indexOf(field)]));
        }
        arguments.add(new SqlArgument(Kind.LONG, id));
        return number(connection, sql.other(key), arguments) > 0;
    }

    private String constraint(List<Field> key) {
        return type.name() + key.stream().map(field -> "_" + field.column()).collect(Collectors.joining()) + "_key";
    }

    private static String name(List<Field> key) {
        return key.stream().map(Field::name).collect(Collectors.joining(","));
    }
}
