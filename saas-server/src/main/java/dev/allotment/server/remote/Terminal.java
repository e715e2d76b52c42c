// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.remote;

import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Where a command runs.
 *
 * @param environment the environment variables
 * @param interactive whether a person sees {@code err} on a terminal
 */
record Terminal(Map<String, String> environment, PrintStream out, PrintStream err, boolean interactive) {
    /** Waits before the server is asked again. */
    static void pause(long seconds) throws InterruptedException {
        boolean ended = new CountDownLatch(1).await(seconds, TimeUnit.SECONDS);
        if (ended) {
            throw new IllegalStateException("Nothing counts it down");
        }
    }
}
