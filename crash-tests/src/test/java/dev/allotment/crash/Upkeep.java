// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import dev.allotment.Saas;
import dev.allotment.SaasException;
import java.io.PrintStream;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Does what is due, again and again, as a server does, but more often. */
final class Upkeep {
    private final Saas saas;
    private final PrintStream out;

    Upkeep(Saas saas, PrintStream out) {
        this.saas = saas;
        this.out = out;
    }

    void start() {
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
        var unused = thread.scheduleWithFixedDelay(this::run, 0, 20, TimeUnit.MILLISECONDS);
    }

    private void run() {
        try {
            int done = saas.maintenance().run();
            if (done > 0) {
                out.println("DID " + done);
            }
        } catch (SaasException e) {
            out.println((e.retryable() ? "LATER " : "WRONG ") + e.code() + ' ' + e.getMessage());
        }
        out.flush();
    }
}
