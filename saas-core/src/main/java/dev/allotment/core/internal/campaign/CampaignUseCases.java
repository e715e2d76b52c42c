// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.campaign;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.TenantId;
import dev.allotment.core.internal.backup.archive.BackupArchive;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.Idempotency;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.base.RequestFingerprint;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.core.internal.record.PublicViews;
import dev.allotment.core.internal.server.RequiredLabels;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.fleet.CampaignStage;
import dev.allotment.fleet.CampaignStatus;
import dev.allotment.fleet.Campaigns;
import dev.allotment.fleet.Server;
import dev.allotment.fleet.TenantVersions;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Starts, continues and reads campaigns. */
public final class CampaignUseCases implements Campaigns {
    private final CoreContext context;
    private final OperationEngine operations;
    private final CampaignSaga campaignSaga;
    private final VersionReport versionReport;
    private final BackupArchive backupArchive;
    private final Actor actor;

    public CampaignUseCases(
            CoreContext context,
            OperationEngine operations,
            CampaignSaga campaignSaga,
            VersionReport versionReport,
            BackupArchive backupArchive,
            Actor actor) {
        this.context = context;
        this.operations = operations;
        this.campaignSaga = campaignSaga;
        this.versionReport = versionReport;
        this.backupArchive = backupArchive;
        this.actor = actor;
    }

    @Override
    public Operation start(Campaign campaign) {
        actor.requireAdministrator("start campaigns");
        PublicViews.tenants(actor, Query.where(campaign.filter()));
        TenantWork work = campaignSaga.work(campaign);
        if (campaign.backupBefore()) {
            backupArchive.requireUsable();
        }
        String key = campaign.idempotencyKey() == null ? null : Idempotency.scoped(actor, campaign.idempotencyKey());
        Map<String, String> input = CampaignInput.write(campaign);
        String fingerprint = RequestFingerprint.of("start campaign", input);
        input.putAll(work.wanted());
        StoredOperation.Builder draft = operations
                .draft(OperationKind.CAMPAIGN, actor)
                .input(input)
                .idempotencyKey(key)
                .fingerprint(fingerprint);
        return PublicViews.operation(operations.start(new OperationRequest<>(draft, tx -> start(tx, campaign, draft))));
    }

    private Optional<? extends StartedOperation<?>> start(
            Transaction tx, Campaign campaign, StoredOperation.Builder draft) {
        PlanId plan = campaign.plan();
        ServerId server = campaign.server();
        CustomerId customer = campaign.customer();
        require(tx, RecordTypes.PLANS, "Plan", plan == null ? null : plan.value());
        require(tx, RecordTypes.SERVERS, "Database server", server == null ? null : server.value());
        if (campaign.change() instanceof CampaignChange.Rebalance rebalance) {
            rebalance.moves().stream()
                    .map(each -> each.to().value())
                    .distinct()
                    .forEach(each -> require(tx, RecordTypes.SERVERS, "Database server", each));
        }
        require(tx, RecordTypes.CUSTOMERS, "Customer", customer == null ? null : customer.value());
        if (campaign.change() instanceof CampaignChange.Move move) {
            requireLabels(
                    tx,
                    campaign,
                    found(
                            tx,
                            RecordTypes.SERVERS,
                            "Database server",
                            move.server().value()));
        }
        if (campaign.change() instanceof CampaignChange.SwitchBack back) {
            SwitchBackWork.requireEnded(tx, back.campaign());
        }
        StoredOperation started = OperationLeases.start(tx, draft.build());
        context.events().add(tx, actor, EventType.CAMPAIGN_STARTED, null, null, CampaignSaga.details(started));
        return Optional.of(new StartedOperation<>(started, campaignSaga));
    }

    /**
     * Refuses at once what would fail for each tenant of a plan, or of the customer. What single tenants and their
     * customers require is checked when they are moved.
     */
    private void requireLabels(Transaction tx, Campaign campaign, Server target) {
        RequiredLabels ofCustomer = RequiredLabels.of(actor, tx, null, campaign.customer(), Map.of());
        if (!ofCustomer.areOn(target)) {
            throw ofCustomer.missingOn(target);
        }
        Filter<StoredTenant> selected = CampaignTenants.selected(campaign);
        for (Plan plan : tx.records(RecordTypes.PLANS).list(Query.all())) {
            RequiredLabels required = RequiredLabels.of(actor, plan);
            if (!required.areOn(target)
                    && tx.records(RecordTypes.TENANTS)
                                    .count(Filter.and(
                                            selected,
                                            Filter.equal(StoredTenant.PLAN_ID, plan.id()),
                                            Filter.notEqual(StoredTenant.SERVER_ID, target.id())))
                            > 0) {
                throw required.missingOn(target);
            }
        }
    }

    private static void require(Transaction tx, RecordType<?> type, String noun, @Nullable Long id) {
        if (id != null) {
            found(tx, type, noun, id);
        }
    }

    private static <R extends Record> R found(Transaction tx, RecordType<R> type, String noun, long id) {
        return tx.records(type).find(id).orElseThrow(() -> RecordLookup.missing(type, noun, id));
    }

    @Override
    public long count(Campaign campaign) {
        actor.requireAdministrator("count tenants for campaigns");
        PublicViews.tenants(actor, Query.where(campaign.filter()));
        TenantWork work = campaignSaga.work(campaign);
        return context.work().transact(tx -> CampaignTenants.count(tx, campaign, work));
    }

