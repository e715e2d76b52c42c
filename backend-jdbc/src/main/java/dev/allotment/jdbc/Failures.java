// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns what drivers and pools throw into the errors of this library. */
public final class Failures {
    private Failures() {}

    /** The error of the driver in or behind an exception; null where there is none. */
    public static @Nullable SQLException sqlError(Throwable error) {
        for (Throwable each = error; each != null; each = each.getCause()) {
            if (each instanceof SQLException sql) {
                return sql;
            }
        }
        return null;
    }

    /** The error for use after closing. */
    public static SaasException closed() {
        return new SaasException(
                ErrorCategory.UNAVAILABLE,
                ErrorCodes.BACKEND_CLOSED,
                "The backend was closed; open another one.",
                Map.of(),
                false,
                null);
    }

    /** What a failure means; {@link SqlDialect.Failure#OTHER} where no database is behind it. */
    public static SqlDialect.Failure kind(SqlDialect dialect, Throwable error) {
        SQLException sql = sqlError(error);
        return sql == null ? SqlDialect.Failure.OTHER : dialect.failure(sql);
    }

    /**
     * The error for what went wrong; one of this library stays what it is.
     *
     * @param what was being done, for the message, such as {@code Searching plans}
     */
    public static SaasException translate(SqlDialect dialect, String what, Throwable error) {
        if (error instanceof SaasException known) {
            return known;
        }
        SQLException sql = sqlError(error);
        Throwable cause = sql == null ? error : sql;
        return switch (kind(dialect, error)) {
            case DUPLICATE ->
                new SaasException(
                        ErrorCategory.CONFLICT,
                        ErrorCodes.RECORD_DUPLICATE,
                        what + " failed: a unique key is taken.",
                        Map.of(),
                        false,
                        cause);
            case RETRY ->
                SaasException.unavailable(
                        ErrorCodes.BACKEND_UNAVAILABLE,
                        what + " failed: it got in the way of other transactions. Try again.",
                        cause);
            case BUSY ->
                SaasException.unavailable(
                        ErrorCodes.BACKEND_UNAVAILABLE,
                        what + " failed: it waited too long for another transaction. Try again.",
                        cause);
            case IN_USE ->
                SaasException.unavailable(
                        ErrorCodes.BACKEND_IN_USE,
                        what + " failed: the database is open in another process. Close it there first.",
                        cause);
            case UNREACHABLE ->
                SaasException.unavailable(
                        ErrorCodes.BACKEND_UNAVAILABLE,
                        what + " failed: the database is out of reach, or gave no connection in time.",
                        cause);
            case DOES_NOT_FIT ->
                new SaasException(
                        ErrorCategory.INVALID_INPUT,
                        ErrorCodes.RECORD_INVALID,
                        what + " failed: a value is too long or otherwise not what the database can hold.",
                        Map.of(),
                        false,
                        cause);
            case OTHER ->
                SaasException.internal(ErrorCodes.BACKEND_FAILED, what + " failed inside the database.", cause);
        };
    }
}
