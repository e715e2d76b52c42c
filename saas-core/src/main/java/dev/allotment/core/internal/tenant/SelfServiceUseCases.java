// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant;

import dev.allotment.CreateTenant;
import dev.allotment.CustomerId;
import dev.allotment.DuplicateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.PlanSwitch;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.SelfService;
import dev.allotment.SwitchPlan;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.billing.Payment;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.event.Suspensions;
import dev.allotment.core.internal.name.DatabaseNames;
import dev.allotment.core.internal.name.ReservedLabels;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.operation.OperationUseCases;
import dev.allotment.core.internal.plan.PlanUseCases;
import dev.allotment.core.internal.record.PaymentRows;
import dev.allotment.core.internal.record.PublicViews;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.core.internal.tenant.change.PaymentSchedule;
import dev.allotment.core.internal.tenant.configuration.PlanSwitching;
import dev.allotment.core.internal.tenant.creation.NewTenants;
import dev.allotment.core.internal.tenant.life.DeletionProofs;
import dev.allotment.core.internal.tenant.life.TenantDeletion;
import dev.allotment.core.internal.tenant.life.TenantRenaming;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.text.Normalizer;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks that the acting user may see the records, and then runs the administrators' use cases with all rights. */
public final class SelfServiceUseCases implements SelfService {
    private static final int MIN_LABEL = 3;
    private static final int MAX_LABEL = 63;
    private static final int MOST_RESTORABLE = 100;
    private static final Pattern LABEL = Pattern.compile("[a-z0-9](?:[a-z0-9-]{1,61})[a-z0-9]");

    private final CoreContext context;
    private final OperationEngine operations;
    private final DatabaseNames databaseNames;
    private final NewTenants newTenants;
    private final TenantDeletion tenantDeletion;
    private final TenantRenaming tenantRenaming;
    private final PlanSwitching planSwitching;
    private final User user;
    private final Actor actor;
    private final TenantLookup tenants;

    public SelfServiceUseCases(
            CoreContext context,
            OperationEngine operations,
            DatabaseNames databaseNames,
            NewTenants newTenants,
            TenantDeletion tenantDeletion,
            TenantRenaming tenantRenaming,
            PlanSwitching planSwitching,
            Actor actor) {
        User acting = actor.user();
        if (acting == null) {
            throw actor.refused("use self-service: the embedder is not a user");
        }
        this.context = context;
        this.operations = operations;
        this.databaseNames = databaseNames;
        this.newTenants = newTenants;
        this.tenantDeletion = tenantDeletion;
        this.tenantRenaming = tenantRenaming;
        this.planSwitching = planSwitching;
        this.user = acting;
        this.actor = actor.servingItself();
        this.tenants = new TenantLookup(context.work(), actor);
    }

    @Override
    public List<Plan> offers() {
        PlanId only = actor.scope().plan();
        Filter<Plan> within = only == null ? Filter.all() : Filter.equal(Plan.ID, only);
        Query<Plan> published = Query.where(Filter.and(Filter.equal(Plan.PUBLISHED, true), within))
                .orderBy(Plan.SEQUENCE);
        return context.catalog().transact(tx -> tx.records(RecordTypes.PLANS).list(published)).stream()
                .map(each -> PlanUseCases.shown(actor, each))
                .toList();
    }

    @Override
    public void checkName(PlanId id, String label) {
        context.catalog().transact(tx -> {
            Plan plan = offer(actor, tx, id);
            String name =
                    DatabaseNames.check(named(plan.dbNameTemplate(), label), databaseNames.refusedBy(actor, tx, plan));
            if (ReservedNames.isTaken(tx, name, null, context.now())) {
                throw ReservedNames.nameTaken(name);
            }
            return null;
        });
    }

    @Override
    public Operation start(PlanId id, @Nullable String label, @Nullable String idempotencyKey) {
        Plan plan = context.catalog().transact(tx -> {
            Plan offer = offer(actor, tx, id);
            for (Payment each : PaymentRows.ofAll(tx, customer())) {
                if (concerns(tx, each, id)) {
                    requirePaid(PaymentSchedule.of(each, offer.paymentTerms()));
                }
            }
            return offer;
        });
        return PublicViews.operation(operations.start(newTenants.creating(
                actor,
                CreateTenant.onPlan(plan)
                        .name(label == null ? null : named(plan.dbNameTemplate(), label))
                        .owner(user)
                        .customer(customer().equals(user.customerId()) ? null : customer())
                        .trial(plan.trialHours() > 0)
                        .idempotencyKey(idempotencyKey)
                        .build())));
    }

    private CustomerId customer() {
        CustomerId customer = actor.customer();
        return customer == null ? user.customerId() : customer;
    }

