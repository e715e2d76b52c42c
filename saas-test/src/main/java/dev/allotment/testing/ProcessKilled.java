// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

/** The simulated death of a process under test. Only tests of an {@link InterruptibleBackend} catch it. */
public final class ProcessKilled extends Error {
    private static final long serialVersionUID = 1L;

    ProcessKilled(int points) {
        super("The test killed the process after " + points + " points.");
    }
}
