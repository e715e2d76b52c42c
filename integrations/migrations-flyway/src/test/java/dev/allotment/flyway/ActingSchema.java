// SPDX-License-Identifier: Apache-2.0
package dev.allotment.flyway;

import dev.allotment.DatabaseLogin;
import dev.allotment.hook.TenantSchema;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/** Runs an action for each database, and changes nothing in it. */
record ActingSchema(String version, Consumer<DatabaseLogin> action) implements TenantSchema {
    @Override
    public void migrate(DatabaseLogin login) {
        action.accept(login);
    }

    static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