    /** Whether a state is that of the customer, or of a tenant on the plan, whose debt a new one would escape. */
    private static boolean concerns(Transaction tx, Payment payment, PlanId plan) {
        TenantId tenant = payment.tenantId();
        return tenant == null
                || tx.records(RecordTypes.TENANTS)
                        .find(tenant.value())
                        .filter(each -> plan.equals(each.planId()))
                        .isPresent();
    }

    /** Refuses another tenant with the content of one that is not paid. */
    static void requireNoDebt(Transaction tx, StoredTenant tenant) {
        Payment late = PaymentSchedule.of(tx, tenant).payment();
        if (late != null) {
            throw paymentRequired(late);
        }
    }

    /** Refuses a switch that would open a tenant that is not paid, or would close it later. */
    private void requirePaid(Transaction tx, StoredTenant tenant, Plan to) {
        PaymentSchedule present = PaymentSchedule.of(tx, tenant);
        requirePaid(present);
        Payment late = present.payment();
        Instant before = present.suspendAt();
        if (late != null && before != null) {
            Instant after = PaymentSchedule.of(late, to.paymentTerms()).suspendAt();
            if (after == null || after.isAfter(before)) {
                throw paymentRequired(late);
            }
        }
    }

    /** Refuses what would have no effect, or would undo it, while what was not paid keeps a tenant closed. */
    private void requirePaid(PaymentSchedule schedule) {
        Payment late = schedule.payment();
        if (late != null && schedule.unpaid(context.now())) {
            throw paymentRequired(late);
        }
    }

    private static SaasException paymentRequired(Payment late) {
        return SaasException.conflict(
                ErrorCodes.PAYMENT_REQUIRED,
                "This needs a payment that is missing. Pay first, and try again."
                        + (late.payUrl() == null ? "" : " Pay here: " + late.payUrl()));
    }

    @Override
    public Operation operation(OperationId id) {
        return context.catalog()
                .transact(tx -> tx.records(RecordTypes.OPERATIONS)
                        .find(id.value())
                        .filter(operation -> concernsOwn(tx, operation))
                        .map(PublicViews::operation)
                        .orElseThrow(() -> RecordLookup.missing(RecordTypes.OPERATIONS, "Operation", id.value())));
    }

    /** A tenant whose creation failed is gone; the user that requested it may still see why. */
    private boolean concernsOwn(Transaction tx, StoredOperation operation) {
        TenantId tenant = operation.tenantId();
        return tenant != null
                && tx.records(RecordTypes.TENANTS)
                        .find(tenant.value())
                        .map(this::isOwn)
                        .orElseGet(() -> !actor.limitedToTenants()
                                && RecordTypes.OPERATIONS.matches(operation, OperationUseCases.startedBy(user)));
    }

    @Override
    public Tenant rename(TenantId id, String label) {
        String name = named(own(id).name(), label);
        return run(id, tenantRenaming.renaming(actor, id, name));
    }

    @Override
    public Operation duplicate(TenantId id, @Nullable String label, @Nullable String idempotencyKey) {
        return duplicate(DuplicateTenant.builder(id).idempotencyKey(idempotencyKey), id, label);
    }

    @Override
    public Operation preview(TenantId id, @Nullable String label, int hours, @Nullable String idempotencyKey) {
        return duplicate(DuplicateTenant.builder(id).preview(hours).idempotencyKey(idempotencyKey), id, label);
    }

    private Operation duplicate(DuplicateTenant.Builder copy, TenantId id, @Nullable String label) {
        StoredTenant source = own(id);
        requireCopySeen(actor, source);
        Plan plan = context.catalog().transact(tx -> planOf(actor, tx, source));
        DuplicateTenant command = copy.name(label == null ? null : named(plan.dbNameTemplate(), label))
                .build();
        return PublicViews.operation(operations.start(newTenants.copying(actor, command, (tx, locked) -> {
            // The copy of a suspended tenant would be open.
            TenantRows.requireState(locked, "duplicated", TenantState.OPEN);
            planOf(actor, tx, locked);
            requireNoDebt(tx, locked);
            // Copies of copies would otherwise make a trial last forever.
            return Optional.ofNullable(locked.expiresAt());
        })));
    }

    /** The copy belongs to the owner of the tenant, so a member that is limited might not see what it has made. */
    static void requireCopySeen(Actor actor, StoredTenant source) {
        if (actor.member() != null
                && !actor.member().tenants().isAll()
                && !Objects.equals(source.ownerId(), actor.userId())) {
            throw actor.refused("copy a tenant that another account owns: your role is limited to some tenants");
        }
    }

