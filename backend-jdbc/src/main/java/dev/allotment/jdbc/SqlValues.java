// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.spi.backend.RecordType.Kind;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Converts the plain values of records to JDBC and back. */
final class SqlValues {
    /** The earliest instant that every database can store, and print with a year of four digits. */
    static final Instant EARLIEST =
            OffsetDateTime.of(1, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC).toInstant();

    /** The latest instant that every database can store, and print with a year of four digits. */
    static final Instant LATEST = OffsetDateTime.of(9999, 12, 31, 23, 59, 59, 999_999_000, ZoneOffset.UTC)
            .toInstant();

    private SqlValues() {}

    static void set(PreparedStatement statement, int position, Kind kind, @Nullable Object value) throws SQLException {
        if (value == null) {
            statement.setNull(position, sqlType(kind));
            return;
        }
        switch (kind) {
            case LONG -> statement.setLong(position, (Long) value);
            case INTEGER -> statement.setInt(position, (Integer) value);
            case BOOLEAN -> statement.setBoolean(position, (Boolean) value);
            case TEXT -> statement.setString(position, (String) value);
            case INSTANT -> statement.setObject(position, atUtc((Instant) value), Types.TIMESTAMP_WITH_TIMEZONE);
            case UUID -> statement.setObject(position, value);
        }
    }

    /** Returns the value of a column; null if it has none. */
    static @Nullable Object read(ResultSet row, int column, Kind kind) throws SQLException {
        Object value = switch (kind) {
            case LONG -> row.getLong(column);
            case INTEGER -> row.getInt(column);
            case BOOLEAN -> row.getBoolean(column);
            case TEXT -> row.getString(column);
            case INSTANT -> instant(row.getObject(column, OffsetDateTime.class));
            case UUID -> row.getObject(column, UUID.class);
        };
        return row.wasNull() ? null : value;
    }

    /** An instant in UTC, the form in which it is stored. */
    static OffsetDateTime atUtc(Instant value) {
        return value.atOffset(ZoneOffset.UTC);
    }

    /** Truncates an instant to microseconds. Databases would round it. */
    static Instant truncated(Instant value) {
        return value.truncatedTo(ChronoUnit.MICROS);
    }

    /** Whether a text consists of Unicode characters except NUL. Databases refuse or silently replace others. */
    static boolean isStorable(String text) {
        return firstFault(text) == text.length();
    }

    /** Returns the index of the first NUL or half surrogate pair; the length of the text if it has none. */
    static int firstFault(String text) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c == 0) {
                return i;
            }
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c) || i + 1 == length || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return i;
                }
                i++;
            }
        }
        return length;
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime value) {
        return value == null ? null : value.toInstant();
    }

    private static int sqlType(Kind kind) {
        return switch (kind) {
            case LONG -> Types.BIGINT;
            case INTEGER -> Types.INTEGER;
            case BOOLEAN -> Types.BOOLEAN;
            case TEXT -> Types.VARCHAR;
            case INSTANT -> Types.TIMESTAMP_WITH_TIMEZONE;
            case UUID -> Types.OTHER;
        };
    }
}
