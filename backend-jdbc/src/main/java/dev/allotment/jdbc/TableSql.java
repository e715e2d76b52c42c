// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordType.Field;
import dev.allotment.spi.backend.RecordType.Kind;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * The SQL statements for one type of record, generated once. Their question marks stand for the columns in their
 * order, with the id last.
 */
final class TableSql<R extends Record> {
    private final SqlDialect dialect;
    private final RecordType<R> type;
    private final String columns;
    private final String table;
    private final String find;
    private final String lock;
    private final String lockShared;
    private final String insert;
    private final String update;
    private final String delete;
    private final Filter<R> known;
    private final AtomicBoolean newer = new AtomicBoolean();

    TableSql(SqlDialect dialect, RecordType<R> type) {
        this.dialect = dialect;
        this.type = type;
        Field id = type.fields().get(0);
        List<Field> others = type.fields().subList(1, type.fields().size());
        String byId = " WHERE " + Schema.quoted(id.column()) + " = ?";
        columns = quotedColumns(type.fields());
        table = Schema.qualified(type.name());
        find = "SELECT " + columns + " FROM " + table + byId;
        lock = find + " " + dialect.lockClause();
        lockShared = find + " " + dialect.lockSharedClause();
        insert = "INSERT INTO " + table + " (" + quotedColumns(others) + ") VALUES ("
                + others.stream().map(field -> "?").collect(Collectors.joining(", ")) + ")";
        update = "UPDATE " + table + " SET "
                + others.stream()
                        .map(field -> Schema.quoted(field.column()) + " = ?")
                        .collect(Collectors.joining(", "))
                + byId;
        delete = "DELETE FROM " + table + byId;
        known = type.known();
    }

    RecordType<R> type() {
        return type;
    }

    String find() {
        return find;
    }

    String lock() {
        return lock;
    }

    String lockShared() {
        return lockShared;
    }

    String insert() {
        return insert;
    }

    String update() {
        return update;
    }

    String delete() {
        return delete;
    }

    /**
     * Whether a search must select known records only, since there are others. Nodes of two versions rarely work on one
     * catalog, so searches usually do without this condition.
     */
    boolean hasNewer() {
        return newer.get();
    }

    /** Makes {@link #hasNewer} true from now on. Returns false if it already was. */
    boolean foundNewer() {
        return newer.compareAndSet(false, true);
    }

    /** Selects the records that this version can read. */
    Filter<R> known() {
        return known;
    }

    /** A search. Its parameters are those of the condition, then the offset and the limit if the query has them. */
    String list(Query<?> query, SqlCondition condition) {
        return select(columns, query, condition);
    }

    /** A search for one column. Its parameters are those of {@link #list}. */
    String values(Field field, Query<?> query, SqlCondition condition) {
        return select(Schema.quoted(field.column()), query, condition);
    }

    private String select(String selected, Query<?> query, SqlCondition condition) {
        return "SELECT " + selected + " FROM " + table + " WHERE " + condition.sql() + " ORDER BY " + order(query)
                + (query.offset() == 0 ? "" : " OFFSET ? ROWS")
                + (query.limit() == 0 ? "" : " FETCH NEXT ? ROWS ONLY");
    }

    /** Counts the records that match a condition. */
    String count(SqlCondition condition) {
        return "SELECT count(*) FROM " + table + " WHERE " + condition.sql();
    }

    /** Counts the records that match a condition by the value of a column. */
    String counts(Field field, SqlCondition condition) {
        String column = Schema.quoted(field.column());
        return "SELECT " + column + ", count(*) FROM " + table + " WHERE " + condition.sql() + " GROUP BY " + column;
    }

    /** Deletes the records that match a condition. */
    String deleteAll(SqlCondition condition) {
        return "DELETE FROM " + table + " WHERE " + condition.sql();
    }

    /** Adds up columns of the records that match a condition. */
    String sums(List<Field> fields, SqlCondition condition) {
        return "SELECT " + sums(fields) + " FROM " + table + " WHERE " + condition.sql();
    }

    /** Adds up columns of the records that match a condition by the value of another column, which comes first. */
    String sums(Field by, List<Field> fields, SqlCondition condition) {
        String column = Schema.quoted(by.column());
        return "SELECT " + column + ", " + sums(fields) + " FROM " + table + " WHERE " + condition.sql() + " GROUP BY "
                + column;
    }

    private static String sums(List<Field> fields) {
        return fields.stream()
                .map(field -> "COALESCE(sum(" + Schema.quoted(field.column()) + "), 0)")
                .collect(Collectors.joining(", "));
    }

    /** Counts the records, other than a given one, that have given values of a unique key. */
    String other(List<Field> key) {
        return "SELECT count(*) FROM " + table + " WHERE "
                + key.stream()
                        .map(field -> Schema.quoted(field.column()) + " = ?")
                        .collect(Collectors.joining(" AND "))
                + " AND " + Schema.quoted(type.fields().get(0).column()) + " <> ?";
    }

    private String order(Query<?> query) {
        StringBuilder order = new StringBuilder();
        Set<String> seen = new HashSet<>();
        for (Query.Order each : query.order()) {
            if (seen.add(each.field())) {
                addKey(order, type.field(each.field()), each.descending(), isPresent(query.filter(), each.field()));
            }
        }
        Field id = type.fields().get(0);
        if (seen.add(id.name())) {
            addKey(order, id, false, true);
        }
        return order.toString();
    }

    /** Whether a filter selects only records that have a value of a field. */
    private static boolean isPresent(Filter<?> filter, String field) {
        if (filter instanceof Filter.And<?> and) {
            return and.parts().stream().anyMatch(each -> isPresent(each, field));
        }
        return filter instanceof Filter.Compare<?> compare
                && compare.field().equals(field)
                && compare.operator() != Filter.Operator.EQUAL
                && compare.operator() != Filter.Operator.NOT_EQUAL;
    }

    /** @param present whether all records have a value; H2 uses the order of an index only if nulls have no place */
    private void addKey(StringBuilder order, Field field, boolean descending, boolean present) {
        order.append(order.isEmpty() ? "" : ", ")
                .append(
                        field.kind() == Kind.TEXT
                                ? dialect.sortKey(type.name(), field.column())
                                : Schema.quoted(field.column()))
                .append(descending ? " DESC" : "");
        if (field.nullable() && !present) {
            order.append(descending ? " NULLS FIRST" : " NULLS LAST");
        }
    }

    private static String quotedColumns(List<Field> fields) {
        return fields.stream().map(field -> Schema.quoted(field.column())).collect(Collectors.joining(", "));
    }
}
