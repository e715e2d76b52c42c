// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.route;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.rest.json.Mismatch;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A refused request, which the caller gets as {@code application/problem+json} (RFC 9457). Its texts are for the
 * caller.
 */
public final class Problem extends RuntimeException {
    /** The body is not JSON, or exceeds a limit. */
    public static final String MALFORMED = "request.malformed";

    /** A parameter or a field is unknown, is missing, or has the wrong type. */
    public static final String INVALID = "request.invalid";

    /** There is nothing at this path. */
    public static final String PATH = "request.path";

    /** The path has no operation with this method. */
    public static final String METHOD = "request.method";

    /** The body has another type than JSON. */
    public static final String MEDIA_TYPE = "request.media-type";

    /** The resource is not as the caller has seen it. */
    public static final String CHANGED = "request.changed";

    /** The server refuses the request before it is read, for example because it is too large. */
    public static final String REFUSED = "request.refused";

    private static final long serialVersionUID = 1L;

    private static final String DOCUMENTATION = "https://github.com/allotment-dev/allotment/blob/main/docs/";
    private static final int A_MOMENT = 1;

    /** In seconds: the longest time that an unknown key waits for its turn. */
    private static final int A_WHILE = 10;

    private static final int AN_HOUR = 3600;

    /** Codes of operations on record, whose messages say how to get the result. */
    private static final Set<String> ON_RECORD = Set.of(
            ErrorCodes.OPERATION_IN_PROGRESS,
            ErrorCodes.OPERATION_UNFINISHED,
            ErrorCodes.OPERATION_SUPERSEDED,
            ErrorCodes.OPERATION_ABANDONED);

    private final int status;
    private final String code;
    private final transient Map<String, String> headers;
    private final transient Map<String, String> details;
    private final boolean retryable;

    private Problem(
            int status,
            String code,
            @Nullable String text,
            Map<String, String> headers,
            Map<String, String> details,
            boolean retryable) {
        // No stack trace: it is an answer, not a defect.
        super(text, null, false, false);
        this.status = status;
        this.code = code;
        this.headers = Map.copyOf(headers);
        this.details = Map.copyOf(details);
        this.retryable = retryable;
    }

    /** Creates a problem of a request that no retry solves. */
    public static Problem of(int status, String code, String text) {
        return new Problem(status, code, text, Map.of(), Map.of(), false);
    }

    /** Creates the problem of a value with the wrong type. */
    public static Problem of(Mismatch mismatch) {
        return invalid(mismatch.text());
    }

    /** Creates the problem of a request with a wrong parameter or field. */
    public static Problem invalid(String text) {
        return of(400, INVALID, text);
    }

    /** Creates the problem of a request without a valid API key. */
    public static Problem unauthorized(String text) {
        return new Problem(
                401,
                ErrorCodes.ACCESS_DENIED,
                text,
                Map.of("WWW-Authenticate", "Bearer realm=\"allotment\""),
                Map.of(),
                false);
    }

    /** Creates the problem of a method that a path does not have. */
    public static Problem method(String method, Set<String> allowed) {
        String list = String.join(", ", allowed);
        return new Problem(
                405,
                METHOD,
                "This path has no operation " + method + ". It has " + list + ".",
                Map.of("Allow", list),
                Map.of(),
                false);
    }

    /** Creates the problem of a defect, whose cause is in the log. */
    public static Problem internal(String reference) {
        return new Problem(
                500,
                "internal",
                "Internal error, reference " + reference + ".",
                Map.of(),
                Map.of("reference", reference),
                false);
    }

    /**
     * Translates a failure of the control plane, except for a defect.
     *
     * @param named whether the path names a record. If it does not, the missing record is one that the body names
     */
    public static Problem of(SaasException error, boolean named) {
        return switch (error.category()) {
            case INVALID_INPUT, UNSUPPORTED -> of(422, error);
            case NOT_FOUND -> of(named ? 404 : 422, error);
            case CONFLICT -> of(409, error);
            case NOT_ALLOWED ->
                error.code().equals(ErrorCodes.ACCESS_DENIED)
                        ? unauthorized("The API key is not valid.")
                        : of(403, error);
            case UNAVAILABLE ->
                switch (error.code()) {
                    case ErrorCodes.ACCESS_BUSY -> after(A_WHILE, 429, error, error.getMessage());
                    case ErrorCodes.TEAM_TOO_MANY_INVITATIONS -> after(AN_HOUR, 429, error, error.getMessage());
                    default ->
                        after(
                                A_MOMENT,
                                503,
                                error,
                                ON_RECORD.contains(error.code())
                                        ? error.getMessage()
                                        : "Temporarily unavailable. Please try again in a moment.");
                };
            case INTERNAL -> throw new IllegalArgumentException(ErrorCategory.INTERNAL.name(), error);
        };
    }

    private static Problem of(int status, SaasException error) {
        return error.retryable()
                ? after(A_MOMENT, status, error, error.getMessage())
                : new Problem(status, error.code(), error.getMessage(), Map.of(), error.details(), false);
    }

    private static Problem after(int seconds, int status, SaasException error, @Nullable String text) {
        return new Problem(
                status,
                error.code(),
                text,
                Map.of("Retry-After", Integer.toString(seconds)),
                error.category() == ErrorCategory.UNAVAILABLE && !ON_RECORD.contains(error.code())
                        ? Map.of()
                        : error.details(),
                error.retryable());
    }

    /** Returns the HTTP status. */
    public int status() {
        return status;
    }

    /** Returns the code, by which failures are counted, too. */
    public String code() {
        return code;
    }

    /** Returns headers for the response. */
    public Map<String, String> headers() {
        return headers;
    }

    /** Returns the document. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", type());
        json.put("title", title(status));
        json.put("status", status);
        json.put("detail", String.valueOf(getMessage()));
        json.put("code", code);
        json.put("retryable", retryable);
        String operation = details.get("operation");
        if (operation != null && operation.matches("[0-9]{1,18}")) {
            json.put("operation", Long.valueOf(operation));
        }
        if (!details.isEmpty()) {
            json.put("details", new TreeMap<>(details));
        }
        return json;
    }

    /** Returns the address of the documentation, at the place where it has the code. */
    private String type() {
        String page = code.startsWith("request.") ? "rest.md" : "errors.md";
        return DOCUMENTATION + page + "#:~:text=" + code.replace("-", "%2D");
    }

    private static String title(int status) {
        return switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 409 -> "Conflict";
            case 412 -> "Precondition Failed";
            case 413 -> "Content Too Large";
            case 415 -> "Unsupported Media Type";
            case 422 -> "Unprocessable Content";
            case 429 -> "Too Many Requests";
            case 503 -> "Service Unavailable";
            default -> status < 500 ? "Refused" : "Internal Server Error";
        };
    }
}
