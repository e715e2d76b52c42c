// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import dev.allotment.Health;
import dev.allotment.Saas;
import dev.allotment.fleet.Upkeep;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/** Runs the upkeep from before the web server answers until after it has stopped. Thread-safe. */
final class UpkeepLifecycle implements SmartLifecycle {
    /** Below the phase of the web server, which starts later and stops earlier. */
    static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 4096;

    private final Saas saas;
    private @Nullable Upkeep upkeep;

    UpkeepLifecycle(Saas saas) {
        this.saas = saas;
    }

    @Override
    public synchronized void start() {
        if (upkeep == null) {
            upkeep = Upkeep.start(saas);
        }
    }

    @Override
    public void stop() {
        Upkeep running = take();
        if (running != null) {
            running.close();
        }
    }

    private synchronized @Nullable Upkeep take() {
        Upkeep running = upkeep;
        upkeep = null;
        return running;
    }

    @Override
    public synchronized boolean isRunning() {
        return upkeep != null;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    synchronized Health health() {
        return upkeep == null ? Health.down("The upkeep of this node is not running.") : upkeep.health();
    }
}
