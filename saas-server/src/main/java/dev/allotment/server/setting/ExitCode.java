// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.setting;

/** The exit codes of the process. */
public final class ExitCode {
    public static final int OK = 0;
    /** An unexpected failure. */
    public static final int FAILED = 1;
    /** Settings are wrong. Nothing was changed. */
    public static final int WRONG_SETTINGS = 2;
    /** A port, a database or a folder is unavailable. */
    public static final int UNAVAILABLE = 3;

    /** A check found differences, or a repair left some. */
    public static final int FINDINGS = 4;

    /** Rights, a rule, or the present state do not allow it, or the stored schema does not fit this version. */
    public static final int REFUSED = 5;

    /** What the command names does not exist. */
    public static final int NOT_FOUND = 6;

    /** Other work is in the way. The same command may succeed later. */
    public static final int BUSY = 7;

    /** The operation that the command waited for has failed. */
    public static final int OPERATION_FAILED = 8;

    private ExitCode() {}
}
