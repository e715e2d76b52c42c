// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.campaign;

import dev.allotment.Filter;
import dev.allotment.OperationId;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.TenantId;
import dev.allotment.core.internal.operation.SharedInput;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The results of the tenants of one campaign: its operations on record.
 *
 * @param kind of these operations
 */
record CampaignResults(OperationId campaign, OperationKind kind) {
    private static final int PAGE = 200;

    /** @param operation of the campaign */
    static CampaignResults of(StoredOperation operation) {
        return new CampaignResults(
                operation.id(), TenantWorks.kind(CampaignInput.read(operation).change()));
    }

    private Filter<StoredOperation> ours() {
        return Filter.and(Filter.equal(StoredOperation.CAMPAIGN, campaign), Filter.equal(StoredOperation.KIND, kind));
    }

    private Filter<StoredOperation> in(OperationState state, long after) {
        return Filter.and(
                ours(),
                Filter.equal(StoredOperation.STATE, state),
                Filter.compare(StoredOperation.ID, Filter.Operator.GREATER, new OperationId(after)));
    }

    private Set<TenantId> tenants(Transaction tx, OperationState state, long after) {
        return new HashSet<>(
                tx.records(RecordTypes.OPERATIONS).values(StoredOperation.TENANT_ID, Query.where(in(state, after))));
    }

    /** The tenants with a change that was done, later than an operation. */
    Set<TenantId> done(Transaction tx, long after) {
        return tenants(tx, OperationState.DONE, after);
    }

    /**
     * The tenants whose changes all failed, later than an operation.
     *
     * @param done those with a change that was done, later than the same operation
     */
    Set<TenantId> failed(Transaction tx, long after, Set<TenantId> done) {
        Set<TenantId> failed = tenants(tx, OperationState.FAILED, after);
        failed.removeAll(done);
        return failed;
    }

    /** The number of changes that are done or failed. A tenant may have several. */
    long ended(Transaction tx) {
        return tx.records(RecordTypes.OPERATIONS)
                .count(Filter.and(
                        ours(), Filter.in(StoredOperation.STATE, List.of(OperationState.DONE, OperationState.FAILED))));
    }

    /**
     * Counts the tenants for a campaign that is stopped, so that they are not counted each time that it is read.
     *
     * @param progress what else to store as its result
     */
    void storeCounts(Transaction tx, StoredOperation stopped, Map<String, String> progress) {
        Map<String, String> result = new HashMap<>(progress);
        Set<TenantId> done = done(tx, 0);
        result.put(CampaignSaga.DONE, Integer.toString(done.size()));
        result.put(CampaignSaga.FAILED, Integer.toString(failed(tx, 0, done).size()));
        result.put(CampaignSaga.COUNTED, Long.toString(ended(tx)));
        tx.records(RecordTypes.OPERATIONS)
                .update(stopped.toBuilder().result(result).build());
    }

    long working(Transaction tx) {
        return tx.records(RecordTypes.OPERATIONS).count(in(OperationState.RUNNING, 0));
    }

    /** Whether a change of this tenant was done, later than an operation. */
    boolean isDone(Transaction tx, TenantId tenant, long after) {
        return isDoneSince(tx, tenant, after, Instant.EPOCH);
    }

    /** Whether a change of this tenant was done that was requested at a time, or later. */
    boolean isDoneSince(Transaction tx, TenantId tenant, long after, Instant since) {
        return tx.records(RecordTypes.OPERATIONS)
                        .count(Filter.and(
                                in(OperationState.DONE, after),
                                Filter.equal(StoredOperation.TENANT_ID, tenant),
                                Filter.compare(StoredOperation.CREATED_AT, Filter.Operator.GREATER_OR_EQUAL, since)))
                > 0;
    }

    /** The operations of this campaign that have not ended, of any kind. */
    static List<StoredOperation> running(Transaction tx, OperationId campaign) {
        return tx.records(RecordTypes.OPERATIONS)
                .list(Query.where(Filter.and(
                                Filter.equal(StoredOperation.CAMPAIGN, campaign),
                                Filter.equal(StoredOperation.STATE, OperationState.RUNNING)))
                        .orderBy(StoredOperation.ID));
    }

    /**
     * Makes the failures of a tenant, later than an operation, a result of the campaign.
     *
     * @return whether a change of this tenant is on record, later than the operation
     */
    boolean decide(Transaction tx, TenantId tenant, long after) {
        Filter<StoredOperation> changes = Filter.and(
                ours(),
                Filter.equal(StoredOperation.TENANT_ID, tenant),
                Filter.compare(StoredOperation.ID, Filter.Operator.GREATER, new OperationId(after)));
        List<StoredOperation> found = tx.records(RecordTypes.OPERATIONS).list(Query.where(changes));
        for (StoredOperation each : found) {
            if (isUndecided(each)) {
                tx.records(RecordTypes.OPERATIONS)
                        .update(SharedInput.withoutTryAgain(each).build());
            }
        }
        return !found.isEmpty();
    }

