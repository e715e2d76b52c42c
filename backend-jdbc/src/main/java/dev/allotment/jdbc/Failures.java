// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Translates the exceptions of drivers and pools to errors of this library. */
public final class Failures {
    private Failures() {}

    /** The driver's error in the causes of an exception, including itself; null if there is none. */
    public static @Nullable SQLException sqlError(Throwable error) {
        for (Throwable each = error; each != null; each = each.getCause()) {
            if (each instanceof SQLException sql) {
                return sql;
            }
        }
        return null;
    }

    /** The error for the use of a closed backend. */
    public static SaasException closed() {
        return new SaasException(
                ErrorCategory.UNAVAILABLE,
                ErrorCodes.BACKEND_CLOSED,
                "The backend was closed. Open another one.",
                Map.of(),
                false,
                null);
    }

    /** The kind of a failure; {@link SqlDialect.Failure#OTHER} if no database caused it. */
    public static SqlDialect.Failure kind(SqlDialect dialect, Throwable error) {
        SQLException sql = sqlError(error);
        return sql == null ? SqlDialect.Failure.OTHER : dialect.failure(sql);
    }

    /**
     * Translates an exception. Returns an error of this library unchanged.
     *
     * @param what the task, for the message, such as {@code Searching plans}
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
                        what + " failed: another record has the same unique key.",
                        Map.of(),
                        false,
                        cause);
            case RETRY ->
                SaasException.unavailable(
                        ErrorCodes.BACKEND_UNAVAILABLE,
                        what + " failed: it conflicted with other transactions. Try again.",
                        cause);
            case BUSY ->
                SaasException.unavailable(
                        ErrorCodes.BACKEND_UNAVAILABLE,
                        what + " failed: it took too long, or waited too long for another transaction. Try again.",
                        cause);
            case IN_USE ->
                SaasException.unavailable(
                        ErrorCodes.BACKEND_IN_USE,
                        what + " failed: the database is open in another process. Close it there first.",
                        cause);
            case UNREACHABLE ->
                SaasException.unavailable(
                        ErrorCodes.BACKEND_UNAVAILABLE,
                        what
                                + " failed: the database cannot be reached, or did not accept a connection in time. Check it, and try again.",
                        cause);
            case SILENT ->
                SaasException.unavailable(
                        ErrorCodes.BACKEND_UNAVAILABLE,
                        what + " failed: the database did not answer in time. Check it, and try again.",
                        cause);
            case DISK_FAILED ->
                SaasException.unavailable(
                        ErrorCodes.BACKEND_UNAVAILABLE,
                        what + " failed: the disk is full or fails. Make room, or check the disk, and try again.",
                        cause);
            case EXHAUSTED ->
                SaasException.unavailable(
                        ErrorCodes.BACKEND_UNAVAILABLE,
                        what
                                + " failed: the database server ran out of memory, locks, connections or disk space, or its disk"
                                + " fails. Check it, and try again.",
                        cause);
            case NOT_ADMITTED ->
                SaasException.unavailable(
                        ErrorCodes.BACKEND_UNAVAILABLE,
                        what
                                + " failed: the database server refuses the user or the password of the control plane. Check them,"
                                + " and try again.",
                        cause);
            case NO_DATABASE ->
                SaasException.unavailable(
                        ErrorCodes.BACKEND_UNAVAILABLE,
                        what
                                + " failed: the database server has no database with the name in the URL. Create it, or correct"
                                + " the URL, and try again.",
                        cause);
            case CLOSED ->
                SaasException.unavailable(
                        ErrorCodes.BACKEND_UNAVAILABLE,
                        what
                                + " failed: the database refuses the control plane. Its owner or an administrator revoked the right"
                                + " to connect, or limited the connections. Undo that, or try again.",
                        cause);
            case DOES_NOT_FIT ->
                new SaasException(
                        ErrorCategory.INVALID_INPUT,
                        ErrorCodes.RECORD_INVALID,
                        what + " failed: a value is too long, or the database cannot store it for another reason.",
                        Map.of(),
                        false,
                        cause);
            case OTHER ->
                SaasException.internal(ErrorCodes.BACKEND_FAILED, what + " failed inside the database.", cause);
        };
    }
}
