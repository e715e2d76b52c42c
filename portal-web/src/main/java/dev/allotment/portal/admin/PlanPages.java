// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.Permission;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.TemplateState;
import dev.allotment.fleet.Server;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Tokens;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The plans: list, creation, changes, publication, and building the template for new databases. */
final class PlanPages {
    static final String PATH = "/admin/plans";
    static final String SECTION = "admin-plans";
    private static final String BUILD_KEY = "build-key";
    static final Map<String, String> NOTICES = Map.of(
            "saved", "Changes saved.",
            "created", "Plan created.",
            "deleted", "Plan deleted.");

    void add(Routes routes) {
        routes.showOperator(PATH, PlanList::show);
        routes.showAdministrator(PATH + "/new", PlanPages::showNew);
        routes.acceptAdministrator(PATH + "/new", PlanPages::create);
        routes.showOperator(PATH + "/{id}", PlanPages::show);
        routes.acceptOperator(PATH + "/{id}", Permission.MANAGE_BILLING, PlanPages::save);
        routes.acceptAdministrator(PATH + "/{id}/template", PlanPages::build);
        routes.showAdministrator(PATH + "/{id}/delete", PlanPages::showDelete);
        routes.acceptAdministrator(PATH + "/{id}/delete", PlanPages::delete);
    }

    private static void showNew(PortalExchange exchange, Visitor visitor) throws IOException {
        render(exchange, visitor, 200, null, PlanForm.of(Plan.builder("").build()), new Form());
    }

    private static void create(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = PlanForm.sent(exchange);
        Plan plan = PlanForm.apply(form, Plan.builder("").build());
        if (form.isFine()) {
            try {
                Plan created = visitor.saas().plans().create(plan);
                exchange.redirect(PATH + "/" + created.id() + "?done=created");
                return;
            } catch (SaasException e) {
                form.refuse("", AdminInput.refusal(e));
            }
        }
        render(exchange, visitor, 422, null, form, new Form());
    }

    private static Plan plan(PortalExchange exchange, Visitor visitor) {
        return visitor.saas().plans().get(new PlanId(exchange.pathId("id")));
    }

    private static void show(PortalExchange exchange, Visitor visitor) throws IOException {
        Plan plan = plan(exchange, visitor);
        render(exchange, visitor, 200, plan, PlanForm.of(plan), new Form());
    }

    private static void save(PortalExchange exchange, Visitor visitor) throws IOException {
        Plan plan = plan(exchange, visitor);
        Form form = PlanForm.sent(exchange);
        Plan wanted = PlanForm.apply(form, plan);
        if (form.isFine() && !PlanForm.isOf(form, plan)) {
            renderChanged(exchange, visitor, plan, form);
            return;
        }
        if (form.isFine()) {
            try {
                visitor.saas().plans().replace(plan, wanted);
                exchange.redirect(PATH + "/" + plan.id() + "?done=saved");
                return;
            } catch (SaasException e) {
                if (e.code().equals(ErrorCodes.RECORD_CHANGED)) {
                    renderChanged(exchange, visitor, plan(exchange, visitor), form);
                    return;
                }
                form.refuse("", AdminInput.refusal(e));
            }
        }
        render(exchange, visitor, 422, plan, form, new Form());
    }

    /** Shows what is stored next to what was sent. If the form is sent again, it replaces what is stored. */
    private static void renderChanged(PortalExchange exchange, Visitor visitor, Plan stored, Form form)
            throws IOException {
        List<PlanView.Difference> differences = PlanForm.differences(form, stored);
        form.refuse(
                "",
                "This plan was changed after you opened it, so your changes are not saved. Compare the values"
                        + " below. Save again to replace the stored values with yours.");
        render(exchange, visitor, 409, stored, form, new Form(), differences);
    }