    /**
     * Takes the failures, later than an operation, out of the campaign that say nothing about their tenants. Its last
     * run ended before it could try these again.
     */
    void detachUndecided(Transaction tx, long after) {
        tx.records(RecordTypes.OPERATIONS).list(Query.where(in(OperationState.FAILED, after))).stream()
                .filter(CampaignResults::isUndecided)
                .forEach(each -> tx.records(RecordTypes.OPERATIONS)
                        .update(each.toBuilder().campaign(null).build()));
    }

    private static boolean isUndecided(StoredOperation operation) {
        return operation.state() == OperationState.FAILED
                && SharedInput.of(operation).tryAgain();
    }

    /** Takes the failed changes of a tenant, later than an operation, out of the campaign: they are not its result. */
    void detachFailures(Transaction tx, TenantId tenant, long after) {
        Filter<StoredOperation> failed =
                Filter.and(in(OperationState.FAILED, after), Filter.equal(StoredOperation.TENANT_ID, tenant));
        tx.records(RecordTypes.OPERATIONS)
                .list(Query.where(failed))
                .forEach(each -> tx.records(RecordTypes.OPERATIONS)
                        .update(each.toBuilder().campaign(null).build()));
    }

    /** The number of the last operation of the campaign, also for a backup; 0: none. */
    static long last(Transaction tx, OperationId campaign) {
        return tx
                .records(RecordTypes.OPERATIONS)
                .values(
                        StoredOperation.ID,
                        Query.where(Filter.equal(StoredOperation.CAMPAIGN, campaign))
                                .orderByDescending(StoredOperation.ID)
                                .page(0, 1))
                .stream()
                .mapToLong(OperationId::value)
                .findFirst()
                .orElse(0);
    }

    /**
     * The last failed change of each tenant that has no change that was done, in the order of the tenants.
     *
     * @param limit the maximum number; 0: no maximum
     */
    Collection<StoredOperation> failures(Transaction tx, int limit) {
        Map<TenantId, StoredOperation> last = new LinkedHashMap<>();
        TenantId read = new TenantId(0);
        while (true) {
            List<StoredOperation> page = failedAfter(tx, read);
            if (page.isEmpty()) {
                return last.values();
            }
            Set<TenantId> done = doneOf(tx, page);
            for (StoredOperation each : page) {
                TenantId tenant = Objects.requireNonNull(each.tenantId());
                read = tenant;
                if (!done.contains(tenant)) {
                    if (last.size() == limit && limit > 0 && !last.containsKey(tenant)) {
                        return last.values();
                    }
                    last.put(tenant, each);
                }
            }
        }
    }

    /** The failed changes of the next tenants. The page ends with all changes of its last tenant. */
    private List<StoredOperation> failedAfter(Transaction tx, TenantId read) {
        List<StoredOperation> page = new ArrayList<>(tx.records(RecordTypes.OPERATIONS)
                .list(failures(Filter.compare(StoredOperation.TENANT_ID, Filter.Operator.GREATER, read))
                        .page(0, PAGE)));
        if (page.size() == PAGE) {
            StoredOperation end = page.get(PAGE - 1);
            page.addAll(tx.records(RecordTypes.OPERATIONS)
                    .list(failures(Filter.and(
                            Filter.equal(StoredOperation.TENANT_ID, end.tenantId()),
                            Filter.compare(StoredOperation.ID, Filter.Operator.GREATER, end.id())))));
        }
        return page;
    }

    private Query<StoredOperation> failures(Filter<StoredOperation> which) {
        return Query.where(Filter.and(in(OperationState.FAILED, 0), which))
                .orderBy(StoredOperation.TENANT_ID)
                .orderBy(StoredOperation.ID);
    }

    /** Those tenants of some changes that have one that was done. */
    private Set<TenantId> doneOf(Transaction tx, List<StoredOperation> changes) {
        List<TenantId> tenants = new ArrayList<>();
        for (StoredOperation each : changes) {
            if (each.tenantId() != null) {
                tenants.add(each.tenantId());
            }
        }
        return new HashSet<>(tx.records(RecordTypes.OPERATIONS)
                .values(
                        StoredOperation.TENANT_ID,
                        Query.where(Filter.and(
                                in(OperationState.DONE, 0), Filter.in(StoredOperation.TENANT_ID, tenants)))));
    }
}
