// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.springboot;

import dev.allotment.Saas;
import java.util.concurrent.TimeUnit;
import org.springframework.scheduling.annotation.Scheduled;

/** What the library leaves to its host, since it starts no thread of its own. */
final class SpringMaintenance {
    private final Saas saas;

    SpringMaintenance(Saas saas) {
        this.saas = saas;
    }

    @Scheduled(fixedDelay = 5, timeUnit = TimeUnit.SECONDS)
    void run() {
        saas.maintenance().run();
    }

    /** On another thread than what takes long: see {@code spring.task.scheduling.pool.size}. */
    @Scheduled(fixedDelay = 5, timeUnit = TimeUnit.SECONDS)
    void renew() {
        saas.maintenance().renewLeases();
    }
}
