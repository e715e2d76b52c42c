// SPDX-License-Identifier: Apache-2.0
package dev.allotment.json2;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.odoo.fault.OdooFault;
import java.util.List;
import java.util.Map;

/** The answer to a call that fails: a status, and the name that Odoo's clients know the failure by. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final String WERKZEUG = "werkzeug.exceptions.";
    private static final String REQUEST = "request";
    private static final String RETRY_AFTER = "Retry-After";

    /** In seconds: the longest time that a password or an unknown key waits for its turn. */
    private static final Map<String, String> A_WHILE = Map.of(RETRY_AFTER, "10");

    private static final Map<String, String> A_MOMENT = Map.of(RETRY_AFTER, "1");

    private final int status;
    private final String name;
    private final transient Map<String, String> headers;
    private final String failure;

    private Refusal(int status, String name, String message, Map<String, String> headers, String failure) {
        // No stack trace: it is an answer, not a defect.
        super(message, null, false, false);
        this.status = status;
        this.name = name;
        this.headers = headers;
        this.failure = failure;
    }

    static Refusal badRequest(String message) {
        return new Refusal(400, WERKZEUG + "BadRequest", message, Map.of(), REQUEST);
    }

    static Refusal unauthorized(String message) {
        return new Refusal(
                401,
                WERKZEUG + "Unauthorized",
                message,
                Map.of("WWW-Authenticate", "bearer"),
                ErrorCodes.ACCESS_DENIED);
    }

    static Refusal accessDenied(String message) {
        return new Refusal(403, "odoo.exceptions.AccessDenied", message, Map.of(), ErrorCodes.ACCESS_DENIED);
    }

    static Refusal notFound(String message) {
        return new Refusal(404, WERKZEUG + "NotFound", message, Map.of(), "not-found");
    }

    static Refusal of(OdooFault fault) {
        return switch (fault.kind()) {
            case REQUEST ->
                new Refusal(422, WERKZEUG + "UnprocessableEntity", fault.getMessage(), Map.of(), fault.failure());
            case INTERNAL -> of(500, fault);
            case UNAVAILABLE ->
                new Refusal(503, WERKZEUG + "ServiceUnavailable", fault.getMessage(), A_MOMENT, fault.failure());
            case USER_ERROR ->
                isBusy(fault)
                        ? new Refusal(409, "odoo.exceptions.LockError", fault.getMessage(), Map.of(), fault.failure())
                        : of(422, fault);
            case VALIDATION -> of(422, fault);
            case MISSING, NOT_FOUND -> of(404, fault);
            case TOO_MANY -> new Refusal(429, fault.exceptionName(), fault.getMessage(), A_WHILE, fault.failure());
            case ACCESS_DENIED, ACCESS_ERROR, SESSION_EXPIRED -> of(403, fault);
        };
    }

    private static Refusal of(int status, OdooFault fault) {
        return new Refusal(status, fault.exceptionName(), fault.getMessage(), Map.of(), fault.failure());
    }

    private static boolean isBusy(OdooFault fault) {
        return fault.getCause() instanceof SaasException error && error.code().equals(ErrorCodes.TENANT_BUSY);
    }

    int status() {
        return status;
    }

    Map<String, String> headers() {
        return headers;
    }

    /** Returns the reason for counting. */
    String failure() {
        return failure;
    }

    String text() {
        return String.valueOf(getMessage());
    }

    String name() {
        return name;
    }

    /** Returns the arguments of the exception. Those of the web framework have the status, too. */
    List<Object> arguments() {
        return name.startsWith(WERKZEUG) ? List.of(text(), status) : List.of(text());
    }
}
