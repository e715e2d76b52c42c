// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Saas;
import dev.allotment.fleet.ReconciliationReport;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the last comparison of the catalog with the database servers that this node made, since it reads all servers.
 * Thread-safe: a caller that comes while it is made waits for it.
 */
final class LastCheck {
    private static final Filter<Operation> REPAIRS = Filter.and(
            Filter.in(Operation.KIND, List.of(OperationKind.REPAIR, OperationKind.ADOPT_TENANT)),
            Filter.in(Operation.STATE, List.of(OperationState.DONE, OperationState.FAILED)));

    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Kept kept;

    /** @param repairs how many repairs had ended before */
    private record Kept(ReconciliationReport report, long repairs) {}

    /**
     * Returns the last report. Makes one if there is none, or if a repair has ended since.
     *
     * @param since a report from before this time does not count
     */
    ReconciliationReport report(Saas saas, Instant since) {
        lock.lock();
        try {
            Kept last = kept;
            return last == null
                            || last.report().at().isBefore(since)
                            || saas.operations().count(REPAIRS) != last.repairs()
                    ? again(saas)
                    : last.report();
        } finally {
            lock.unlock();
        }
    }

    /** Makes a report. */
    ReconciliationReport again(Saas saas) {
        lock.lock();
        try {
            long repairs = saas.operations().count(REPAIRS);
            Kept made = new Kept(saas.reconciliation().check(), repairs);
            kept = made;
            return made.report();
        } finally {
            lock.unlock();
        }
    }
}
