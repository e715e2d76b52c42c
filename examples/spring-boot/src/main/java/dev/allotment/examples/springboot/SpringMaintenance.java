// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.springboot;

import dev.allotment.Saas;
import java.util.concurrent.TimeUnit;
import org.springframework.scheduling.annotation.Scheduled;

/** Runs the maintenance of the control plane: the library does not start threads. */
final class SpringMaintenance {
    private final Saas saas;

    SpringMaintenance(Saas saas) {
        this.saas = saas;
    }

    @Scheduled(fixedDelay = 5, timeUnit = TimeUnit.SECONDS)
    void run() {
        saas.maintenance().run();
    }

    /** Runs on its own thread, so that long work does not delay it: see {@code spring.task.scheduling.pool.size}. */
    @Scheduled(fixedDelay = 5, timeUnit = TimeUnit.SECONDS)
    void renew() {
        saas.maintenance().renewLeases();
    }
}
