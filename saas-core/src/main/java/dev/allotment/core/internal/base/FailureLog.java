// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.spi.backend.StoredOperation;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Logs failures so that they can be diagnosed: the operation, tenant and node as key-value pairs, and the stack trace
 * of everything that is not a {@link SaasException}, which explains itself.
 */
public final class FailureLog {
    private final Logger log;
    private final String node;

    public FailureLog(String logger, String node) {
        this.log = System.getLogger(logger);
        this.node = node;
    }

    public void warn(String what, StoredOperation operation, Throwable failure) {
        log(Level.WARNING, what, about(operation), failure);
    }

    public void warn(String what, TenantId tenant, Throwable failure) {
        log(Level.WARNING, what, "tenant=" + tenant + " ", failure);
    }

    public void warn(String what, Throwable failure) {
        log(Level.WARNING, what, "", failure);
    }

    /** For a failure that is expected when {@code expected}: it is then logged only for those who look for it. */
    public void warnUnless(boolean expected, String what, Throwable failure) {
        log(expected ? Level.DEBUG : Level.WARNING, what, "", failure);
    }

    public void warnUnless(boolean expected, String what, TenantId tenant, Throwable failure) {
        log(expected ? Level.DEBUG : Level.WARNING, what, "tenant=" + tenant + " ", failure);
    }

    private static String about(StoredOperation operation) {
        return "operation=" + operation.id() + " kind=" + operation.kind() + " "
                + (operation.tenantId() == null ? "" : "tenant=" + operation.tenantId() + " ");
    }

    private void log(Level level, String what, String about, Throwable failure) {
        String message = what + ": " + failure.getMessage() + " [" + about + "node=" + node + "]";
        if (failure instanceof SaasException) {
            log.log(level, message);
        } else {
            log.log(level, message, failure);
        }
    }
}
