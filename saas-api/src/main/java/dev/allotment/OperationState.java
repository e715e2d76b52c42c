// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/** Where an {@link Operation} stands. */
public enum OperationState {
    /** Begun and not ended, whether or not its node still lives. */
    RUNNING,
    /** All steps done. */
    DONE,
    /** Ended with an error; what it had done is undone. */
    FAILED
}
