// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture.offenders;

import dev.allotment.SaasException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Logs failures as it should, so that no rule may object. */
public final class KeepingTheStackTrace {
    private static final Logger LOG = System.getLogger("offender");

    private KeepingTheStackTrace() {}

    public static void run(Runnable work) {
        try {
            work.run();
        } catch (SaasException e) {
            LOG.log(Level.WARNING, () -> "It was refused: " + e.getMessage());
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, () -> "It failed", e);
        }
    }
}
