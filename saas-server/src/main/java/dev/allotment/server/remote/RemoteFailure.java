// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.remote;

import dev.allotment.server.setting.ExitCode;

/** A command that failed, with the exit code that says why. The text is for the operator, and has no secrets. */
final class RemoteFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    /** @param exitCode one of {@link ExitCode} */
    RemoteFailure(int exitCode, String text) {
        super(text);
        this.exitCode = exitCode;
    }

    /** Returns a failure of a wrong line, setting or file: nothing was sent. */
    static RemoteFailure wrong(String text) {
        return new RemoteFailure(ExitCode.WRONG_SETTINGS, text);
    }

    int exitCode() {
        return exitCode;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
