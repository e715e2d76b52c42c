// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import dev.allotment.Saas;
import dev.allotment.SaasException;
import java.io.PrintStream;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** Does what is due, again and again, as a server does, but more often. */
final class VictimMaintenance {
    private final Saas saas;
    private final PrintStream out;
    /** What one is busy with must not keep the other from saying that it is. */
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2);

    VictimMaintenance(Saas saas, PrintStream out) {
        this.saas = saas;
        this.out = out;
    }

    void start() {
        var unusedLeases = threads.scheduleWithFixedDelay(
                () -> attempt(() -> {
                    saas.maintenance().renewLeases();
                    return 0;
                }),
                0,
                1,
                TimeUnit.SECONDS);
        var unused =
                threads.scheduleWithFixedDelay(() -> attempt(saas.maintenance()::run), 0, 20, TimeUnit.MILLISECONDS);
    }

    /** When this returns, nothing is being done. */
    void stop() throws InterruptedException {
        threads.shutdown();
        while (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
            out.println("Some work is unfinished");
        }
    }

    private void attempt(IntSupplier task) {
        try {
            int done = task.getAsInt();
            if (done > 0) {
                out.println("DID " + done);
            }
        } catch (SaasException e) {
            out.println((e.retryable() ? "LATER " : "WRONG ") + e.code() + ' ' + e.getMessage());
        }
        out.flush();
    }
}
