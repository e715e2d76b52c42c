// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.hook.Work;
import dev.allotment.hook.WorkObserver;
import dev.allotment.spi.protocol.FailureReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Gives each line that is logged for an operation its number, and the name of its tenant. Thread-safe. */
final class LogContext implements WorkObserver {
    /** The key of the number of the operation in the MDC. */
    static final String OPERATION_KEY = "allotment.operation";

    @Override
    public Ending started(Work work) {
        if (work.step() != null) {
            return failure -> {};
        }
        Runnable backOperation = put(OPERATION_KEY, work.operation().toString());
        Runnable backTenant = put(FailureReference.TENANT_KEY, work.tenant());
        return failure -> {
            backTenant.run();
            backOperation.run();
        };
    }

    /**
     * Changes what the lines of this thread have.
     *
     * @param value null: nothing
     * @return changes it back, on the same thread
     */
    static Runnable put(String key, @Nullable String value) {
        String before = MDC.get(key);
        set(key, value);
        return () -> set(key, before);
    }

    private static void set(String key, @Nullable String value) {
        if (value == null) {
            MDC.remove(key);
        } else {
            MDC.put(key, value);
        }
    }
}
