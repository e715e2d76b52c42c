// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.plan;

import dev.allotment.BackupSchedule;
import dev.allotment.Entitlement;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Lookup;
import dev.allotment.MaintenanceWindow;
import dev.allotment.OperationKind;
import dev.allotment.PaymentTerms;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.PlanVersion;
import dev.allotment.Plans;
import dev.allotment.Price;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.TemplateId;
import dev.allotment.TemplateState;
import dev.allotment.User;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.AttributeRules;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.Idempotency;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.base.UnitOfWork;
import dev.allotment.core.internal.name.DatabaseNames;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.record.NodeRows;
import dev.allotment.core.internal.record.PaymentRows;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.rule.TagRules;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Manages the plans. */
public final class PlanUseCases extends RecordLookup<PlanId, Plan> implements Plans {
    private static final int MAX_SUMMARY = 10_000;
    private static final int MAX_SPARES = 1_000;

    private final CoreContext context;
    private final OperationEngine operations;
    private final DatabaseNames databaseNames;
    private final Actor actor;

    public PlanUseCases(
            CoreContext context,
            OperationEngine operations,
            DatabaseNames databaseNames,
            UnitOfWork work,
            Actor actor) {
        super(work, RecordTypes.PLANS, "Plan");
        this.context = context;
        this.operations = operations;
        this.databaseNames = databaseNames;
        this.actor = actor;
    }

    @Override
    protected long number(PlanId id) {
        return id.value();
    }

    @Override
    protected Filter<Plan> visible(Transaction tx) {
        User user = actor.user();
        PlanId plan = actor.scope().plan();
        Filter<Plan> inScope = plan == null ? Filter.all() : Filter.equal(Plan.ID, plan);
        if (user == null || actor.administrator()) {
            return inScope;
        }
        return Filter.and(
                inScope, Filter.in(Plan.ID, TenantLookup.distinct(actor, tx, StoredTenant.PLAN_ID, TenantRows.LIVE)));
    }

    @Override
    protected Plan shown(Plan plan) {
        return shown(actor, plan);
    }

    /** Returns what an actor sees of a plan. */
    public static Plan shown(Actor actor, Plan plan) {
        return plan.toBuilder()
                .attributes(AttributeRules.shown(actor, plan.attributes()))
                .build();
    }

    @Override
    protected void checkAllowed(Query<?> query) {
        AttributeRules.check(actor, query);
    }

    @Override
    public Plan create(Plan plan, @Nullable String idempotencyKey) {
        actor.requireAdministrator("create plans");
        if (idempotencyKey == null) {
            return shown(work().transact(tx -> insert(tx, plan)));
        }
        StoredOperation.Builder draft = operations.draft(OperationKind.CREATE_PLAN, actor);
        Plan request =
                plan.toBuilder().id(new PlanId(0)).createdAt(Instant.EPOCH).build();
        return shown(once(draft, "plan", Idempotency.scoped(actor, idempotencyKey), request, tx -> insert(tx, plan)));
    }

    private Plan insert(Transaction tx, Plan plan) {
        Plan checked = plan.toBuilder().createdAt(context.now()).build();
        check(tx, checked, null, null);
        requireNoOlderNode(tx, Map.of(), checked.entitlements());
        return PlanVersions.begin(tx, normal(checked, Map.of(), null), context.now());
    }

    @Override
    public Plan update(PlanId id, UnaryOperator<Plan> change) {
        actor.requireAdministrator("change plans");
        return work().transact(tx -> {
            Plan present = lock(tx, id);
            return shown(change(tx, present, change.apply(shown(present))));
        });
    }

    @Override
    public Plan replace(Plan seen, Plan wanted) {
        actor.requireAdministrator("change plans");
        return work().transact(tx -> {
            Plan present = lock(tx, seen.id());
            if (!shown(present).equals(seen)) {
                throw new SaasException(
                        ErrorCategory.CONFLICT,
                        ErrorCodes.RECORD_CHANGED,
                        "Plan " + TextRules.describe(present.name()) + " was changed after you had read it. Read it"
                                + " again, and repeat the change if it is still wanted.",
                        Map.of(
                                "type",
                                RecordTypes.PLANS.name(),
                                "id",
                                present.id().toString()),
                        false,
                        null);
            }
            return shown(change(tx, present, wanted));
        });
    }

