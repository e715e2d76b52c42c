// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Lookup;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.PlanVersion;
import dev.allotment.Plans;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.TemplateId;
import dev.allotment.TemplateState;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The plans. */
final class PlanUseCases extends RecordLookup<PlanId, Plan> implements Plans {
    private static final int MAX_SUMMARY = 10_000;
    private static final int MAX_SPARES = 1_000;

    private final ControlPlane plane;
    private final Actor actor;

    PlanUseCases(ControlPlane plane, Place place, Actor actor) {
        super(place, RecordTypes.PLANS, "Plan");
        this.plane = plane;
        this.actor = actor;
    }

    @Override
    long number(PlanId id) {
        return id.value();
    }

    @Override
    Filter<Plan> visible(Transaction tx) {
        User user = actor.user();
        if (user == null || actor.administrator()) {
            return Filter.all();
        }
        Filter<Tenant> own = Filter.and(Filter.equal(Tenant.CUSTOMER_ID, user.customerId()), TenantRules.LIVE);
        return Filter.in(
                Plan.ID,
                tx.records(RecordTypes.TENANTS).list(Query.where(own)).stream()
                        .map(Tenant::planId)
                        .filter(each -> each != null)
                        .distinct()
                        .toList());
    }

    @Override
    public Plan create(Plan plan, @Nullable String idempotencyKey) {
        actor.requireAdministrator("create plans");
        if (idempotencyKey == null) {
            return place().transact(tx -> insert(tx, plan));
        }
        Operation.Builder draft = plane.sagas.draft(OperationKind.CREATE_PLAN, actor);
        Plan asked = plan.toBuilder().id(new PlanId(0)).createdAt(Instant.EPOCH).build();
        return once(draft, "plan", Repeats.scoped(actor, idempotencyKey), asked, tx -> insert(tx, plan));
    }

    private Plan insert(Transaction tx, Plan plan) {
        Plan checked = plan.toBuilder().createdAt(plane.now()).build();
        check(tx, checked);
        return PlanVersions.begin(tx, tagged(checked), plane.now());
    }

    @Override
    public Plan update(PlanId id, UnaryOperator<Plan> change) {
        actor.requireAdministrator("change plans");
        return place().transact(tx -> {
            Plan present = lock(tx, id);
            Plan merged = change.apply(present).toBuilder()
                    .id(present.id())
                    .createdAt(present.createdAt())
                    .build();
            check(tx, merged);
            return PlanVersions.change(tx, present, tagged(merged), plane.now());
        });
    }

    private static Plan tagged(Plan plan) {
        return plan.toBuilder()
                .tags(Tags.checked(plan.tags(), ErrorCodes.PLAN_INVALID))
                .build();
    }

    private static void check(Transaction tx, Plan plan) {
        List<String> problems = new ArrayList<>();
        if (plan.name().isBlank() || plan.name().length() > Texts.MAX_NAME || Texts.hasControl(plan.name())) {
            problems.add("name: 1 to " + Texts.MAX_NAME + " printable characters");
        }
        notNegative(problems, "max_users", plan.maxUsers());
        notNegative(problems, "spares", plan.spares());
        if (plan.spares() > MAX_SPARES) {
            problems.add("spares: at most " + MAX_SPARES + ", found " + plan.spares());
        }
        notNegative(problems, "total_storage_limit", plan.storageLimitMb());
        if (plan.summary() != null && (plan.summary().length() > MAX_SUMMARY || !Texts.isStorable(plan.summary()))) {
            problems.add("summary: at most " + MAX_SUMMARY + " characters, found "
                    + plan.summary().length());
        }
        problem(problems, "tag_ids", () -> Tags.checked(plan.tags(), ErrorCodes.PLAN_INVALID));
        problem(problems, "lang", () -> Texts.lang(plan.lang(), ErrorCodes.PLAN_INVALID));
        problem(problems, "tz", () -> Texts.zone(plan.tz(), ErrorCodes.PLAN_INVALID));
        if (plan.trialHours() > TenantRules.MAX_HOURS) {
            problems.add("expiration: at most " + TenantRules.MAX_HOURS + " hours, found " + plan.trialHours());
        }
        notNegative(problems, "expiration", plan.trialHours());
        notNegative(problems, "grace_period", plan.graceDays());
        notNegative(problems, "maximum_allowed_dbs_per_partner", plan.maxDatabasesPerCustomer());
        notNegative(problems, "maximum_allowed_trial_dbs_per_partner", plan.maxTrialDatabasesPerCustomer());
        String names = plan.dbNameTemplate();
        if (names != null) {
            try {
                Texts.databaseName(names.replace("%i", "0000001"), Set.of());
            } catch (SaasException e) {
                problems.add("dbname_template: a database name with %i where the number goes, found "
                        + Texts.describe(names));
            }
        }
        if (plan.templateId() != null && !ready(tx, plan.templateId())) {
            problems.add("template_id: there is no template " + plan.templateId() + " that is ready");
        }
        if (plan.serverId() != null
                && tx.records(RecordTypes.SERVERS).find(plan.serverId().value()).isEmpty()) {
            problems.add("server_id: there is no database server " + plan.serverId());
        }
        if (!problems.isEmpty()) {
            throw SaasException.invalid(
                    ErrorCodes.PLAN_INVALID, "This plan is wrong. " + String.join("; ", problems) + ".");
        }
    }

    /** Locks it: it is not deleted before the plan is stored, which keeps it from being deleted after that. */
    private static boolean ready(Transaction tx, TemplateId id) {
        return tx.records(RecordTypes.TEMPLATES)
                .lock(id.value())
                .filter(template -> template.state() == TemplateState.READY)
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
        place().transact(tx -> {
            lock(tx, id);
            if (tx.records(RecordTypes.TENANTS).count(Filter.and(Filter.equal(Tenant.PLAN_ID, id), TenantRules.WITH_DATABASE))
                    > 0) {
                throw SaasException.conflict(
                        ErrorCodes.PLAN_IN_USE,
                        "Plan " + id + " has client databases, so it cannot be deleted; delete or move these first.");
            }
            PlanVersions.forget(tx, id);
            tx.records(RecordTypes.PLANS).delete(id.value());
            return null;
        });
    }

    @Override
    public String generateName(PlanId id) {
        actor.requireAdministrator("generate database names");
        return place().transact(tx -> {
            Plan plan = get(tx, id);
            return TenantRules.nextName(tx, plan, TenantRules.reservedNames(plane, tx, plan));
        });
    }

    @Override
    public Lookup<Long, PlanVersion> versions() {
        return new PlanVersions(plane, actor);
    }

    @Override
    public PlanVersion version(PlanId id, int number) {
        return place().transact(tx -> {
            PlanVersion found =
                    PlanVersions.get(tx, id, number == 0 ? get(tx, id).version() : number);
            return new PlanVersions(plane, actor).get(tx, found.id());
        });
    }
}
