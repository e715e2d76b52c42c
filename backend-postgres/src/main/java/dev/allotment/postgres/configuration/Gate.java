// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.configuration;

import dev.allotment.jdbc.RecordStatements;
import dev.allotment.jdbc.SqlArgument;
import dev.allotment.spi.backend.RecordType.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a session with only the rights of a tenant asks of the control plane's functions in its database: to run
 * statements about records, and to give tables with record quotas to their owner. Each call passes the ticket of the
 * session as a parameter, so that code of the tenant in the same session can neither read it nor make such a call. See
 * {@code 005-gate.sql}. For one transaction; not thread-safe.
 */
final class Gate implements RecordStatements {
    private static final String RECORDS = "SELECT * FROM allotment_gate.records(?, ?, CAST(? AS text[]))";
    private static final String QUOTA = "SELECT allotment_gate.quota(?, ?, ?, ?)";

    private final Supplier<byte[]> ticket;

    /** @param ticket of the session that the statements are sent to */
    Gate(Supplier<byte[]> ticket) {
        this.ticket = ticket;
    }

    @Override
    public <T extends @Nullable Object> List<T> query(
            Connection connection, String sql, List<SqlArgument> arguments, RowReader<T> reader) throws SQLException {
        try (PreparedStatement call = connection.prepareStatement(RECORDS)) {
            call.setBytes(1, ticket.get());
            call.setString(2, numbered(sql, arguments));
            call.setArray(
                    3,
                    connection.createArrayOf(
                            "text", arguments.stream().map(Gate::text).toArray(String[]::new)));
            List<T> found = new ArrayList<>();
            try (ResultSet rows = call.executeQuery()) {
                while (rows.next()) {
                    String[] columns = (String[]) rows.getArray(1).getArray();
                    found.add(reader.read((column, kind) -> value(columns[column - 1], kind)));
                }
            }
            return found;
        }
    }

    @Override
    public int change(Connection connection, String sql, List<SqlArgument> arguments) throws SQLException {
        return query(connection, sql + " RETURNING 1", arguments, row -> true).size();
    }

    @Override
    public long insert(Connection connection, String sql, List<SqlArgument> arguments) throws SQLException {
        return query(connection, sql + " RETURNING \"id\"", arguments, row -> row.number(1))
                .get(0);
    }

    /**
     * Changes owners, privileges and triggers of tables with record quotas.
     *
     * @param action see {@code 005-gate.sql}
     * @param owner of tables with record quotas
     * @param table without its schema; empty: all
     */
    void quota(Connection connection, String action, String owner, String table) throws SQLException {
        try (PreparedStatement call = connection.prepareStatement(QUOTA)) {
            call.setBytes(1, ticket.get());
            call.setString(2, action);
            call.setString(3, owner);
            call.setString(4, table);
            call.execute();
        }
    }

    /** Replaces the question marks. Quoted names and constants in statements about records have none. */
    private static String numbered(String sql, List<SqlArgument> arguments) {
        StringBuilder numbered = new StringBuilder();
        int argument = 0;
        for (int i = 0; i < sql.length(); i++) {
            char c = sql.charAt(i);
            if (c == '?') {
                SqlArgument next = arguments.get(argument++);
                numbered.append("CAST(($1)[")
                        .append(argument)
                        .append("] AS ")
                        .append(type(next))
                        .append(')');
            } else {
                numbered.append(c);
            }
        }
        return numbered.toString();
    }

    private static String type(SqlArgument argument) {
        String type = switch (argument.kind()) {
            case LONG -> "bigint";
            case INTEGER -> "integer";
            case BOOLEAN -> "boolean";
            case TEXT -> "text";
            case INSTANT -> "timestamptz";
            case UUID -> "uuid";
        };
        return argument.value() instanceof List<?> ? type + "[]" : type;
    }

    private static @Nullable String text(SqlArgument argument) {
        Object value = argument.value();
        if (value instanceof List<?> list) {
            return list.stream().map(Gate::element).collect(Collectors.joining(",", "{", "}"));
        }
        return value == null ? null : value.toString();
    }

    private static String element(Object value) {
        return '"' + value.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static @Nullable Object value(@Nullable String text, Kind kind) {
        if (text == null) {
            return null;
        }
        return switch (kind) {
            case LONG -> Long.valueOf(text);
            case INTEGER -> Integer.valueOf(text);
            case BOOLEAN -> Boolean.valueOf(text);
            case TEXT -> text;
            case INSTANT -> instant(text);
            case UUID -> UUID.fromString(text);
        };
    }

    private static Instant instant(String text) {
        return OffsetDateTime.parse(text).toInstant();
    }
}
