// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Renews leases on the embedder's executor until the control plane is open, when the embedder can renew them. */
public final class LeaseRenewal {
    private static final Logger LOG = System.getLogger("dev.allotment.operations");
    private static final long EVERY = 5_000_000_000L;
    /** How often it checks whether the control plane is open, on the system's clock. */
    private static final long LOOK_MILLIS = 10;

    private final OperationLeases leases;
    private final CoreContext context;
    private final FailureLog failures;
    private final Thread opener = Thread.currentThread();
    private long last;
    private boolean over;

    private LeaseRenewal(OperationLeases leases, CoreContext context) {
        this.leases = leases;
        this.context = context;
        this.failures = new FailureLog("dev.allotment.operations", context.node());
        this.last = context.tick();
    }

    static LeaseRenewal on(Executor executor, OperationLeases leases, CoreContext context) {
        LeaseRenewal renewal = new LeaseRenewal(leases, context);
        try {
            executor.execute(renewal::renew);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "Leases are not renewed while the control plane is being opened", e);
        }
        return renewal;
    }

    private synchronized void renew() {
        if (Thread.currentThread() == opener) {
            // A direct executor would run this at once, and nothing would be opened before it returned.
            return;
        }
        while (!over) {
            try {
                wait(LOOK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            long now = context.tick();
            if (!over && now - last >= EVERY) {
                last = now;
                attempt();
            }
        }
    }

    private void attempt() {
        try {
            context.maintenance().call(() -> {
                leases.renew();
                return null;
            });
        } catch (RuntimeException e) {
            failures.warn("Leases could not be renewed", e);
        }
    }

    synchronized void close() {
        over = true;
        notifyAll();
    }
}
