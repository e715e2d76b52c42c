// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

/** The exit codes of the process. */
final class ExitCode {
    static final int OK = 0;
    /** An unexpected failure. */
    static final int FAILED = 1;
    /** Settings are wrong. Nothing was changed. */
    static final int WRONG_SETTINGS = 2;
    /** A port, a database or a folder is unavailable, or the stored schema does not fit this version. */
    static final int UNAVAILABLE = 3;

    /** A check found differences, or a repair left some. */
    static final int FINDINGS = 4;

    /** What the command names does not exist, or its state does not allow the request. */
    static final int REFUSED = 5;

    private ExitCode() {}
}
