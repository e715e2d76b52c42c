// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.campaign;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.operation.OfferedOperations;
import dev.allotment.core.internal.operation.OperationDeferred;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationTakenOver;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.record.OperationActors;
import dev.allotment.core.internal.template.TemplateVersions;
import dev.allotment.fleet.Campaign;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Brings many tenants to one state. Which ones are left is a query, so another node continues where this one died. What
 * was done is a separate operation for each tenant.
 */
public final class CampaignSaga implements Saga<Map<String, String>> {
    /** The keys of the result, which shows the progress. They are stored data, so they must not change. */
    static final String STAGE = "stage";

    static final String WAVE = "wave";
    static final String TOTAL = "total";
    static final String DONE = "done";
    static final String FAILED = "failed";
    static final String LATER = "later";
    /** Of how many results a campaign that was stopped has counted the tenants that are done and that failed. */
    static final String COUNTED = "counted";

    /** How long to wait for a template that another node builds. */
    private static final Duration TEMPLATE_WAIT = Duration.ofSeconds(5);
    /** After how long a template that is still not rebuilt ends the campaign. */
    private static final Duration LONGEST_TEMPLATE_WAIT = Duration.ofMinutes(15);
    /** How long to wait after an error that passes, such as a catalog that cannot be reached. */
    private static final Duration ERROR_WAIT = Duration.ofSeconds(30);

    private final CoreContext context;
    private final OperationLeases operationLeases;
    private final OperationEngine operations;
    private final OfferedOperations offeredOperations;
    private final TemplateVersions templateVersions;
    private final TenantWorks works;
    private final CampaignBackups backups;
    private final FailureLog failures;

    public CampaignSaga(
            CoreContext context,
            OperationEngine operations,
            OfferedOperations offeredOperations,
            TemplateVersions templateVersions,
            TenantWorks works,
            CampaignBackups backups) {
        this.context = context;
        this.operationLeases = operations.leases();
        this.operations = operations;
        this.offeredOperations = offeredOperations;
        this.templateVersions = templateVersions;
        this.works = works;
        this.backups = backups;
        this.failures = new FailureLog("dev.allotment.operations", context.node());
    }

    @Override
    public Map<String, String> resume() {
        return Map.of();
    }

    @Override
    public List<Step<Map<String, String>>> steps() {
        return List.of(new Step<Map<String, String>>("changed", this::change).lastingLong());
    }

    private Map<String, String> change(StoredOperation operation, Map<String, String> found) {
        Campaign campaign = CampaignInput.read(operation);
        TenantWork work = works.continuing(operation, campaign);
        try {
            CampaignRun run = new CampaignRun(
                    context,
                    operationLeases,
                    operations,
                    offeredOperations,
                    backups,
                    operation,
                    OperationActors.of(context, operation),
                    work);
            run.startTemplates();
            if (work.needsTemplates() && !run.hasTriedTenants()) {
                rebuildTemplates(operation, campaign.plan());
            }
            return run.run();
        } catch (SaasException e) {
            if (!isPassing(e)) {
                throw e;
            }
            failures.warn("A campaign could not continue, and is put off", operation, e);
            operationLeases.putOff(operation, context.now().plus(ERROR_WAIT));
            throw new OperationDeferred();
        }
    }

    /** Whether the same may succeed later. Not if another node has the campaign, or has to continue it. */
    private static boolean isPassing(SaasException e) {
        return e.category() == ErrorCategory.UNAVAILABLE
                && e.retryable()
                && !(e instanceof OperationTakenOver)
                && !e.code().equals(ErrorCodes.RECORD_NEWER);
    }

