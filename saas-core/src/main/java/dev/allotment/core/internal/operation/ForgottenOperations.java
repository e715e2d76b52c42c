// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.TenantId;
import dev.allotment.core.internal.parameter.ParameterRows;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.spi.backend.FencingToken;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Deletes operations that ended long ago. Database servers keep the token of the last operation on each database, and
 * the catalog must still know it, or it would take itself for an older one that was restored. So the catalog records
 * the highest id among those that it has deleted in each epoch. All ids up to that one were its own: a restored catalog
 * has only recorded what it had when it was backed up.
 */
public final class ForgottenOperations {
    private static final String KEY = "catalog.forgotten_operations";

    private ForgottenOperations() {}

    /** Deletes some of the operations that ended before a time, and returns how many. */
    public static int forget(Transaction tx, Instant end, Instant now, int limit) {
        List<StoredOperation> found = new ArrayList<>();
        List<StoredOperation> ended = ended(tx, end, Filter.equal(StoredOperation.CAMPAIGN, null), limit);
        for (StoredOperation each : withoutKept(tx, ended, now)) {
            if (each.kind() != OperationKind.CAMPAIGN) {
                found.add(each);
            } else if (found.size() < limit) {
                found.addAll(campaign(tx, end, now, each, limit - found.size()));
            }
        }
        if (found.isEmpty()) {
            return 0;
        }
        Map<Long, Long> last = last(lock(tx));
        found.forEach(each -> last.merge(each.epoch(), each.id().value(), Math::max));
        ParameterRows.set(
                tx,
                KEY,
                last.entrySet().stream()
                        .map(each -> each.getKey() + ":" + each.getValue())
                        .collect(Collectors.joining(",")),
                true);
        return (int) tx.records(RecordTypes.OPERATIONS)
                .deleteAll(Filter.in(
                        StoredOperation.ID,
                        found.stream().map(StoredOperation::id).toList()));
    }

    private static List<StoredOperation> ended(Transaction tx, Instant end, Filter<StoredOperation> which, int limit) {
        // The lease of an ended operation ended soon after it. The catalog has an index for the end of the lease.
        Filter<StoredOperation> old = Filter.and(
                Filter.in(StoredOperation.STATE, List.of(OperationState.DONE, OperationState.FAILED)),
                Filter.compare(StoredOperation.LEASE_UNTIL, Filter.Operator.LESS, end),
                Filter.compare(StoredOperation.UPDATED_AT, Filter.Operator.LESS, end),
                which);
        return tx.records(RecordTypes.OPERATIONS)
                .list(Query.where(old).orderBy(StoredOperation.LEASE_UNTIL).page(0, limit));
    }

    /**
     * Leaves out what the deletion of a tenant for good needs. The end of its lease means nothing any more, so it is
     * used to look at it again only when it would be old once more: others have their turn meanwhile. Its campaign may
     * be forgotten without it.
     */
    private static List<StoredOperation> withoutKept(Transaction tx, List<StoredOperation> ended, Instant now) {
        List<@Nullable TenantId> of = ended.stream()
                .filter(ForgottenOperations::mayHaveLeftDatabase)
                .map(StoredOperation::tenantId)
                .toList();
        if (of.isEmpty()) {
            return ended;
        }
        Set<TenantId> present = new HashSet<>(tx.records(RecordTypes.TENANTS)
                .values(
                        StoredTenant.ID,
                        Query.where(Filter.and(Filter.in(StoredTenant.ID, of), TenantRows.WITH_DATABASE))));
        List<StoredOperation> others = new ArrayList<>();
        for (StoredOperation each : ended) {
            if (mayHaveLeftDatabase(each) && each.tenantId() != null && present.contains(each.tenantId())) {
                tx.records(RecordTypes.OPERATIONS)
                        .update(each.toBuilder().campaign(null).leaseUntil(now).build());
            } else {
                others.add(each);
            }
        }
        return others;
    }

    private static boolean mayHaveLeftDatabase(StoredOperation operation) {
        return RecordTypes.OPERATIONS.matches(operation, OperationTargets.MAY_HAVE_LEFT_DATABASE);
    }

    /**
     * What was done for tenants counts as long as the campaign is on record, since it may be resumed. So it is
     * forgotten with the campaign, the campaign last.
     */
    private static List<StoredOperation> campaign(
            Transaction tx, Instant end, Instant now, StoredOperation campaign, int limit) {
        Filter<StoredOperation> parts = Filter.equal(StoredOperation.CAMPAIGN, campaign.id());
        List<StoredOperation> found = new ArrayList<>(withoutKept(tx, ended(tx, end, parts, limit), now));
        if (tx.records(RecordTypes.OPERATIONS).count(parts) == found.size()) {
            found.add(campaign);
        }
        return found;
    }

    /** So that two nodes do not overwrite each other's numbers. */
    private static Optional<Parameter> lock(Transaction tx) {
        return ParameterRows.find(tx, KEY)
                .flatMap(each -> tx.records(RecordTypes.PARAMETERS).lock(each.id()));
    }

    /** Returns those of these tokens whose operation the catalog may have deleted. */
    static List<FencingToken> among(Transaction tx, List<FencingToken> tokens) {
        if (tokens.isEmpty()) {
            return List.of();
        }
        Map<Long, Long> last = last(ParameterRows.find(tx, KEY));
        return tokens.stream()
                .filter(each -> each.operationId() <= last.getOrDefault(each.epoch(), 0L))
                .toList();
    }

    /** Returns the highest id in each epoch. */
    private static Map<Long, Long> last(Optional<Parameter> stored) {
        Map<Long, Long> last = new TreeMap<>();
        stored.ifPresent(each -> {
            for (String one : each.value().split(",")) {
                int colon = one.indexOf(':');
                last.put(Long.valueOf(one.substring(0, colon)), Long.valueOf(one.substring(colon + 1)));
            }
        });
        return last;
    }
}
