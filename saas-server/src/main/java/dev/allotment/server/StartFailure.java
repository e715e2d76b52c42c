// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;

/** Says in one sentence to the operator why the server cannot start. */
final class StartFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    StartFailure(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    StartFailure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** Translates an error of the control plane or its backend. Names the storage unless a setting is wrong. */
    static StartFailure of(SaasException e, String storage) {
        String message = String.valueOf(e.getMessage());
        if (e.category() == ErrorCategory.INVALID_INPUT) {
            return new StartFailure(ExitCode.WRONG_SETTINGS, message, e);
        }
        boolean unavailable = e.category() == ErrorCategory.UNAVAILABLE
                || e.code().equals(ErrorCodes.BACKEND_IN_USE)
                || e.code().equals(ErrorCodes.BACKEND_SCHEMA);
        return new StartFailure(
                unavailable ? ExitCode.UNAVAILABLE : ExitCode.FAILED,
                "Backend " + storage + ": " + message + origin(e),
                e);
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

    int exitCode() {
        return exitCode;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
