// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.fault;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.protocol.FailureReference;
import dev.allotment.spi.protocol.UnavailableLog;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * The answer to a failed call, in the terms of Odoo's clients. Its message may be shown to any client: it never
 * contains a stack trace, a class name, SQL, a path or a host.
 */
public final class OdooFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final Logger LOG = LoggerFactory.getLogger(OdooFault.class);
    private static final UnavailableLog UNAVAILABLE_LOG = new UnavailableLog(LOG::warn);

    /** The kind of failure, which decides the fault code of every dialect. */
    public enum Kind {
        /** The call itself is malformed. */
        REQUEST(1, "", "builtins.ValueError"),
        /** A defect; the log has the cause. */
        INTERNAL(1, "", "builtins.Exception"),
        /** Something is unavailable or busy. The same call may succeed in a moment. */
        UNAVAILABLE(1, "", "builtins.Exception"),
        /** A business rule forbids it. */
        USER_ERROR(2, "UserError", "odoo.exceptions.UserError"),
        /** A record does not exist. */
        MISSING(2, "MissingError", "odoo.exceptions.MissingError"),
        /** There is no such model or method. Occurs only in calls with named arguments; elsewhere USER_ERROR. */
        NOT_FOUND(2, "UserError", "werkzeug.exceptions.NotFound"),
        /** A value is not valid. */
        VALIDATION(2, "UserError", "odoo.exceptions.ValidationError"),
        /** The credentials are wrong. */
        ACCESS_DENIED(3, "", "odoo.exceptions.AccessDenied"),
        /** Too many passwords or API keys were sent or are being checked: the caller has to wait. */
        TOO_MANY(1, "", "werkzeug.exceptions.TooManyRequests"),
        /** The user may not do this. */
        ACCESS_ERROR(4, "AccessError", "odoo.exceptions.AccessError"),
        /** There is no web session, or it has expired. Occurs only on the paths of the web client. */
        SESSION_EXPIRED(3, "", "odoo.http.SessionExpiredException");

        private final int code;
        private final String warning;
        private final String exceptionName;

        Kind(int code, String warning, String exceptionName) {
            this.code = code;
            this.warning = warning;
            this.exceptionName = exceptionName;
        }
    }

    /**
     * Codes of operations on record, whose messages say how to get the result. They are not faults of the caller, which
     * must not take them for a refusal.
     */
    private static final Set<String> UNKNOWN_OUTCOME = Set.of(
            ErrorCodes.OPERATION_IN_PROGRESS,
            ErrorCodes.OPERATION_UNFINISHED,
            ErrorCodes.OPERATION_SUPERSEDED,
            ErrorCodes.OPERATION_ABANDONED);

    private final Kind kind;

    /** Creates a fault. The message may be shown to any client. */
    public OdooFault(Kind kind, String message) {
        this(kind, message, null);
    }

    private OdooFault(Kind kind, @Nullable String message, @Nullable Throwable cause) {
        // No stack trace: a fault is an answer, not a defect, and filling in the trace costs more than the answer.
        super(message, cause, false, false);
        this.kind = kind;
    }

    /**
     * Returns a fault for a malformed call.
     *
     * @param message says what was wrong and what is accepted
     */
    public static OdooFault request(String message) {
        return new OdooFault(Kind.REQUEST, message);
    }

    /**
     * Translates any exception into a fault, a {@link SaasException} by its category. The caller sees the
     * cause neither of a defect, which is logged here once under the reference that the message contains, nor of an
     * unavailable resource, for which a line is logged from time to time.
     */
    public static OdooFault of(Throwable thrown) {
        if (thrown instanceof OdooFault fault) {
            return fault;
        }
        if (!(thrown instanceof SaasException error)) {
            return internal(thrown);
        }
        return switch (error.category()) {
            case INVALID_INPUT -> new OdooFault(Kind.VALIDATION, error.getMessage(), error);
            case CONFLICT, UNSUPPORTED -> new OdooFault(Kind.USER_ERROR, error.getMessage(), error);
            case NOT_FOUND ->
                new OdooFault(
                        error.code().equals(ErrorCodes.RECORD_MISSING) ? Kind.MISSING : Kind.USER_ERROR,
                        error.getMessage(),
                        error);
            case NOT_ALLOWED ->
                error.code().equals(ErrorCodes.ACCESS_DENIED)
                        ? accessDenied()
                        : new OdooFault(Kind.ACCESS_ERROR, error.getMessage(), error);
            case UNAVAILABLE ->
                error.code().equals(ErrorCodes.ACCESS_BUSY)
                        ? tooMany(error)
                        : UNKNOWN_OUTCOME.contains(error.code())
                                ? new OdooFault(Kind.UNAVAILABLE, error.getMessage(), error)
                                : unavailable(error);
            case INTERNAL -> internal(error);
        };
    }

    /**
     * Translates an exception as {@link #of}, for the operator of the control plane. If something is unavailable, the
     * message says what, and which operation is on record.
     */
    public static OdooFault forOperator(SaasException error) {
        if (error.category() != ErrorCategory.UNAVAILABLE || error.code().equals(ErrorCodes.ACCESS_BUSY)) {
            return of(error);
        }
        UNAVAILABLE_LOG.log("A call", error);
        return new OdooFault(Kind.UNAVAILABLE, error.getMessage(), error);
    }

    /** Returns the fault for wrong credentials, which never says what is wrong with them. */
    public static OdooFault accessDenied() {
        return new OdooFault(Kind.ACCESS_DENIED, "Access Denied");
    }

    private static OdooFault tooMany(SaasException cause) {
        UNAVAILABLE_LOG.log("A call", cause);
        return new OdooFault(Kind.TOO_MANY, cause.getMessage(), cause);
    }

    private static OdooFault unavailable(SaasException cause) {
        UNAVAILABLE_LOG.log("A call", cause);
        return new OdooFault(Kind.UNAVAILABLE, "Temporarily unavailable. Please try again in a moment.", cause);
    }

    private static OdooFault internal(Throwable cause) {
        String reference = FailureReference.of(MDC.get(FailureReference.REQUEST_KEY));
        LOG.error("Internal error, reference {}", reference, cause);
        return new OdooFault(Kind.INTERNAL, "Internal error, reference " + reference, cause);
    }

    /** Returns the message; never null. */
    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? "" : message;
    }

    /** Returns the kind of failure. */
    public Kind kind() {
        return kind;
    }

    /**
     * Returns the reason for counting: the error code of the control plane, or the kind if the fault was found before
     * the control plane was called.
     */
    public String failure() {
        if (getCause() instanceof SaasException error) {
            return error.code();
        }
        return kind == Kind.ACCESS_DENIED
                ? ErrorCodes.ACCESS_DENIED
                : kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns the {@code faultCode} of {@code /xmlrpc/2}, from 1 to 4. The {@code faultString} is the message. */
    public int code() {
        return kind.code;
    }

    /** Returns the {@code faultCode} of the older dialect, which is text. */
    public String legacyCode() {
        if (kind.code == 3) {
            return "AccessDenied";
        }
        return kind.warning.isEmpty() ? getMessage() : "warning -- " + kind.warning + "\n\n" + getMessage();
    }

    /** Returns the {@code faultString} of the older dialect. Empty if the code contains the message. */
    public String legacyMessage() {
        return kind.warning.isEmpty() ? getMessage() : "";
    }

    /**
     * Returns the name of Odoo's exception, such as {@code odoo.exceptions.UserError}. This is {@code
     * error.data.name} in JSON-RPC.
     */
    public String exceptionName() {
        return kind.exceptionName;
    }

    /** Returns the arguments of Odoo's exception. This is {@code error.data.arguments} in JSON-RPC. */
    public List<Object> arguments() {
        return List.of(getMessage());
    }
}
