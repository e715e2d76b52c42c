// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The exception that this library throws for every expected failure.
 *
 * <p>The message has one or two sentences for people: what failed, on what, what was found and expected, and what to
 * do. It never contains a secret, SQL, a path or a class name, so it may be shown to a client. The exceptions are
 * {@link ErrorCategory#INTERNAL} and {@link ErrorCategory#UNAVAILABLE}, whose messages are for the operator.
 */
public class SaasException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final ErrorCategory category;
    private final transient Map<String, String> details;
    private final boolean retryable;

    /**
     * Creates an exception with all its parts.
     *
     * @param category what the caller can do
     * @param code stable and machine-readable, one of {@link ErrorCodes}
     * @param message for people
     * @param details the values in the message, by name
     * @param retryable whether the same request may succeed later, unchanged
     * @param cause for the log; null: none
     */
    public SaasException(
            ErrorCategory category,
            String code,
            String message,
            Map<String, String> details,
            boolean retryable,
            @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.category = category;
        this.details = Map.copyOf(details);
        this.retryable = retryable;
    }

    /** Creates an exception for a request that is wrong. */
    public static SaasException invalid(String code, String message) {
        return new SaasException(ErrorCategory.INVALID_INPUT, code, message, Map.of(), false, null);
    }

    /** Creates an exception for something that does not exist. */
    public static SaasException notFound(String code, String message) {
        return new SaasException(ErrorCategory.NOT_FOUND, code, message, Map.of(), false, null);
    }

    /** Creates an exception for a rule or a state that forbids the request. */
    public static SaasException conflict(String code, String message) {
        return new SaasException(ErrorCategory.CONFLICT, code, message, Map.of(), false, null);
    }

    /** Creates an exception for an acting user who lacks the right. */
    public static SaasException notAllowed(String code, String message) {
        return new SaasException(ErrorCategory.NOT_ALLOWED, code, message, Map.of(), false, null);
    }

    /** Creates an exception for what this backend or build cannot do. */
    public static SaasException unsupported(String code, String message) {
        return new SaasException(ErrorCategory.UNSUPPORTED, code, message, Map.of(), false, null);
    }

    /** Creates a retryable exception for something that cannot be reached. */
    public static SaasException unavailable(String code, String message, @Nullable Throwable cause) {
        return new SaasException(ErrorCategory.UNAVAILABLE, code, message, Map.of(), true, cause);
    }

    /** Creates an exception for a defect. */
    public static SaasException internal(String code, String message, @Nullable Throwable cause) {
        return new SaasException(ErrorCategory.INTERNAL, code, message, Map.of(), false, cause);
    }

    /** Returns the stable code, such as {@code tenant.name-taken}. */
    public final String code() {
        return code;
    }

    /** Returns what the caller can do. */
    public final ErrorCategory category() {
        return category;
    }

    /** Returns the values in the message, by name; empty after Java serialization. */
    public final Map<String, String> details() {
        return details == null ? Map.of() : details;
    }

    /** Returns whether the same request may succeed later, unchanged. */
    public final boolean retryable() {
        return retryable;
    }
}
