// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.MigrateTenants;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.SchemaMigrations;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One run of an operation that migrates all outdated tenants, each in a separate operation. The thread of the
 * operation works, and threads of the embedder's executor help it. A tenant that is busy, or whose server cannot be
 * reached, is skipped, and tried again after all others. Only after the last round, it counts as failed.
 */
final class MigrateTenantsRun {
    private static final int PAGE = 100;
    /** How many messages are stored. The failed tenants are still outdated, and their operations have messages, too. */
    private static final int MAX_MESSAGES = 50;
    /**
     * How many seconds to wait before each new round over the tenants that could not be migrated for now. Together,
     * they are longer than a lease: an operation of a killed node can be taken over in the last round at the latest.
     */
    private static final List<Integer> PAUSES = List.of(1, 2, 4, 8, 8);

    private final CoreContext context;
    private final SchemaMigrations schemaMigrations;
    private final TenantMigration tenantMigration;
    private final StoredOperation operation;
    private final Actor actor;
    private final TenantLookup tenants;
    private final MigrateTenants command;
    private final Filter<StoredTenant> outdated;
    private final long total;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition finished = lock.newCondition();
    private final Deque<StoredTenant> page = new ArrayDeque<>();
    /** The tenants that the next round tries again. */
    private final Deque<StoredTenant> skipped = new ArrayDeque<>();

    private final List<String> messages = new ArrayList<>();
    private TenantId last = new TenantId(0);
    private int migrated;
    private int failed;
    private int working;
    private int pauses;
    private boolean ended;
    private @Nullable RuntimeException stopped;

    MigrateTenantsRun(
            CoreContext context,
            SchemaMigrations schemaMigrations,
            TenantMigration tenantMigration,
            StoredOperation operation,
            Actor actor,
            MigrateTenants command) {
        this.context = context;
        this.schemaMigrations = schemaMigrations;
        this.tenantMigration = tenantMigration;
        this.operation = operation;
        this.actor = actor;
        this.tenants = new TenantLookup(context.work(), actor);
        this.command = command;
        Filter<StoredTenant> open = Filter.and(
                Filter.in(StoredTenant.STATE, List.of(TenantState.OPEN, TenantState.SUSPENDED)),
                Filter.notEqual(StoredTenant.SCHEMA_VERSION, schemaMigrations.version()));
        String tag = command.tag();
        this.outdated = tag == null ? open : Filter.and(open, Filter.tagged(tag));
        this.total = tenants.count(outdated);
    }

    /** Returns what was done, if it was not stopped by failures or a cancellation. */
    Map<String, String> run(@Nullable Executor executor) {
        try {
            boolean more = true;
            // A skipped tenant proves nothing, so it is no canary.
            while (more && migrated + failed < command.canaries()) {
                more = migrateNext(0);
            }
            for (int helper = 1; helper < command.parallel() && executor != null; helper++) {
                help(executor);
            }
            migrateRest();
        } finally {
            awaitHelpers();
        }
        if (stopped != null) {
            throw stopped;
        }
        return Map.of(
                "migrated",
                Integer.toString(migrated),
                "failed",
                Integer.toString(failed),
                "messages",
                String.join("\n", messages));
    }

    private void help(Executor executor) {
        try {
            executor.execute(this::migrateRest);
        } catch (RejectedExecutionException e) {
            // The thread of the operation does all of it.
        }
    }

    private void migrateRest() {
        boolean more = true;
        while (more) {
            more = migrateNext(command.maxFailures());
        }
    }

    /** Returns false if nothing is left to do. */
    private boolean migrateNext(int maxFailures) {
        Optional<StoredTenant> next = next();
        if (next.isEmpty()) {
            return false;
        }
        Throwable failure = null;
        try {
            tenantMigration.finishOrphaned(next.get().id());
            if (isOutdated(next.get().id())) {
                tenantMigration.migrate(actor, next.get().id());
            }
        } catch (RuntimeException e) {
            failure = e;
        } catch (Error e) {
            failure = e;
            throw e;
        } finally {
            note(next.get(), failure, maxFailures);
        }
        return true;
    }

