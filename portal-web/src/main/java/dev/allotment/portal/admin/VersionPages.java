// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.BatchResult;
import dev.allotment.Entitlement;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.PlanSwitch;
import dev.allotment.PlanVersion;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.SwitchPlan;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.portal.databases.SwitchPreview;
import dev.allotment.portal.databases.TenantWords;
import dev.allotment.portal.databases.UsageMeter;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.PageFailure;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The versions of a plan with their tenants, and moving all tenants of a version to the one that is sold now. */
final class VersionPages {
    private static final Logger LOG = LoggerFactory.getLogger(VersionPages.class);
    private static final String PATH = "/admin/plans/{id}/versions";
    private static final String SECTION = "admin-plans";
    private static final String TO = "to";
    private static final String AFTER = "after";
    /** The most tenants that one request moves, since it reads each of their databases. */
    private static final int AT_ONCE = 100;

    private static final List<TenantState> LIVE = List.of(TenantState.DRAFT, TenantState.OPEN, TenantState.SUSPENDED);

    void add(Routes routes) {
        routes.showOperator(PATH, VersionPages::list);
        routes.showAdministrator(PATH + "/{number}/move", VersionPages::ask);
        routes.acceptAdministrator(PATH + "/{number}/move", VersionPages::move);
    }

    private static Plan plan(PortalExchange exchange, Visitor visitor) {
        return visitor.saas().plans().get(new PlanId(exchange.pathId("id")));
    }

    private static void list(PortalExchange exchange, Visitor visitor) throws IOException {
        Plan plan = plan(exchange, visitor);
        List<PlanVersion> versions = visitor.saas()
                .plans()
                .versions()
                .list(Query.where(Filter.equal(PlanVersion.PLAN_ID, plan.id())).orderByDescending(PlanVersion.NUMBER));
        Map<Integer, Long> databases = visitor.saas()
                .tenants()
                .counts(
                        Tenant.PLAN_VERSION,
                        versions.stream().map(PlanVersion::number).toList(),
                        Filter.<Tenant>and(Filter.equal(Tenant.PLAN_ID, plan.id()), Filter.in(Tenant.STATE, LIVE)));
        List<VersionsView.Row> rows = versions.stream()
                .map(each -> row(plan, each, databases.getOrDefault(each.number(), 0L)))
                .toList();
        exchange.render(
                "admin/versions",
                exchange.page("Versions of " + plan.name(), SECTION),
                new VersionsView(plan.id().value(), rows));
    }

    private static VersionsView.Row row(Plan plan, PlanVersion version, long databases) {
        return new VersionsView.Row(
                version.number(),
                TenantWords.day(version.createdAt()),
                version.number() == plan.version(),
                limit(version.maxUsers(), "user") + ", "
                        + (version.storageLimitMb() == 0
                                ? "unlimited storage"
                                : UsageMeter.bytes(version.storageLimitMb() * Plan.MEGABYTE)),
                (version.trialHours() == 0 ? "no trial" : "trial of " + limit(version.trialHours(), "hour")) + ", "
                        + (version.graceDays() == 0 ? "no grace" : "grace of " + limit(version.graceDays(), "day")),
                limit(version.maxDatabasesPerCustomer(), "database") + ", "
                        + limit(version.maxTrialDatabasesPerCustomer(), "trial"),
                String.join(", ", version.addons()),
                TenantWords.entitlements(version.entitlements()),
                databases);
    }

    private static String limit(int limit, String what) {
        return limit == 1 ? "1 " + what : (limit == 0 ? "unlimited" : Integer.toString(limit)) + " " + what + "s";
    }

    private static Filter<Tenant> on(PlanId plan, int version) {
        return Filter.and(
                Filter.equal(Tenant.PLAN_ID, plan),
                Filter.equal(Tenant.PLAN_VERSION, version),
                Filter.in(Tenant.STATE, LIVE));
    }

    /** Returns the version in the path; the version that is sold now has no page. */
    private static PlanVersion from(PortalExchange exchange, Visitor visitor, Plan plan) {
        long number = exchange.pathId("number");
        if (number >= plan.version()) {
            throw PageFailure.notFound();
        }
        return visitor.saas().plans().version(plan.id(), (int) number);
    }

    private static void ask(PortalExchange exchange, Visitor visitor) throws IOException {
        Plan plan = plan(exchange, visitor);
        render(exchange, visitor, 200, plan, new Form(), 0, List.of());
    }