    private Plan change(Transaction tx, Plan present, Plan wanted) {
        Plan merged = wanted.toBuilder()
                .id(present.id())
                .createdAt(present.createdAt())
                .build();
        if (!actor.unlimited()
                && !merged.equals(
                        shown(present).toBuilder().price(merged.price()).build())) {
            throw actor.refused("change more of a plan than its price");
        }
        check(tx, merged, present.templateId(), present.price());
        requireNoOlderNode(tx, present.entitlements(), merged.entitlements());
        if (!Objects.equals(merged.paymentTerms(), present.paymentTerms())) {
            PaymentRows.followAgain(tx, present.id(), context.now());
        }
        return PlanVersions.change(tx, present, normal(merged, present.attributes(), present.price()), context.now());
    }

    /** A node of an older build, which may know no entitlements, would make versions and tenants without them. */
    private void requireNoOlderNode(Transaction tx, Map<String, Entitlement> before, Map<String, Entitlement> wanted) {
        if (before.equals(wanted)) {
            return;
        }
        NodeRows.older(tx, context.catalog().schemaVersion()).ifPresent(older -> {
            throw SaasException.conflict(
                    ErrorCodes.PLAN_OLDER_NODE,
                    "The entitlements of a plan cannot be changed while an older version runs, as on node "
                            + TextRules.describe(older.name()) + ". Update or stop it, and try again; if it died,"
                            + " after ten minutes.");
        });
    }

    /** Returns a plan in the form in which it is stored. */
    private Plan normal(Plan plan, Map<String, String> storedAttributes, @Nullable Price stored) {
        BackupSchedule backups = plan.backups();
        Price price = plan.price();
        PaymentTerms terms = plan.paymentTerms();
        return plan.toBuilder()
                .price(price == null || price.equals(stored) ? price : Price.parse(price.text()))
                .tags(TagRules.checked(plan.tags(), ErrorCodes.PLAN_INVALID))
                .backups(backups == null ? null : BackupSchedule.parse(backups.text()))
                .paymentTerms(terms == null ? null : PaymentTerms.parse(terms.text()))
                .attributes(AttributeRules.changed(actor, storedAttributes, plan.attributes(), ErrorCodes.PLAN_INVALID))
                .build();
    }