    @Override
    public CampaignStatus status(OperationId id) {
        actor.requireAdministrator("read campaigns");
        return context.work().transact(tx -> {
            StoredOperation operation = find(tx, id);
            Map<String, String> progress = operation.result();
            CampaignResults results = CampaignResults.of(operation);
            // A campaign that has ended has stored these numbers, and a list of campaigns reads many of them. One that
            // was stopped may have ended before the last of its tenants, for example because its node was killed.
            boolean stored = operation.state() == OperationState.DONE
                    || results.ended(tx) <= number(progress, CampaignSaga.COUNTED);
            Set<TenantId> done = stored ? Set.of() : results.done(tx, 0);
            return new CampaignStatus(
                    PublicViews.operation(operation),
                    CampaignInput.read(operation),
                    CampaignStage.valueOf(progress.getOrDefault(CampaignSaga.STAGE, CampaignStage.TEMPLATES.name())),
                    (int) number(progress, CampaignSaga.WAVE),
                    number(progress, CampaignSaga.TOTAL),
                    stored ? number(progress, CampaignSaga.DONE) : done.size(),
                    stored
                            ? number(progress, CampaignSaga.FAILED)
                            : results.failed(tx, 0, done).size(),
                    results.working(tx),
                    number(progress, CampaignSaga.LATER));
        });
    }

    private static long number(Map<String, String> progress, String key) {
        return Long.parseLong(progress.getOrDefault(key, "0"));
    }

    @Override
    public List<Operation> failures(OperationId id, int limit) {
        actor.requireAdministrator("read campaigns");
        return context.work().transact(tx -> CampaignResults.of(find(tx, id)).failures(tx, limit)).stream()
                .map(PublicViews::operationWithReason)
                .toList();
    }

    @Override
    public List<String> actions() {
        actor.requireAdministrator("read the actions of campaigns");
        return campaignSaga.actions();
    }

    @Override
    public TenantVersions versions() {
        actor.requireAdministrator("read the versions of tenants");
        return context.work().transact(versionReport::read);
    }

    private static StoredOperation find(Transaction tx, OperationId id) {
        return campaign(tx.records(RecordTypes.OPERATIONS).find(id.value()), id);
    }

    private static StoredOperation lock(Transaction tx, OperationId id) {
        return campaign(tx.records(RecordTypes.OPERATIONS).lock(id.value()), id);
    }

    private static StoredOperation campaign(Optional<StoredOperation> found, OperationId id) {
        return found.filter(each -> each.kind() == OperationKind.CAMPAIGN)
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.OPERATIONS, "Campaign", id.value()));
    }

    @Override
    public Operation pause(OperationId id) {
        actor.requireAdministrator("pause campaigns");
        return PublicViews.operation(context.catalog().transact(tx -> {
            StoredOperation found = lock(tx, id);
            // One that is about to end because it was cancelled or failed ends.
            if (found.state() != OperationState.RUNNING || found.cancelRequested() || found.errorCode() != null) {
                return found;
            }
            StoredOperation paused = found.toBuilder()
                    .state(OperationState.PAUSED)
                    .updatedAt(context.now())
                    .build();
            tx.records(RecordTypes.OPERATIONS).update(paused);
            context.events().add(tx, actor, EventType.CAMPAIGN_PAUSED, null, null, CampaignSaga.details(paused));
            return paused;
        }));
    }

    @Override
    public Operation resume(OperationId id) {
        actor.requireAdministrator("resume campaigns");
        return reopen(id, false);
    }

    @Override
    public Operation retry(OperationId id) {
        actor.requireAdministrator("retry campaigns");
        return reopen(id, true);
    }

    private record Reopened(StoredOperation operation, boolean again) {}

    private Operation reopen(OperationId id, boolean retry) {
        StoredOperation.Builder known = context.work().transact(tx -> find(tx, id)).toBuilder();
        return operations.during(known, () -> {
            Reopened reopened = context.catalog().transact(tx -> reopen(tx, lock(tx, id), retry));
            if (reopened.again()) {
                operations.handOver(new StartedOperation<>(reopened.operation(), campaignSaga));
            }
            return PublicViews.operation(reopened.operation());
        });
    }

    private Reopened reopen(Transaction tx, StoredOperation found, boolean retry) {
        if (found.state() == OperationState.RUNNING && retry) {
            throw SaasException.conflict(
                    ErrorCodes.CAMPAIGN_RUNNING,
                    "Campaign " + found.id() + " is running. Pause it, or wait until it has ended, to retry the tenants"
                            + " that failed.");
        }
        if (found.state() == OperationState.RUNNING || (found.state() == OperationState.DONE && !retry)) {
            return new Reopened(found, false);
        }
        Map<String, String> input = new HashMap<>(found.input());
        input.remove(CampaignInput.TEMPLATES_SINCE);
        String last = Long.toString(CampaignResults.last(tx, found.id()));
        if (retry) {
            input.put(CampaignInput.RETRIED_AFTER, last);
        }
        if (retry || found.state() != OperationState.PAUSED) {
            input.put(CampaignInput.RESUMED_AFTER, last);
        }
        StoredOperation again = found.toBuilder()
                .state(OperationState.RUNNING)
                .step(OperationLeases.QUEUED)
                .input(input)
                .errorCode(null)
                .errorMessage(null)
                .cancelRequested(false)
                .attempts(0)
                .node(context.node())
                .fencingToken(found.fencingToken() + 1)
                .leaseUntil(context.now().plus(OperationLeases.LEASE))
                .updatedAt(context.now())
                .build();
        tx.records(RecordTypes.OPERATIONS).update(again);
        Map<String, String> details = new HashMap<>(CampaignSaga.details(again));
        details.put("retry", Boolean.toString(retry));
        context.events().add(tx, actor, EventType.CAMPAIGN_RESUMED, null, null, details);
        return new Reopened(again, true);
    }
}
