// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

/** Stands for the end of the process in the tests of an {@link InterruptibleBackend}; nothing but such a test catches it. */
public final class ProcessKilled extends Error {
    private static final long serialVersionUID = 1L;

    ProcessKilled(int points) {
        super("The process was killed after " + points + " points, as the test asked.");
    }
}
