// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

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

    /** What the control plane or its backend says, to the operator. */
    static StartFailure of(SaasException e) {
        int exitCode = switch (e.category()) {
            case INVALID_INPUT -> ExitCode.WRONG_SETTINGS;
            case UNAVAILABLE -> ExitCode.OUT_OF_REACH;
            default -> e.code().equals(ErrorCodes.BACKEND_IN_USE) ? ExitCode.OUT_OF_REACH : ExitCode.FAILED;
        };
        return new StartFailure(exitCode, String.valueOf(e.getMessage()), e);
    }

    int exitCode() {
        return exitCode;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
