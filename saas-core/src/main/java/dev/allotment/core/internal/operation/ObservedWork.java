// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.TenantId;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.hook.Work;
import dev.allotment.hook.WorkObserver;
import dev.allotment.hook.WorkObserver.Ending;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Calls the embedder's observers around operations and their steps. */
final class ObservedWork {
    private static final Logger LOG = System.getLogger("dev.allotment.operations");

    private final CoreContext context;
    private final List<WorkObserver> observers;

    ObservedWork(CoreContext context, List<WorkObserver> observers) {
        this.context = context;
        this.observers = observers;
    }

    /** Describes an operation that this node starts to work on. */
    Work describe(StoredOperation operation) {
        return new Work(operation.id(), operation.kind(), observers.isEmpty() ? null : tenant(operation), null);
    }

    /** Describes a step of an operation. */
    static Work step(Work operation, String step) {
        return new Work(operation.operation(), operation.kind(), operation.tenant(), step);
    }

    private @Nullable String tenant(StoredOperation operation) {
        TenantId tenant = operation.tenantId();
        if (tenant == null) {
            return null;
        }
        try {
            return context.catalog()
                    .transact(tx -> tx.records(RecordTypes.TENANTS).find(tenant.value()))
                    .map(StoredTenant::name)
                    .orElse(null);
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "The work needs the catalog, too, and says what is wrong with it", e);
            return null;
        }
    }

    /** Does some work between the calls of the observers. */
    <T> T around(Work work, Supplier<T> task) {
        Deque<Ending> endings = new ArrayDeque<>();
        Throwable failure = null;
        try {
            for (WorkObserver each : observers) {
                try {
                    endings.push(each.started(work));
                } catch (RuntimeException | LinkageError | AssertionError e) {
                    failed(work, e);
                }
            }
            return task.get();
        } catch (OperationDeferred | OperationTakenOver e) {
            // The work continues later, or on another node.
            throw e;
        } catch (RuntimeException | Error e) {
            failure = e;
            throw e;
        } finally {
            for (Ending each : endings) {
                try {
                    each.ended(failure);
                } catch (RuntimeException | LinkageError | AssertionError e) {
                    failed(work, e);
                }
            }
        }
    }

    private static void failed(Work work, Throwable e) {
        LOG.log(Level.WARNING, "An observer failed at " + work, e);
    }
}
