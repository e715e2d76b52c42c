// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/** Whether an {@link Operation} runs, is paused, succeeded or failed. */
public enum OperationState {
    /** Started and not finished, whether or not its node still lives. */
    RUNNING,

    /** Only of a {@link OperationKind#CAMPAIGN}: no node works on it until it is resumed. */
    PAUSED,

    /** All steps are done. */
    DONE,

    /** Failed or cancelled, and undone; or superseded or abandoned, which undoes it in the catalog only. */
    FAILED
}
