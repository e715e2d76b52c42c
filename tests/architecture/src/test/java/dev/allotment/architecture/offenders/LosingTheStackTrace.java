// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture.offenders;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Logs failures without saying where they come from. */
public final class LosingTheStackTrace {
    private static final Logger LOG = System.getLogger("offender");

    private LosingTheStackTrace() {}

    public static void run(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, () -> "It failed: " + e.getMessage());
        }
    }

    public static void runAnything(Runnable work) {
        try {
            work.run();
        } catch (IllegalStateException | Error failure) {
            if (LOG.isLoggable(Level.WARNING)) {
                LOG.log(Level.WARNING, "It failed: " + failure.getMessage());
            }
        }
    }
}
