// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.spi.backend.StoredOperation;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.Set;

/**
 * Logs failures so that they can be diagnosed: the operation, tenant and node as key-value pairs, and the stack trace
 * of every failure that does not explain itself.
 */
public final class FailureLog {
    /** The failures of the embedder's code. */
    private static final Set<String> OF_EMBEDDER =
            Set.of(ErrorCodes.SCHEMA_FAILED, ErrorCodes.CAMPAIGN_ACTION_FAILED, ErrorCodes.NEUTRALISER_FAILED);

    private final Logger log;
    private final String node;

    public FailureLog(String logger, String node) {
        this.log = System.getLogger(logger);
        this.node = node;
    }

    public void warn(String what, StoredOperation operation, Throwable failure) {
        log(Level.WARNING, what, about(operation), failure);
    }

    /**
     * Logs that an operation continues after a failure at one tenant.
     *
     * @param tenant that the operation, such as a campaign, failed to change
     */
    public void warn(String what, StoredOperation operation, TenantId tenant, Throwable failure) {
        log(Level.WARNING, what, about(operation) + "tenant=" + tenant + " ", failure);
    }

    public void warn(String what, TenantId tenant, Throwable failure) {
        log(Level.WARNING, what, "tenant=" + tenant + " ", failure);
    }

    public void warn(String what, Throwable failure) {
        log(Level.WARNING, what, "", failure);
    }

    /** Logs a warning, or a debug message if the failure is expected. */
    public void warnUnless(boolean expected, String what, Throwable failure) {
        log(expected ? Level.DEBUG : Level.WARNING, what, "", failure);
    }

    /** Logs like {@link #warnUnless(boolean, String, Throwable)}, with the tenant. */
    public void warnUnless(boolean expected, String what, TenantId tenant, Throwable failure) {
        log(expected ? Level.DEBUG : Level.WARNING, what, "tenant=" + tenant + " ", failure);
    }

    private static String about(StoredOperation operation) {
        return "operation=" + operation.id() + " kind=" + operation.kind() + " "
                + (operation.campaign() == null ? "" : "campaign=" + operation.campaign() + " ")
                + (operation.tenantId() == null ? "" : "tenant=" + operation.tenantId() + " ");
    }

    private void log(Level level, String what, String about, Throwable failure) {
        String why = failure instanceof SaasException ? failure.getMessage() + origin(failure) : failure.toString();
        String message = what + ": " + why + " [" + about + "node=" + node + "]";
        if (explainsItself(failure)) {
            log.log(level, message);
        } else {
            log.log(level, message, failure);
        }
    }

    /** The message of the database, file system or network, which names the one cause of several that ours lists. */
    private static String origin(Throwable failure) {
        Throwable origin = failure;
        while (origin.getCause() != null) {
            origin = origin.getCause();
        }
        String message = origin.getMessage();
        return origin instanceof SaasException || message == null ? "" : " (" + message.replace('\n', ' ') + ")";
    }

    /**
     * Whether the message says everything. Internal errors hide their cause, so do failures of the embedder's code, and
     * a bug may be among the suppressed.
     */
    private static boolean explainsItself(Throwable failure) {
        return failure instanceof SaasException known
                && known.category() != ErrorCategory.INTERNAL
                && (known.getCause() == null || !OF_EMBEDDER.contains(known.code()))
                && Arrays.stream(failure.getSuppressed()).allMatch(FailureLog::explainsItself);
    }
}
