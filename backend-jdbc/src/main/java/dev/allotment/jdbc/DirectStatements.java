// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Sends each statement unchanged, over a connection whose user has rights on the tables of the records. Thread-safe.
 *
 * @param dialect creates arrays
 */
record DirectStatements(SqlDialect dialect) implements RecordStatements {
    private static final String[] GENERATED = {"id"};

    @Override
    public <T extends @Nullable Object> List<T> query(
            Connection connection, String sql, List<SqlArgument> arguments, RowReader<T> reader) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            set(select, arguments);
            List<T> found = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                Row row = (column, kind) -> SqlValues.read(rows, column, kind);
                while (rows.next()) {
                    found.add(reader.read(row));
                }
            }
            return found;
        }
    }

    @Override
    public int change(Connection connection, String sql, List<SqlArgument> arguments) throws SQLException {
        try (PreparedStatement change = connection.prepareStatement(sql)) {
            set(change, arguments);
            return change.executeUpdate();
        }
    }

    @Override
    public @Nullable Joint joint() {
        return dialect.takesSeveralStatements() ? this::runAll : null;
    }

    private void runAll(Connection connection, List<? extends Part> parts, String end) throws SQLException {
        String sql = parts.stream().map(part -> part.statement().sql()).collect(Collectors.joining("; "));
        try (PreparedStatement all = connection.prepareStatement(end.isEmpty() ? sql : sql + "; " + end)) {
            set(
                    all,
                    parts.stream()
                            .flatMap(part -> part.statement().arguments().stream())
                            .toList());
            boolean hasRows = all.execute();
            for (Part part : parts) {
                if (hasRows) {
                    readAll(all, part);
                }
                part.end();
                hasRows = all.getMoreResults();
            }
        }
    }

    private static void readAll(PreparedStatement statement, Part part) throws SQLException {
        try (ResultSet rows = statement.getResultSet()) {
            Row row = (column, kind) -> SqlValues.read(rows, column, kind);
            while (rows.next()) {
                part.read(row);
            }
        }
    }

    @Override
    public long insert(Connection connection, String sql, List<SqlArgument> arguments) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(sql, GENERATED)) {
            set(insert, arguments);
            insert.executeUpdate();
            try (ResultSet key = insert.getGeneratedKeys()) {
                key.next();
                return key.getLong(1);
            }
        }
    }

    private void set(PreparedStatement statement, List<SqlArgument> arguments) throws SQLException {
        for (int i = 0; i < arguments.size(); i++) {
            SqlArgument argument = arguments.get(i);
            if (argument.value() instanceof List<?> list) {
                statement.setArray(
                        i + 1, dialect.array(statement.getConnection(), argument.kind(), new ArrayList<Object>(list)));
            } else {
                SqlValues.set(statement, i + 1, argument.kind(), argument.value());
            }
        }
    }
}
