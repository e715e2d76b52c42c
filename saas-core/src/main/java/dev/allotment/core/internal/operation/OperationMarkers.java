// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.Filter;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.AppliedOperation;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes the markers that operations leave in a tenant database, in the transaction that they commit there. */
public final class OperationMarkers {
    /** How long the marker of an operation that has ended is kept. A backup of the catalog should not be older. */
    private static final Duration KEPT_FOR = Duration.ofDays(90);

    /** How many markers a database has at least before any is removed. */
    private static final int SURPLUS = 20;
    /** How many are looked at, at most: more than are there for operations that the catalog no longer knows. */
    private static final int LOOKED_AT = 1000;
    /** How many are removed at once, at most. */
    private static final int BATCH = 100;

    private OperationMarkers() {}

    /** All markers in a database, read at once. */
    public static List<AppliedOperation> all(Transaction tx) {
        return tx.records(RecordTypes.APPLIED_OPERATIONS).list(Query.all());
    }

    /** The oldest markers in a database; empty if it has few. */
    public static List<AppliedOperation> surplus(Transaction tx) {
        List<AppliedOperation> oldest = tx.records(RecordTypes.APPLIED_OPERATIONS)
                .list(Query.where(Filter.<AppliedOperation>all())
                        .orderBy(AppliedOperation.ID)
                        .page(0, LOOKED_AT));
        return oldest.size() < SURPLUS ? List.of() : oldest;
    }

    /**
     * Selects the markers of operations that ended so long ago that no process can still be in the middle of one. A
     * marker of an operation that the catalog does not know is one of these if it is older than another of them: the
     * catalog has deleted its operation. A younger one stays, because the catalog may be a restored one.
     *
     * @param markers in the order of their ids
     */
    public static List<AppliedOperation> outdated(Transaction catalog, List<AppliedOperation> markers, Instant now) {
        List<UUID> operations = markers.stream()
                .flatMap(each -> Stream.of(each.operation(), tombstone(each.operation())))
                .toList();
        Filter<StoredOperation> known = Filter.in(StoredOperation.UUID, operations);
        Filter<StoredOperation> old = Filter.and(
                Filter.not(Filter.equal(StoredOperation.STATE, OperationState.RUNNING)),
                Filter.compare(StoredOperation.UPDATED_AT, Filter.Operator.LESS, now.minus(KEPT_FOR)));
        Set<UUID> ended = uuids(catalog, Filter.and(known, old));
        if (ended.isEmpty()) {
            return List.of();
        }
        Set<UUID> needed = uuids(catalog, Filter.and(known, Filter.not(old)));
        long last = markers.stream()
                .filter(each -> isOf(each, ended))
                .mapToLong(AppliedOperation::id)
                .max()
                .orElse(0);
        return markers.stream()
                .filter(each -> each.id() <= last && !isOf(each, needed))
                .limit(BATCH)
                .toList();
    }

    private static Set<UUID> uuids(Transaction catalog, Filter<StoredOperation> wanted) {
        return Set.copyOf(catalog.records(RecordTypes.OPERATIONS).values(StoredOperation.UUID, Query.where(wanted)));
    }

    private static boolean isOf(AppliedOperation marker, Set<UUID> operations) {
        return operations.contains(marker.operation()) || operations.contains(tombstone(marker.operation()));
    }

    public static boolean has(List<AppliedOperation> all, StoredOperation operation) {
        return all.stream().anyMatch(each -> each.operation().equals(operation.uuid()));
    }

    /** Removes markers: in a copy, the markers of its source mean nothing. */
    public static void remove(Transaction tx, List<AppliedOperation> marks) {
        marks.forEach(each -> tx.records(RecordTypes.APPLIED_OPERATIONS).delete(each.id()));
    }

    /** Replaces the markers by those of another database, which this one takes the place of. */
    public static void replace(Transaction tx, List<AppliedOperation> by) {
        remove(tx, all(tx));
        by.forEach(each -> tx.records(RecordTypes.APPLIED_OPERATIONS).add(new AppliedOperation(0, each.operation())));
    }

    /** Adds the markers of another database, which this one is exchanged for. May be repeated. */
    public static void addMissing(Transaction tx, List<AppliedOperation> markers) {
        Set<UUID> known = all(tx).stream().map(AppliedOperation::operation).collect(Collectors.toSet());
        markers.stream()
                .map(AppliedOperation::operation)
                .filter(each -> !known.contains(each))
                .forEach(each -> tx.records(RecordTypes.APPLIED_OPERATIONS).add(new AppliedOperation(0, each)));
    }

    /** Leaves the marker of an operation that is never {@link #settle settled}. */
    public static void add(Transaction tx, StoredOperation operation) {
        tx.records(RecordTypes.APPLIED_OPERATIONS).add(new AppliedOperation(0, operation.uuid()));
    }

    public static boolean has(Transaction tx, StoredOperation operation) {
        return count(tx, operation.uuid()) > 0;
    }

    /**
     * Leaves the marker. If {@link #settle} runs at the same time, the later of the two waits for the earlier one.
     *
     * @throws OperationTakenOver if {@link #settle} ran before
     */
    public static void put(Transaction tx, StoredOperation operation) {
        requireOpen(tx, operation);
        tx.records(RecordTypes.APPLIED_OPERATIONS).add(new AppliedOperation(0, operation.uuid()));
        // Again: the insert may have waited for a settlement, which took its marker back.
        requireOpen(tx, operation);
    }

    private static void requireOpen(Transaction tx, StoredOperation operation) {
        if (count(tx, tombstone(operation.uuid())) > 0) {
            throw new OperationTakenOver(operation);
        }
    }

    /**
     * Whether the operation's transaction was committed. If it was not, it never will be: a tombstone marker blocks a
     * stalled run that reaches it later. A transaction that has left the marker and is still open makes this wait.
     *
     * @throws SaasException {@code record.duplicate} if the transaction that this waited for was committed; call again
     */
    public static boolean settle(Transaction tx, UUID operation) {
        if (count(tx, operation) > 0) {
            return true;
        }
        if (count(tx, tombstone(operation)) == 0) {
            // The unique key of the marker is the lock: nothing but this control plane can take it.
            AppliedOperation marker =
                    tx.records(RecordTypes.APPLIED_OPERATIONS).insert(new AppliedOperation(0, operation));
            tx.records(RecordTypes.APPLIED_OPERATIONS).delete(marker.id());
            tx.records(RecordTypes.APPLIED_OPERATIONS).add(new AppliedOperation(0, tombstone(operation)));
        }
        return false;
    }

    /** The operation's UUID with another version number, which no operation has. */
    private static UUID tombstone(UUID uuid) {
        return new UUID(uuid.getMostSignificantBits() ^ 0xf000L, uuid.getLeastSignificantBits());
    }

    private static long count(Transaction tx, UUID mark) {
        return tx.records(RecordTypes.APPLIED_OPERATIONS).count(Filter.equal(AppliedOperation.OPERATION, mark));
    }
}