    /** Leaves the campaign for a moment if a template is not up to date, for example because another node builds it. */
    private void rebuildTemplates(StoredOperation operation, @Nullable PlanId only) {
        SaasException cause = null;
        try {
            templateVersions.rebuildNow(only);
        } catch (SaasException e) {
            if (!isPassing(e)) {
                throw e;
            }
            failures.warn("A template could not be rebuilt for a campaign", operation, e);
            cause = e;
        }
        List<Plan> left = templateVersions.outdated(only);
        long now = context.now().getEpochSecond();
        long since = CampaignInput.number(operation, CampaignInput.TEMPLATES_SINCE);
        if (left.isEmpty()) {
            if (since != 0) {
                noteWait(operation, 0);
            }
            return;
        }
        if (since != 0 && now - since >= LONGEST_TEMPLATE_WAIT.toSeconds()) {
            throw new SaasException(
                    ErrorCategory.CONFLICT,
                    ErrorCodes.TEMPLATE_NOT_READY,
                    "The campaign waited " + LONGEST_TEMPLATE_WAIT.toMinutes()
                            + " minutes for new templates of the plans "
                            + left.stream().map(Plan::name).collect(Collectors.joining(", "))
                            + ". Find out in the log why they are not built, and resume the campaign.",
                    Map.of(),
                    false,
                    cause);
        }
        if (since == 0) {
            noteWait(operation, now);
        }
        operationLeases.putOff(operation, context.now().plus(TEMPLATE_WAIT));
        throw new OperationDeferred();
    }

    /** @param since in seconds of the epoch; 0: the campaign waits for no template any more */
    private void noteWait(StoredOperation operation, long since) {
        context.catalog().transact(tx -> {
            StoredOperation present = OperationLeases.requireMine(tx, operation);
            Map<String, String> input = new HashMap<>(present.input());
            if (since == 0) {
                input.remove(CampaignInput.TEMPLATES_SINCE);
            } else {
                input.put(CampaignInput.TEMPLATES_SINCE, Long.toString(since));
            }
            tx.records(RecordTypes.OPERATIONS)
                    .update(present.toBuilder().input(input).build());
            return null;
        });
    }

    /** Not without the version or the action that the campaign wants: a node that has it continues. */
    @Override
    public boolean canContinue(StoredOperation operation) {
        try {
            works.continuing(operation, CampaignInput.read(operation));
            return true;
        } catch (SaasException e) {
            return false;
        }
    }

    @Override
    public Map<String, String> result(Map<String, String> found) {
        return found;
    }

    @Override
    public Map<String, String> finish(Transaction tx, StoredOperation operation, Map<String, String> found) {
        addEnd(tx, operation, found, "");
        return found;
    }

    private void addEnd(Transaction tx, StoredOperation operation, Map<String, String> result, String error) {
        Map<String, String> details = new HashMap<>(details(operation));
        details.put(DONE, result.getOrDefault(DONE, "0"));
        details.put(FAILED, result.getOrDefault(FAILED, "0"));
        details.put("error", error);
        context.events().add(tx, operation, EventType.CAMPAIGN_ENDED, null, details);
    }

    static Map<String, String> details(StoredOperation operation) {
        return Map.of(
                "campaign",
                operation.id().toString(),
                "change",
                operation.input().getOrDefault("change", ""));
    }

    /** Always possible: each tenant is changed by a separate operation, and the others are unchanged. */
    @Override
    public Ending ending() {
        return Ending.UNDONE
                .undoneWith((tx, operation) -> addEnd(
                        tx, operation, operation.result(), Objects.requireNonNullElse(operation.errorCode(), "")))
                .cancelled(operation -> "Campaign " + operation.id()
                        + " was cancelled. Tenants that it has changed stay changed. Resume it for the other tenants.");
    }

    /** If it was cancelled or abandoned, it may have ended before the last tenants of this run. */
    @Override
    public void retractLateEffects(StoredOperation operation, Map<String, String> found) {
        CampaignResults results = CampaignResults.of(operation);
        context.catalog().transact(tx -> {
            tx.records(RecordTypes.OPERATIONS)
                    .lock(operation.id().value())
                    .filter(each -> each.uuid().equals(operation.uuid()) && each.state() == OperationState.FAILED)
                    .ifPresent(each -> results.storeCounts(tx, each, each.result()));
            return null;
        });
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "Some tenants are changed, and the others are not. Resume the campaign for them, or start another one.";
    }

    /** The names of the actions that this node can run. */
    List<String> actions() {
        return works.actions();
    }

    /** @throws SaasException as {@link TenantWorks#of} */
    TenantWork work(Campaign campaign) {
        return works.of(campaign.change());
    }
}
