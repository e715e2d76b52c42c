// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;

/**
 * Renews leases on a thread of the host as long as the host cannot, since it has no control plane yet.
 */
final class Renewal {
    private static final Logger LOG = System.getLogger("dev.allotment.operations");
    private static final long EVERY = 5_000_000_000L;
    /** How often it looks whether that is over, on the clock of the host; hardly anything, and only until it is open. */
    private static final long LOOK_MILLIS = 10;

    private final Sagas sagas;
    private final LongSupplier ticker;
    private final Thread opener = Thread.currentThread();
    private long last;
    private boolean over;

    private Renewal(Sagas sagas, LongSupplier ticker) {
        this.sagas = sagas;
        this.ticker = ticker;
        this.last = ticker.getAsLong();
    }

    static Renewal on(Executor executor, Sagas sagas, LongSupplier ticker) {
        Renewal renewal = new Renewal(sagas, ticker);
        try {
            executor.execute(renewal::renew);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "Leases are not renewed while the control plane is being opened: " + e.getMessage());
        }
        return renewal;
    }

    private synchronized void renew() {
        if (Thread.currentThread() == opener) {
            // An executor that runs whatever it is given at once: nothing would be opened before this ended.
            return;
        }
        while (!over) {
            try {
                wait(LOOK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            long now = ticker.getAsLong();
            if (!over && now - last >= EVERY) {
                last = now;
                attempt();
            }
        }
    }

    private void attempt() {
        try {
            sagas.renew();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "Leases could not be renewed: " + e.getMessage());
        }
    }

    /** Waits until a renewal that is under way has ended. */
    synchronized void close() {
        over = true;
        notifyAll();
    }
}