    /** Starts the build, which may take minutes, and shows its progress. A form that is sent twice builds once. */
    private static void build(PortalExchange exchange, Visitor visitor) throws IOException {
        Plan plan = plan(exchange, visitor);
        Form form = new Form();
        String key = exchange.param(BUILD_KEY);
        try {
            Operation operation = visitor.saas()
                    .async()
                    .buildTemplate(
                            plan.id(),
                            exchange.params("addons").stream().distinct().toList(),
                            key.isEmpty() ? null : key);
            exchange.redirect("/admin/operations/" + operation.id() + "?done=building");
        } catch (SaasException e) {
            form.refuse("addons", AdminInput.refusal(e));
            render(exchange, visitor, 422, plan, PlanForm.of(plan), form);
        }
    }

    private static void showDelete(PortalExchange exchange, Visitor visitor) throws IOException {
        Plan plan = plan(exchange, visitor);
        String path = PATH + "/" + plan.id();
        exchange.render(
                "admin/confirm",
                exchange.page("Delete plan " + plan.name(), SECTION),
                new ConfirmView(
                        "This permanently deletes the plan with its limits, its versions and its link to a template. It"
                                + " cannot be undone. Deleting is refused while a database uses the plan.",
                        path + "/delete",
                        "Delete plan",
                        path));
    }

    private static void delete(PortalExchange exchange, Visitor visitor) throws IOException {
        Plan plan = plan(exchange, visitor);
        try {
            visitor.saas().plans().delete(plan.id());
        } catch (SaasException e) {
            Form form = PlanForm.of(plan);
            form.refuse("", AdminInput.refusal(e));
            render(exchange, visitor, 409, plan, form, new Form());
            return;
        }
        exchange.redirect(PATH + "?done=deleted");
    }

    private static void render(
            PortalExchange exchange, Visitor visitor, int status, @Nullable Plan plan, Form form, Form build)
            throws IOException {
        render(exchange, visitor, status, plan, form, build, List.of());
    }

    private static void render(
            PortalExchange exchange,
            Visitor visitor,
            int status,
            @Nullable Plan plan,
            Form form,
            Form build,
            List<PlanView.Difference> differences)
            throws IOException {
        TemplateId template = plan == null ? null : plan.templateId();
        List<SelectOption> templates = visitor
                .saas()
                .templates()
                .list(Query.where(Filter.equal(Template.STATE, TemplateState.READY))
                        .orderBy(Template.NAME))
                .stream()
                .map(each -> new SelectOption(
                        each.id().toString(), each.name(), each.id().toString().equals(form.value("template"))))
                .toList();
        List<SelectOption> servers =
                ServerOptions.of(visitor.saas(), each -> each.state() != Server.State.SOURCE, form.value("server"));
        List<String> built = template == null
                ? List.of()
                : visitor.saas()
                        .templates()
                        .find(template)
                        .map(Template::addons)
                        .orElse(List.of());
        // After a refusal, what the administrator has ticked stays ticked.
        Collection<String> ticked = build.isFine() ? built : exchange.params("addons");
        List<PlanView.AddonChoice> choices = visitor.saas().templates().addons().stream()
                .map(each -> new PlanView.AddonChoice(
                        each.name(), each.title(), each.latestVersion(), ticked.contains(each.name())))
                .toList();
        String title = plan == null ? "New plan" : plan.name();
        exchange.render(
                status,
                "admin/plan",
                exchange.page(title, SECTION, NOTICES.get(exchange.param("done"))),
                new PlanView(
                        plan == null ? 0 : plan.id().value(),
                        plan == null ? 0 : plan.version(),
                        form,
                        templates,
                        servers,
                        String.join(", ", built),
                        choices,
                        build.set(BUILD_KEY, Tokens.random()),
                        differences));
    }

    static @Nullable TemplateId template(String text) {
        return text.matches("[0-9]{1,18}") ? new TemplateId(Long.parseLong(text)) : null;
    }

    static @Nullable ServerId server(String text) {
        return text.matches("[0-9]{1,18}") ? new ServerId(Long.parseLong(text)) : null;
    }
}