    /** Returns the plan of a tenant, if it is published. */
    static Plan planOf(Actor actor, Transaction tx, StoredTenant tenant) {
        PlanId plan = tenant.planId();
        if (plan == null) {
            throw RecordLookup.missing(
                    RecordTypes.TENANTS, "Tenant", tenant.id().value());
        }
        return offer(actor, tx, plan);
    }

    @Override
    public PlanSwitch previewSwitch(TenantId id, PlanId plan) {
        own(id);
        context.catalog().transact(tx -> offer(actor, tx, plan));
        return planSwitching.preview(actor, SwitchPlan.builder(id, plan).build());
    }

    @Override
    public Operation switchPlan(TenantId id, PlanId plan, int version, List<String> addonsToRemove) {
        own(id);
        context.catalog().transact(tx -> offer(actor, tx, plan));
        return PublicViews.operation(operations.start(planSwitching.switchingOwn(
                actor,
                id,
                plan,
                version,
                addonsToRemove,
                (tx, tenant) -> requirePaid(tx, tenant, offer(actor, tx, plan)))));
    }

    @Override
    public Tenant delete(TenantId id) {
        return run(id, tenantDeletion.deleting(actor, own(id).id()));
    }

    @Override
    public List<Tenant> restorable() {
        Filter<StoredTenant> retained = Filter.and(
                user.portal() ? Filter.all() : Filter.equal(StoredTenant.OWNER_ID, user.id()),
                Filter.equal(StoredTenant.STATE, TenantState.RETAINED));
        Query<StoredTenant> first =
                Query.where(retained).orderBy(StoredTenant.RETAINED_UNTIL).page(0, MOST_RESTORABLE);
        return context.catalog().transact(tx -> DeletionProofs.deletedByOwner(tx, tenants.listed(tx, first))).stream()
                .map(each -> PublicViews.tenant(actor, each))
                .toList();
    }

    @Override
    public Tenant restore(TenantId id) {
        return run(id, tenantDeletion.restoring(actor, own(id).id()));
    }

    @Override
    public Optional<String> suspensionReason(TenantId id) {
        StoredTenant tenant = own(id);
        return context.catalog().transact(tx -> Suspensions.shownReason(tx, tenant));
    }

    private Tenant run(TenantId id, OperationRequest<?> pending) {
        operations.run(pending);
        return PublicViews.tenant(actor, tenants.get(id));
    }

    private StoredTenant own(TenantId id) {
        return tenants.find(id).filter(this::isOwn).orElseThrow(() -> tenants.missing(id));
    }

    /** Whether a portal account may see it, or an administrator owns it. */
    private boolean isOwn(StoredTenant tenant) {
        return tenants.contains(tenant) && (user.portal() || owns(tenant));
    }

    private boolean owns(StoredTenant tenant) {
        return Objects.equals(tenant.ownerId(), user.id());
    }

    private static SaasException wrongName(String message) {
        return SaasException.invalid(ErrorCodes.TENANT_NAME_INVALID, message);
    }

    /** Returns the name that the user may have meant. */
    private static String similar(String label) {
        String german = label.toLowerCase(Locale.ROOT)
                .replace("ä", "ae")
                .replace("ö", "oe")
                .replace("ü", "ue")
                .replace("ß", "ss");
        // Other letters lose their accents.
        return Normalizer.normalize(german, Normalizer.Form.NFD)
                .replaceAll("\\p{M}+", "")
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-|-$", "");
    }

    private static Plan offer(Actor actor, Transaction tx, PlanId id) {
        PlanId only = actor.scope().plan();
        return tx.records(RecordTypes.PLANS)
                .find(id.value())
                .filter(plan -> plan.published() && (only == null || only.equals(id)))
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.PLANS, "Plan", id.value()));
    }

    /** The label and the domain of an example, split at the first dot; an empty domain if there is none. */
    static String named(@Nullable String example, String label) {
        if (label.length() < MIN_LABEL) {
            throw wrongName(
                    "A name has at least " + MIN_LABEL + " characters; found " + TextRules.describe(label) + ".");
        }
        if (label.length() > MAX_LABEL) {
            throw wrongName("A name has at most " + MAX_LABEL + " characters; found " + label.length() + ".");
        }
        if (!LABEL.matcher(label).matches()) {
            String similar = similar(label);
            throw wrongName(
                    "A name has lowercase letters, digits and hyphens only, and starts and ends with a letter or"
                            + " digit; found " + TextRules.describe(label) + "."
                            + (LABEL.matcher(similar).matches() ? " Try \"" + similar + "\"." : ""));
        }
        if (ReservedLabels.contains(label)) {
            throw wrongName("The name \"" + label + "\" is reserved for the provider. Choose another one.");
        }
        return example == null || example.indexOf('.') < 0 ? label : label + example.substring(example.indexOf('.'));
    }
}
