// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import dev.allotment.Health;
import dev.allotment.Saas;
import dev.allotment.fleet.MaintenanceThreads;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/** Runs the maintenance from before the web server answers until after it has stopped. Thread-safe. */
final class MaintenanceLifecycle implements SmartLifecycle {
    /** Below the phase of the web server, which starts later and stops earlier. */
    static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 4096;

    private final Saas saas;
    private @Nullable MaintenanceThreads maintenance;

    MaintenanceLifecycle(Saas saas) {
        this.saas = saas;
    }

    @Override
    public synchronized void start() {
        if (maintenance == null) {
            maintenance = MaintenanceThreads.start(saas);
        }
    }

    @Override
    public void stop() {
        MaintenanceThreads running = take();
        if (running != null) {
            running.close();
        }
    }

    private synchronized @Nullable MaintenanceThreads take() {
        MaintenanceThreads running = maintenance;
        maintenance = null;
        return running;
    }

    @Override
    public synchronized boolean isRunning() {
        return maintenance != null;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    synchronized Health health() {
        return maintenance == null ? Health.down("The maintenance of this node is not running.") : maintenance.health();
    }
}
