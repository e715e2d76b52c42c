// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The root of all errors that this library throws on purpose.
 *
 * <p>The message is one or two sentences for a person: what failed, on what, what was found and expected, what to do. It
 * never holds a secret, SQL, a path or a class name, so it may be shown to a client, except for {@link
 * ErrorCategory#INTERNAL} and {@link ErrorCategory#UNAVAILABLE}, whose messages are for the operator.
 */
public class SaasException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final ErrorCategory category;
    private final transient Map<String, String> details;
    private final boolean retryable;

    /**
     * An error with all its parts.
     *
     * @param code stable and machine-readable, such as {@code tenant.name-taken}; docs/errors.md lists all
     * @param details values named in the message, by name
     * @param retryable whether the same request may succeed later, unchanged
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

    /** An error that the caller can correct. */
    public static SaasException invalid(String code, String message) {
        return new SaasException(ErrorCategory.INVALID_INPUT, code, message, Map.of(), false, null);
    }

    /** Something named does not exist. */
    public static SaasException notFound(String code, String message) {
        return new SaasException(ErrorCategory.NOT_FOUND, code, message, Map.of(), false, null);
    }

    /** A rule or the present state says no. */
    public static SaasException conflict(String code, String message) {
        return new SaasException(ErrorCategory.CONFLICT, code, message, Map.of(), false, null);
    }

    /** The acting user has no right to do this. */
    public static SaasException notAllowed(String code, String message) {
        return new SaasException(ErrorCategory.NOT_ALLOWED, code, message, Map.of(), false, null);
    }

    /** This backend or build cannot do it. */
    public static SaasException unsupported(String code, String message) {
        return new SaasException(ErrorCategory.UNSUPPORTED, code, message, Map.of(), false, null);
    }

    /** Something needed is out of reach; retryable. */
    public static SaasException unavailable(String code, String message, @Nullable Throwable cause) {
        return new SaasException(ErrorCategory.UNAVAILABLE, code, message, Map.of(), true, cause);
    }

    /** A defect. */
    public static SaasException internal(String code, String message, @Nullable Throwable cause) {
        return new SaasException(ErrorCategory.INTERNAL, code, message, Map.of(), false, cause);
    }

    /** The stable code, such as {@code tenant.name-taken}. */
    public final String code() {
        return code;
    }

    public final ErrorCategory category() {
        return category;
    }

    /** The values named in the message, by name; empty after Java serialization. */
    public final Map<String, String> details() {
        return details == null ? Map.of() : details;
    }

    /** Whether the same request may succeed later, unchanged. */
    public final boolean retryable() {
        return retryable;
    }
}
