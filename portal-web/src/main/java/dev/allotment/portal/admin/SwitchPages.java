// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Operation;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.PlanSwitch;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.SwitchPlan;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.portal.databases.SwitchPreview;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The page that moves a tenant to another plan or version, after it has shown what that would do. */
final class SwitchPages {
    private static final String PATH = "/admin/databases/{id}/plan";
    private static final String SECTION = "admin-databases";
    private static final String PLAN = "plan";
    private static final String VERSION = "version";
    private static final String SEEN = "seen";
    private static final String FORCE = "force";

    void add(Routes routes) {
        routes.showAdministrator(PATH, SwitchPages::show);
        routes.acceptAdministrator(PATH, SwitchPages::move);
    }

    private static Tenant tenant(PortalExchange exchange, Visitor visitor) {
        return visitor.saas().tenants().get(new TenantId(exchange.pathId("id")));
    }

    private static void show(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = Form.sent(exchange, PLAN, VERSION);
        Tenant tenant = tenant(exchange, visitor);
        PlanSwitch preview = form.value(PLAN).isEmpty() ? null : preview(visitor, tenant, form);
        render(exchange, visitor, form.isFine() ? 200 : 422, tenant, form, preview);
    }

    /** Returns what the move would do; null if it is refused in any case, which the form says then. */
    private static @Nullable PlanSwitch preview(Visitor visitor, Tenant tenant, Form form) {
        Optional<PlanId> plan = plan(form);
        int version = form.number(VERSION, "The version");
        if (plan.isEmpty()) {
            form.refuse(PLAN, "Choose a plan.");
        }
        if (!form.isFine() || plan.isEmpty()) {
            return null;
        }
        try {
            return visitor.saas().tenants().previewSwitch(tenant.id(), plan.get(), version);
        } catch (SaasException e) {
            form.refuse("", AdminInput.refusal(e));
            return null;
        }
    }

    private static Optional<PlanId> plan(Form form) {
        return form.value(PLAN).matches("[0-9]{1,18}")
                ? Optional.of(new PlanId(Long.parseLong(form.value(PLAN))))
                : Optional.empty();
    }

    private static void move(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = Form.sent(exchange, PLAN, VERSION, SEEN, FORCE);
        Tenant tenant = tenant(exchange, visitor);
        PlanSwitch preview = preview(visitor, tenant, form);
        if (preview == null) {
            render(exchange, visitor, 422, tenant, form, null);
            return;
        }
        if (!form.value(SEEN).equals(described(visitor, preview).seen())) {
            form.refuse("", "What the move would do has changed since this page was opened. Check it again below.");
        } else if (preview.needsForce() && !form.ticked(FORCE)) {
            form.refuse(FORCE, "Tick \"Move it all the same\", or make room first.");
        }
        if (form.isFine()) {
            try {
                Operation operation = visitor.saas()
                        .async()
                        .switchPlan(SwitchPlan.builder(tenant.id(), preview.plan())
                                .version(preview.version())
                                .force(preview.needsForce())
                                .build());
                exchange.redirect("/admin/operations/" + operation.id() + "?done=moving");
                return;
            } catch (SaasException e) {
                form.refuse("", AdminInput.refusal(e));
            }
        }
        render(exchange, visitor, 409, tenant, form, preview);
    }

    private static SwitchPreview described(Visitor visitor, PlanSwitch preview) {
        return SwitchPreview.of(preview, planNames(visitor));
    }

    /** Returns the function from plans to their names. */
    static Function<PlanId, String> planNames(Visitor visitor) {
        Map<PlanId, String> names =
                visitor.saas().plans().list(Query.all()).stream().collect(Collectors.toMap(Plan::id, Plan::name));
        return id -> names.getOrDefault(id, "Plan " + id);
    }

    private static void render(
            PortalExchange exchange,
            Visitor visitor,
            int status,
            Tenant tenant,
            Form form,
            @Nullable PlanSwitch preview)
            throws IOException {
        List<Plan> plans = visitor.saas().plans().list(Query.all().orderBy(Plan.SEQUENCE));
        PlanId chosen = plan(form).orElse(tenant.planId());
        List<SelectOption> options = plans.stream()
                .map(each -> new SelectOption(
                        each.id().toString(),
                        each.name() + " (version " + each.version() + ")",
                        each.id().equals(chosen)))
                .toList();
        String present = plans.stream()
                .filter(each -> each.id().equals(tenant.planId()))
                .map(each -> each.name() + ", version " + tenant.planVersion()
                        + (each.version() == tenant.planVersion()
                                ? ""
                                : "; version " + each.version() + " is sold now"))
                .findFirst()
                .orElse("none");
        exchange.render(
                status,
                "admin/switch",
                exchange.page("Move " + tenant.name() + " to another plan", SECTION),
                new SwitchView(
                        tenant.id().value(),
                        present,
                        tenant.state() == TenantState.OPEN || tenant.state() == TenantState.SUSPENDED,
                        options,
                        form,
                        preview == null ? null : described(visitor, preview)));
    }
}
