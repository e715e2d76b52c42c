// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.setting;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;

/** Says in one sentence to the operator why the server cannot start. */
public final class StartFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private static final String BACKEND = "backend.";

    private final int exitCode;

    public StartFailure(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    public StartFailure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** Translates an error of the control plane or its backend. Names the storage if it is the cause. */
    public static StartFailure of(SaasException e, String storage) {
        String message = String.valueOf(e.getMessage());
        boolean ofBackend = e.code().startsWith(BACKEND);
        String told = ofBackend ? "Backend " + storage + ": " + message + origin(e) : message;
        return switch (e.category()) {
            case INVALID_INPUT -> new StartFailure(ExitCode.WRONG_SETTINGS, message, e);
            case UNAVAILABLE -> new StartFailure(ExitCode.UNAVAILABLE, ofBackend ? told : message + origin(e), e);
            case INTERNAL ->
                new StartFailure(
                        isSchema(e) ? ExitCode.REFUSED : ExitCode.FAILED, ofBackend ? told : message + origin(e), e);
            case NOT_FOUND, CONFLICT, NOT_ALLOWED, UNSUPPORTED ->
                new StartFailure(ofBackend && !isSchema(e) ? ExitCode.UNAVAILABLE : refusal(e), told, e);
        };
    }

    /** Another attempt to start finds the same schema. */
    private static boolean isSchema(SaasException e) {
        return e.code().equals(ErrorCodes.BACKEND_SCHEMA);
    }

    private static int refusal(SaasException e) {
        return e.category() == ErrorCategory.NOT_FOUND
                ? ExitCode.NOT_FOUND
                : e.retryable() ? ExitCode.BUSY : ExitCode.REFUSED;
    }

    /**
     * Returns the message of the driver or operating system, which distinguishes a wrong password from a wrong port.
     */
    private static String origin(Throwable e) {
        Throwable origin = e;
        while (origin.getCause() != null) {
            origin = origin.getCause();
        }
        return origin.equals(e) || origin.getMessage() == null ? "" : " (" + origin.getMessage() + ")";
    }

    public int exitCode() {
        return exitCode;
    }

    public String text() {
        return String.valueOf(getMessage());
    }
}