    /**
     * Checks the fields of a plan.
     *
     * @param template of the stored plan, which may be in any state, such as being built; null: none
     * @param stored the price of the stored plan, whose currency this Java may not know; null: none
     */
    private static void check(Transaction tx, Plan plan, @Nullable TemplateId template, @Nullable Price stored) {
        List<String> problems = new ArrayList<>();
        if (plan.name().isBlank() || plan.name().length() > TextRules.MAX_NAME || TextRules.hasControl(plan.name())) {
            problems.add("name: 1 to " + TextRules.MAX_NAME + " printable characters");
        }
        notNegative(problems, "max_users", plan.maxUsers());
        notNegative(problems, "spares", plan.spares());
        if (plan.spares() > MAX_SPARES) {
            problems.add("spares: at most " + MAX_SPARES + ", found " + plan.spares());
        }
        notNegative(problems, "total_storage_limit", plan.storageLimitMb());
        if (plan.summary() != null
                && (plan.summary().length() > MAX_SUMMARY || !TextRules.isStorable(plan.summary()))) {
            problems.add("summary: at most " + MAX_SUMMARY + " characters, found "
                    + plan.summary().length());
        }
        problem(problems, "tag_ids", () -> TagRules.checked(plan.tags(), ErrorCodes.PLAN_INVALID));
        problem(problems, "attributes", () -> AttributeRules.checked(plan.attributes(), ErrorCodes.PLAN_INVALID));
        problem(problems, "lang", () -> TextRules.lang(plan.lang(), ErrorCodes.PLAN_INVALID));
        problem(problems, "tz", () -> TextRules.zone(plan.tz(), ErrorCodes.PLAN_INVALID));
        notNegative(problems, "backup_storage_limit", plan.backupLimitMb());
        BackupSchedule backups = plan.backups();
        if (backups != null) {
            problem(problems, "backup_schedule", () -> BackupSchedule.parse(backups.text()));
        }
        PaymentTerms terms = plan.paymentTerms();
        if (terms != null) {
            problem(problems, "payment_terms", () -> PaymentTerms.parse(terms.text()));
        }
        MaintenanceWindow window = plan.maintenanceWindow();
        if (window != null) {
            problem(problems, "maintenance_window", () -> MaintenanceWindow.parse(window.range()));
        }
        if (plan.trialHours() > PlanVersions.MAX_HOURS) {
            problems.add("expiration: at most " + PlanVersions.MAX_HOURS + " hours, found " + plan.trialHours());
        }
        notNegative(problems, "expiration", plan.trialHours());
        notNegative(problems, "grace_period", plan.graceDays());
        notNegative(problems, "maximum_allowed_dbs_per_partner", plan.maxDatabasesPerCustomer());
        notNegative(problems, "maximum_allowed_trial_dbs_per_partner", plan.maxTrialDatabasesPerCustomer());
        String names = plan.dbNameTemplate();
        if (names != null) {
            try {
                DatabaseNames.check(names.replace("%i", "0000001"), Set.of());
            } catch (SaasException e) {
                problems.add("dbname_template: a database name with %i where the number goes, found "
                        + TextRules.describe(names));
            }
        }
        TemplateId wanted = plan.templateId();
        if (wanted != null && !wanted.equals(template) && !usable(tx, wanted)) {
            problems.add("template_id: there is no template " + wanted + " that is ready or reserved");
        }
        if (plan.serverId() != null
                && tx.records(RecordTypes.SERVERS).find(plan.serverId().value()).isEmpty()) {
            problems.add("server_id: there is no database server " + plan.serverId());
        }
        EntitlementRules.check(problems, plan.entitlements());
        Price price = plan.price();
        if (price != null && !price.equals(stored)) {
            problem(problems, "price", () -> Price.parse(price.text()));
        }
        if (plan.billingUrl() != null && !BillingUrlRules.isValid(plan.billingUrl())) {
            problems.add("billing_url: " + BillingUrlRules.RULE + ", found " + TextRules.describe(plan.billingUrl()));
        }
        if (!problems.isEmpty()) {
            throw SaasException.invalid(
                    ErrorCodes.PLAN_INVALID, "This plan is invalid. " + String.join("; ", problems) + ".");
        }
    }

    /** Locks the template: it cannot be deleted before the plan is stored, which then keeps it from being deleted. */
    private static boolean usable(Transaction tx, TemplateId id) {
        return tx.records(RecordTypes.TEMPLATES)
                .lock(id.value())
                .filter(template -> template.state() == TemplateState.READY || template.reserved())
                .isPresent();
    }

    private static void problem(List<String> problems, String field, Runnable rule) {
        try {
            rule.run();
        } catch (SaasException e) {
            problems.add(field + ": " + e.getMessage());
        }
    }

    private static void notNegative(List<String> problems, String field, int value) {
        if (value < 0) {
            problems.add(field + ": not negative, found " + value);
        }
    }

    @Override
    public void delete(PlanId id) {
        actor.requireAdministrator("delete plans");
        work().transact(tx -> {
            lock(tx, id);
            if (tx.records(RecordTypes.TENANTS)
                            .count(Filter.and(Filter.equal(StoredTenant.PLAN_ID, id), TenantRows.WITH_DATABASE))
                    > 0) {
                throw SaasException.conflict(
                        ErrorCodes.PLAN_IN_USE,
                        "Plan " + id + " has tenants, so it cannot be deleted; delete or move them first.");
            }
            PlanVersions.forget(tx, id);
            tx.records(RecordTypes.PLANS).delete(id.value());
            return null;
        });
    }

    @Override
    public String generateName(PlanId id) {
        actor.requireAdministrator("generate database names");
        return work().transact(tx -> {
            Plan plan = get(tx, id);
            return DatabaseNames.next(tx, plan, databaseNames.refusedBy(actor, tx, plan));
        });
    }

    @Override
    public Lookup<Long, PlanVersion> versions() {
        return new PlanVersions(context, actor);
    }

    @Override
    public PlanVersion version(PlanId id, int number) {
        return work().transact(tx -> {
            PlanVersion found =
                    PlanVersions.get(tx, id, number == 0 ? get(tx, id).version() : number);
            return new PlanVersions(context, actor).get(tx, found.id());
        });
    }
}
