// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;

/** The server cannot start, and the operator is told why in a sentence. */
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

    /** What the control plane or its backend says, to the operator; and where things are kept, if it is about that. */
    static StartFailure of(SaasException e, String storage) {
        String message = String.valueOf(e.getMessage());
        if (e.category() == ErrorCategory.INVALID_INPUT) {
            return new StartFailure(ExitCode.WRONG_SETTINGS, message, e);
        }
        boolean outOfReach =
                e.category() == ErrorCategory.UNAVAILABLE || e.code().equals(ErrorCodes.BACKEND_IN_USE);
        return new StartFailure(
                outOfReach ? ExitCode.OUT_OF_REACH : ExitCode.FAILED,
                "Backend " + storage + ": " + message + origin(e),
                e);
    }

    /** What the driver or the operating system said: a wrong password and a wrong port are put right in different ways. */
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
