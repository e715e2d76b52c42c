// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.plan;

import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.PlanVersion;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.User;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads and writes the versions of plans: the terms under which they were and are sold. */
public final class PlanVersions extends RecordLookup<Long, PlanVersion> {
    /** The longest trial, and the longest expiry of a copy: a hundred years. */
    public static final int MAX_HOURS = 876_000;

    private final Actor actor;

    PlanVersions(CoreContext context, Actor actor) {
        super(context.work(), RecordTypes.PLAN_VERSIONS, "Version of a plan");
        this.actor = actor;
    }

    @Override
    protected long number(Long id) {
        return id;
    }

    /** A portal user, or a key for one customer or plan, sees only the versions that its tenants are on. */
    @Override
    protected Filter<PlanVersion> visible(Transaction tx) {
        User user = actor.user();
        if (user == null || actor.seesAll()) {
            return Filter.all();
        }
        return Filter.or(TenantLookup.distinct(actor, tx, StoredTenant.PLAN_ID, TenantRows.LIVE).stream()
                .map(plan -> {
                    Filter<StoredTenant> onPlan = Filter.and(Filter.equal(StoredTenant.PLAN_ID, plan), TenantRows.LIVE);
                    return Filter.<PlanVersion>and(
                            Filter.equal(PlanVersion.PLAN_ID, plan),
                            Filter.in(
                                    PlanVersion.NUMBER,
                                    TenantLookup.distinct(actor, tx, StoredTenant.PLAN_VERSION, onPlan)));
                })
                .toList());
    }

    /** The plan in its first stored form, together with its first version. */
    static Plan begin(Transaction tx, Plan plan, Instant now) {
        Plan stored =
                tx.records(RecordTypes.PLANS).insert(plan.toBuilder().version(1).build());
        tx.records(RecordTypes.PLAN_VERSIONS).insert(version(tx, stored, now));
        return stored;
    }

    /** Stores a plan that is locked; if its terms changed, under the next version. */
    public static Plan change(Transaction tx, Plan before, Plan wanted, Instant now) {
        boolean same = terms(before, List.of()).equals(terms(wanted, List.of()));
        Plan stored = wanted.toBuilder()
                .version(same ? before.version() : before.version() + 1)
                .build();
        tx.records(RecordTypes.PLANS).update(stored);
        if (!same) {
            tx.records(RecordTypes.PLAN_VERSIONS).insert(version(tx, stored, now));
        }
        return stored;
    }

    private static PlanVersion version(Transaction tx, Plan plan, Instant now) {
        TemplateId template = plan.templateId();
        List<String> addons = template == null
                ? List.of()
                : tx.records(RecordTypes.TEMPLATES)
                        .find(template.value())
                        .map(Template::addons)
                        .orElse(List.of());
        PlanVersion terms = terms(plan, addons);
        return new PlanVersion(
                0,
                plan.id(),
                plan.version(),
                terms.templateId(),
                terms.addons(),
                terms.maxUsers(),
                terms.storageLimitMb(),
                terms.blockOnExpiration(),
                terms.blockOnStorageExceed(),
                terms.trialHours(),
                terms.graceDays(),
                terms.maxDatabasesPerCustomer(),
                terms.maxTrialDatabasesPerCustomer(),
                now,
                terms.entitlements());
    }

    /** The terms without what identifies the version. */
    private static PlanVersion terms(Plan plan, List<String> addons) {
        return new PlanVersion(
                0,
                new PlanId(0),
                0,
                plan.templateId(),
                addons,
                plan.maxUsers(),
                plan.storageLimitMb(),
                plan.blockOnExpiration(),
                plan.blockOnStorageExceed(),
                plan.trialHours(),
                plan.graceDays(),
                plan.maxDatabasesPerCustomer(),
                plan.maxTrialDatabasesPerCustomer(),
                Instant.EPOCH,
                plan.entitlements());
    }

    /** Puts a tenant that is being created on the current version of a plan. */
    public static void apply(StoredTenant.Builder tenant, Plan plan) {
        tenant.planId(plan.id())
                .planVersion(plan.version())
                .tags(plan.tags())
                .lang(plan.lang())
                .tz(plan.tz());
        apply(tenant, terms(plan, List.of()));
    }

    /** Gives a tenant the limits and entitlements of these terms. */
    public static void apply(StoredTenant.Builder tenant, PlanVersion terms) {
        tenant.maxUsers(terms.maxUsers())
                .storageLimitMb(terms.storageLimitMb())
                .blockOnExpiration(terms.blockOnExpiration())
                .blockOnStorageExceed(terms.blockOnStorageExceed())
                .entitlements(terms.entitlements());
    }

    /**
     * Finds a plan.
     *
     * @throws SaasException {@code record.missing}
     */
    public static Plan plan(Transaction tx, PlanId id) {
        return tx.records(RecordTypes.PLANS)
                .find(id.value())
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.PLANS, "Plan", id.value()));
    }

    static void forget(Transaction tx, PlanId plan) {
        Records<PlanVersion> versions = tx.records(RecordTypes.PLAN_VERSIONS);
        versions.list(Query.where(Filter.equal(PlanVersion.PLAN_ID, plan))).forEach(each -> versions.delete(each.id()));
    }

    /**
     * Finds a version of a plan.
     *
     * @throws SaasException {@code record.missing}
     */
    public static PlanVersion get(Transaction tx, PlanId plan, int number) {
        return find(tx, plan, number)
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.PLAN_VERSIONS, "Version of plan " + plan, number));
    }

    private static Optional<PlanVersion> find(Transaction tx, PlanId plan, int number) {
        Filter<PlanVersion> wanted =
                Filter.and(Filter.equal(PlanVersion.PLAN_ID, plan), Filter.equal(PlanVersion.NUMBER, number));
        return tx.records(RecordTypes.PLAN_VERSIONS).list(Query.where(wanted)).stream()
                .findFirst();
    }

    /**
     * Finds the version that a tenant is on; empty for a tenant outside plans, and for one whose plan was deleted while
     * the tenant was being moved to it, or back.
     */
    public static Optional<PlanVersion> of(Transaction tx, StoredTenant tenant) {
        PlanId plan = tenant.planId();
        return plan == null ? Optional.empty() : find(tx, plan, tenant.planVersion());
    }

    /** A plan and one of its versions, for the audit log. */
    public static String describe(@Nullable PlanId plan, int number) {
        return plan == null ? "none" : Objects.toString(plan) + "/" + number;
    }
}