    private Optional<StoredTenant> next() {
        lock.lock();
        try {
            while (!ended && stopped == null) {
                if (page.isEmpty() && pauses == 0) {
                    readPage();
                }
                if (page.isEmpty()) {
                    awaitNextRound();
                } else {
                    StoredTenant tenant = page.remove();
                    last = tenant.id();
                    requireWanted();
                    if (isOutdated(tenant.id())) {
                        working++;
                        return Optional.of(tenant);
                    }
                }
            }
        } catch (RuntimeException e) {
            stopped = e;
            finished.signalAll();
        } finally {
            lock.unlock();
        }
        return Optional.empty();
    }

    /** Waits for the other threads, which may skip more tenants. The last one of them starts the next round. */
    @SuppressWarnings("WaitNotInLoop") // its caller looks again
    private void awaitNextRound() {
        if (working > 0) {
            finished.awaitUninterruptibly();
        } else if (skipped.isEmpty()) {
            ended = true;
            finished.signalAll();
        } else {
            working++;
            try {
                pause(PAUSES.get(pauses++));
            } finally {
                working--;
                page.addAll(skipped);
                skipped.clear();
                finished.signalAll();
            }
        }
    }

    private void pause(int seconds) {
        try {
            long left = TimeUnit.SECONDS.toNanos(seconds);
            while (left > 0) {
                left = finished.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            // What is left is tried at once.
            Thread.currentThread().interrupt();
        }
    }

    private void readPage() {
        page.addAll(tenants.list(
                Query.where(Filter.and(outdated, Filter.compare(StoredTenant.ID, Filter.Operator.GREATER, last)))
                        .orderBy(StoredTenant.ID)
                        .page(0, PAGE)));
    }

    /** A resumption, or another caller, may have migrated it since the page was read. */
    private boolean isOutdated(TenantId id) {
        return tenants.find(id)
                .filter(each -> each.state() == TenantState.OPEN || each.state() == TenantState.SUSPENDED)
                .filter(each -> schemaMigrations.isOutdated(each.schemaVersion()))
                .isPresent();
    }

    /** Stores the progress. Stops if the operation was cancelled, or if another node works on it. */
    private void requireWanted() {
        boolean cancelled = context.catalog().transact(this::storeProgress);
        if (cancelled) {
            throw SaasException.conflict(
                    ErrorCodes.OPERATION_CANCELLED,
                    "Operation " + operation.id() + " was cancelled. " + sum() + " Start another one for the rest.");
        }
    }

    private boolean storeProgress(Transaction tx) {
        StoredOperation present = OperationLeases.requireMine(tx, operation);
        tx.records(RecordTypes.OPERATIONS)
                .update(present.toBuilder()
                        .percent((int) Math.min(99, 100L * (migrated + failed) / Math.max(1, total)))
                        .result(Map.of(
                                "migrated", Integer.toString(migrated),
                                "failed", Integer.toString(failed),
                                "total", Long.toString(total)))
                        .build());
        return present.cancelRequested();
    }

    private String sum() {
        return "Migrated tenants: " + migrated + ", failed: " + failed + ".";
    }

    private void note(StoredTenant tenant, @Nullable Throwable failure, int maxFailures) {
        lock.lock();
        try {
            working--;
            if (failure == null) {
                migrated++;
            } else if (failure instanceof SaasException refused && refused.retryable() && pauses < PAUSES.size()) {
                skipped.add(tenant);
            } else {
                failed++;
                if (messages.size() < MAX_MESSAGES) {
                    messages.add(tenant.name() + ": "
                            + (failure instanceof SaasException refused ? refused.getMessage() : "An internal error"));
                }
                if (failed > maxFailures && stopped == null) {
                    stopped = new SaasException(
                            ErrorCategory.CONFLICT,
                            ErrorCodes.SCHEMA_STOPPED,
                            "The migration was stopped, because too many tenants failed. " + sum() + " "
                                    + String.join(" ", messages),
                            Map.of("migrated", Integer.toString(migrated), "failed", Integer.toString(failed)),
                            false,
                            failure);
                }
            }
            finished.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Helpers that the executor starts later find nothing to do. */
    private void awaitHelpers() {
        lock.lock();
        try {
            ended = true;
            while (working > 0) {
                finished.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }
}