    private static void move(PortalExchange exchange, Visitor visitor) throws IOException {
        Plan plan = plan(exchange, visitor);
        PlanVersion from = from(exchange, visitor, plan);
        Form form = Form.sent(exchange, TO);
        if (!form.value(TO).equals(Integer.toString(plan.version()))) {
            form.refuse("", "The plan got a newer version after this page was opened. Check the changes again.");
            render(exchange, visitor, 409, plan, form, 0, List.of());
            return;
        }
        TenantId after = new TenantId(exchange.numberParam(AFTER).orElse(0L));
        List<TenantId> next = visitor
                .saas()
                .tenants()
                .list(Query.where(Filter.<Tenant>and(
                                on(plan.id(), from.number()),
                                Filter.compare(Tenant.ID, Filter.Operator.GREATER, after)))
                        .orderBy(Tenant.ID)
                        .page(0, AT_ONCE))
                .stream()
                .map(Tenant::id)
                .toList();
        BatchResult result = visitor.saas()
                .tenants()
                .batch(
                        Filter.in(Tenant.ID, next),
                        tenant -> visitor.saas()
                                .async()
                                .switchPlan(SwitchPlan.builder(tenant.id(), plan.id())
                                        .version(plan.version())
                                        .build()));
        List<MoveView.Left> left = new ArrayList<>();
        result.failed().forEach((id, failure) -> left.add(left(visitor, id, failure)));
        form.set(AFTER, next.size() < AT_ONCE ? "" : next.get(next.size() - 1).toString());
        render(exchange, visitor, 200, plan, form, result.done().size(), left);
    }

    private static MoveView.Left left(Visitor visitor, TenantId id, RuntimeException failure) {
        String name = visitor.saas().tenants().find(id).map(Tenant::name).orElse("Database " + id);
        if (failure instanceof SaasException) {
            return new MoveView.Left(id.value(), name, String.valueOf(failure.getMessage()));
        }
        UUID reference = UUID.randomUUID();
        LOG.error("A tenant could not be moved: tenant={} reference={}", id, reference, failure);
        return new MoveView.Left(id.value(), name, "It failed unexpectedly; the log has this reference: " + reference);
    }

    private static void render(
            PortalExchange exchange,
            Visitor visitor,
            int status,
            Plan plan,
            Form form,
            int started,
            List<MoveView.Left> left)
            throws IOException {
        PlanVersion from = from(exchange, visitor, plan);
        PlanVersion to = visitor.saas().plans().version(plan.id(), plan.version());
        exchange.render(
                status,
                "admin/move",
                exchange.page("Move databases to version " + plan.version() + " of " + plan.name(), SECTION),
                new MoveView(
                        plan.id().value(),
                        plan.name(),
                        from.number(),
                        plan.version(),
                        SwitchPreview.changes(changes(from, to), id -> plan.name()),
                        addons(from, to),
                        visitor.saas().tenants().count(on(plan.id(), from.number())),
                        started,
                        left,
                        form));
    }

    private static List<PlanSwitch.Change> changes(PlanVersion from, PlanVersion to) {
        List<PlanSwitch.Change> changes = new ArrayList<>();
        change(changes, "maxUsers", from.maxUsers(), to.maxUsers());
        change(changes, "storageLimitMb", from.storageLimitMb(), to.storageLimitMb());
        change(changes, "blockOnExpiration", from.blockOnExpiration(), to.blockOnExpiration());
        change(changes, "blockOnStorageExceed", from.blockOnStorageExceed(), to.blockOnStorageExceed());
        change(changes, "graceDays", from.graceDays(), to.graceDays());
        change(changes, "maxDatabasesPerCustomer", from.maxDatabasesPerCustomer(), to.maxDatabasesPerCustomer());
        change(
                changes,
                "maxTrialDatabasesPerCustomer",
                from.maxTrialDatabasesPerCustomer(),
                to.maxTrialDatabasesPerCustomer());
        Set<String> names = new TreeSet<>(from.entitlements().keySet());
        names.addAll(to.entitlements().keySet());
        names.forEach(name -> change(changes, "entitlements." + name, text(from, name), text(to, name)));
        return changes;
    }

    private static String text(PlanVersion version, String name) {
        Entitlement found = version.entitlements().get(name);
        return found == null ? "none" : found.text();
    }

    private static void change(List<PlanSwitch.Change> changes, String field, Object from, Object to) {
        if (!from.equals(to)) {
            changes.add(new PlanSwitch.Change(field, from.toString(), to.toString()));
        }
    }

    private static String addons(PlanVersion from, PlanVersion to) {
        List<String> added = new ArrayList<>(to.addons());
        added.removeAll(from.addons());
        List<String> removed = new ArrayList<>(from.addons());
        removed.removeAll(to.addons());
        return (added.isEmpty() ? "" : "Add-ons that will be installed: " + String.join(", ", added) + ". ")
                + (removed.isEmpty()
                        ? ""
                        : "Add-ons that the version no longer has: " + String.join(", ", removed) + ".");
    }
}
