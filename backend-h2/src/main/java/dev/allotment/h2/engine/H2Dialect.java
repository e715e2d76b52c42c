// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2.engine;

import dev.allotment.jdbc.Schema;
import dev.allotment.jdbc.SqlDialect;
import dev.allotment.spi.backend.RecordType.Kind;
import java.nio.channels.OverlappingFileLockException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.h2.api.ErrorCode;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;

/** H2's SQL dialect. */
public final class H2Dialect implements SqlDialect {
    public static final H2Dialect INSTANCE = new H2Dialect();

    /** Columns for which a migration made an indexed column {@code …_in_order}, computed like {@link #byCodePoint}. */
    private static final Set<String> IN_ORDER = Set.of("tenants.name");

    private H2Dialect() {}

    @Override
    public String textType() {
        return "varchar";
    }

    @Override
    public String timeType() {
        return "timestamp(6) with time zone";
    }

    @Override
    public boolean hasPartialIndexes() {
        return false;
    }

    @Override
    public boolean locksAllThatMatch() {
        return true;
    }

    /**
     * Compares UTF-8 bytes, which have the order of code points. H2 compares UTF-16 units: another order beyond
     * U+FFFF.
     */
    @Override
    public String byCodePoint(String operand) {
        return "STRINGTOUTF8(" + operand + ")";
    }

    /** Prefers an indexed column, because H2 has no indexes on expressions. */
    @Override
    public String sortKey(String table, String column) {
        return IN_ORDER.contains(table + '.' + column)
                ? Schema.quoted(column + "_in_order")
                : SqlDialect.super.sortKey(table, column);
    }

    /**
     * Uses H2's own operator for simple patterns only. It counts {@code _} as one UTF-16 unit and takes exponential
     * time for many percent signs, so all other patterns are matched as regular expressions.
     */
    @Override
    public Match like(String column, String parameter, String pattern, boolean ignoreCase) {
        if (isSimple(pattern)) {
            String operator = ignoreCase ? " ILIKE " : " LIKE ";
            return new Match(column + operator + parameter, pattern);
        }
        return new Match(
                column + " REGEXP " + parameter, (ignoreCase ? "(?isu)" : "(?s)") + regularExpression(pattern));
    }

    /** Whether a pattern has no wildcards except percent signs at its ends. */
    private static boolean isSimple(String pattern) {
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '_' || (c == '%' && i > 0 && i < pattern.length() - 1)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Translates a pattern to a regular expression that never backtracks across a percent sign. The text between two of
     * them is matched once, at its first occurrence, so no pattern takes exponential time.
     */
    private static String regularExpression(String pattern) {
        StringBuilder expression = new StringBuilder("^");
        StringBuilder part = new StringBuilder();
        boolean first = true;
        for (int i = 0; i < pattern.length(); ) {
            int c = pattern.codePointAt(i);
            i += Character.charCount(c);
            if (c == '%') {
                expression.append(first ? part.toString() : "(?>.*?" + part + ")");
                part.setLength(0);
                first = false;
            } else if (c == '_') {
                part.append('.');
            } else {
                if (c == '\\' && i < pattern.length()) {
                    c = pattern.codePointAt(i);
                    i += Character.charCount(c);
                }
                part.append(Pattern.quote(Character.toString(c)));
            }
        }
        return expression.append(first ? "" : ".*").append(part).append("\\z").toString();
    }

    @Override
    public String estimateRows() {
        return "SELECT row_count_estimate FROM information_schema.tables"
                + " WHERE table_schema = 'application' AND table_name = ?";
    }

    @Override
    public String nextNumber(String quotedSequence) {
        return "SELECT NEXT VALUE FOR " + quotedSequence;
    }

    @Override
    public Array array(Connection connection, Kind kind, List<Object> values) throws SQLException {
        return connection.createArrayOf(
                switch (kind) {
                    case LONG -> "BIGINT";
                    case INTEGER -> "INTEGER";
                    case BOOLEAN -> "BOOLEAN";
                    case TEXT -> "VARCHAR";
                    case INSTANT -> "TIMESTAMP WITH TIME ZONE";
                    case UUID -> "UUID";
                },
                values.toArray());
    }

    @Override
    public Failure failure(SQLException error) {
        MVStoreException storeError = storeError(error);
        if (storeError != null) {
            switch (storeError.getErrorCode()) {
                case DataUtils.ERROR_READING_FAILED, DataUtils.ERROR_WRITING_FAILED -> {
                    return Failure.DISK_FAILED;
                }
                case DataUtils.ERROR_CLOSED -> {
                    return Failure.UNREACHABLE;
                }
                default -> {}
            }
            if (isLockedHere(error)) {
                return Failure.UNREACHABLE;
            }
        }
        return switch (error.getErrorCode()) {
            case ErrorCode.CONCURRENT_UPDATE_1 -> Failure.RETRY;
            case ErrorCode.LOCK_TIMEOUT_1 -> Failure.BUSY;
            case ErrorCode.DATABASE_ALREADY_OPEN_1 -> Failure.IN_USE;
            case ErrorCode.DATABASE_IS_CLOSED,
                    ErrorCode.DATABASE_CALLED_AT_SHUTDOWN,
                    ErrorCode.OBJECT_CLOSED,
                    ErrorCode.CONNECTION_BROKEN_1,
                    ErrorCode.IO_EXCEPTION_1,
                    ErrorCode.IO_EXCEPTION_2 -> Failure.UNREACHABLE;
            default -> SqlDialect.super.failure(error);
        };
    }

    /** Whether this process itself has a database open, which it is about to close. */
    static boolean isLockedHere(SQLException error) {
        for (Throwable each = error; each != null; each = each.getCause()) {
            if (each instanceof OverlappingFileLockException) {
                return true;
            }
        }
        return false;
    }

    /** The error of H2's storage in the causes of an error; null if there is none. */
    private static @Nullable MVStoreException storeError(Throwable error) {
        for (Throwable each = error; each != null; each = each.getCause()) {
            if (each instanceof MVStoreException found) {
                return found;
            }
        }
        return null;
    }

    @Override
    public boolean survivesFailedStatement() {
        return true;
    }

    /**
     * Executes the statements one by one. If H2 gets all at once, it parses the rest again after each statement. A
     * statement of a migration ends with a semicolon at the end of a line, and nothing else does.
     */
    @Override
    public void execute(Statement statement, String script) throws SQLException {
        for (String each : script.split(";\n")) {
            statement.execute(each);
        }
    }

    /** Does nothing: only one process has the database open, and this backend migrates it on one thread at a time. */
    @Override
    public void lockSchema(Connection connection, String schema) {}

    /** Does nothing, like {@link #lockSchema}. */
    @Override
    public void lockVersions(Connection connection, String quotedTable) {}
}
