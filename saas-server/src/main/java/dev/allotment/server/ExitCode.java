// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

/** What the process tells whoever started it. */
final class ExitCode {
    static final int OK = 0;
    /** Something failed that nobody foresaw. */
    static final int FAILED = 1;
    /** Settings are wrong; nothing was touched. */
    static final int WRONG_SETTINGS = 2;
    /** A port, a database or a folder cannot be had. */
    static final int OUT_OF_REACH = 3;

    private ExitCode() {}
}
