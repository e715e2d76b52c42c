// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.ErrorCategory;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Permission;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.PlanSwitch;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.SelfService;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.backup.PreparedExport;
import dev.allotment.portal.databases.OwnDatabaseView.Activity;
import dev.allotment.portal.databases.OwnDatabaseView.Prepared;
import dev.allotment.portal.databases.StartView.Offer;
import dev.allotment.portal.text.Message;
import dev.allotment.portal.web.Download;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Moment;
import dev.allotment.portal.web.Page;
import dev.allotment.portal.web.PageFailure;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Tokens;
import dev.allotment.portal.web.Visitor;
import dev.allotment.team.Teammate;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The pages of one database for its owner: its state and activity, moving it to another plan, and duplicating it. */
final class OwnDatabasePages {
    private static final String PATH = "/my/{id}";
    private static final String SECTION = "databases";
    private static final String PLAN = "plan";
    private static final String SEEN = "seen";
    private static final String ACCEPT = "accept";
    private static final String LABEL = "label";
    private static final int REFRESH_SECONDS = 3;
    private static final int MOST_ACTIVITY = 10;
    private static final String PREVIEW = "preview";
    private static final int PREVIEW_HOURS = 7 * 24;

    void add(Routes routes) {
        routes.showVisitor(PATH, OwnDatabasePages::show);
        routes.showVisitor(PATH + "/plan", OwnDatabasePages::showPlans).needs(Permission.SWITCH_PLANS);
        routes.acceptVisitor(PATH + "/plan", OwnDatabasePages::move);
        routes.showVisitor(PATH + "/duplicate", OwnDatabasePages::showDuplicate)
                .needs(Permission.CREATE_TENANTS, Permission.EXPORT);
        routes.acceptVisitor(PATH + "/duplicate", OwnDatabasePages::duplicate);
        routes.acceptVisitor(PATH + "/export", OwnDatabasePages::export).proven();
        routes.acceptVisitor(PATH + "/prepare-export", OwnDatabasePages::prepare)
                .proven();
        routes.showVisitor(PATH + "/export/{export}", OwnDatabasePages::download);
    }

    private static void show(PortalExchange exchange, Visitor visitor) throws IOException {
        render(exchange, visitor, 200, DatabasePages.own(exchange, visitor), new Form());
    }

    private static void render(PortalExchange exchange, Visitor visitor, int status, Tenant tenant, Form export)
            throws IOException {
        List<Operation> operations = visitor.saas()
                .operations()
                .list(Query.where(Filter.equal(Operation.TENANT_ID, tenant.id()))
                        .orderByDescending(Operation.ID)
                        .page(0, MOST_ACTIVITY));
        boolean running = operations.stream().anyMatch(each -> each.state() == OperationState.RUNNING);
        URI url = visitor.saas().tenants().publicUrl(tenant);
        exchange.allowFormTargets(List.of(DatabasePages.origin(url)));
        List<Plan> offers = visitor.saas().selfService().offers();
        Page page = exchange.page(tenant.name(), SECTION, exchange.notice("database"));
        exchange.render(
                status,
                "database",
                page.refreshing(running ? REFRESH_SECONDS : 0),
                new OwnDatabaseView(
                        DatabasePages.card(exchange, visitor, tenant),
                        url.toString(),
                        Moment.of(tenant.createdAt(), exchange.texts()),
                        TenantWords.entitlements(tenant.entitlements(), exchange.texts()),
                        billing(visitor, tenant),
                        visitor.may(Permission.SWITCH_PLANS)
                                && isMovable(tenant)
                                && offers.stream().anyMatch(each -> isOther(each, tenant)),
                        isCopyable(visitor, tenant, offers),
                        visitor.saas().backups().hasStore(),
                        isMovable(tenant) && visitor.may(Permission.EXPORT),
                        export,
                        prepared(visitor, tenant),
                        Tokens.random(),
                        running,
                        operations.stream().map(each -> activity(visitor, each)).toList()));
    }

    /** Returns the address where the owner manages its payment; empty for none. */
    private static String billing(Visitor visitor, Tenant tenant) {
        return Optional.ofNullable(tenant.planId())
                .filter(plan -> visitor.may(Permission.VIEW_BILLING))
                .flatMap(visitor.saas().plans()::find)
                .flatMap(plan -> plan.billingUrl(tenant))
                .orElse("");
    }

    /** Why an operation of an administrator failed is for the provider. */
    static Activity activity(Visitor visitor, Operation operation) {
        boolean self = operation.startedBy().equals(visitor.user().login());
        Optional<String> by =
                self ? Optional.of(visitor.texts().text("team.you")) : teammate(visitor, operation.startedBy());
        return new Activity(
                TenantWords.operation(operation.kind(), visitor.texts()),
                TenantWords.state(operation, visitor.texts()),
                operation.percent(),
                Moment.of(operation.createdAt(), visitor.texts()),
                by.orElse(visitor.texts().text("common.your-provider")),
                by.isPresent() ? Progress.reason(operation, visitor.texts()).orElse(Message.of("")) : Message.of(""));
    }

    private static Optional<String> teammate(Visitor visitor, String login) {
        return visitor.isTeamless()
                ? Optional.empty()
                : visitor.saas().teams().members().stream()
                        .filter(each -> each.login().equals(login))
                        .map(Teammate::name)
                        .findFirst();
    }

    private static boolean isMovable(Tenant tenant) {
        return tenant.state() == TenantState.OPEN || tenant.state() == TenantState.SUSPENDED;
    }

    /** Who is limited to some databases could not see the copy of one that another account owns. */
    static boolean isCopyable(Visitor visitor, Tenant tenant, List<Plan> offers) {
        return visitor.may(Permission.CREATE_TENANTS)
                && visitor.may(Permission.EXPORT)
                && (!visitor.isLimited() || DatabasePages.isOwner(visitor, tenant))
                && tenant.state() == TenantState.OPEN
                && offers.stream().anyMatch(each -> each.id().equals(tenant.planId()));
    }

    /** Whether a tenant is not on what is sold as this plan now. */
    private static boolean isOther(Plan plan, Tenant tenant) {
        return !plan.id().equals(tenant.planId()) || plan.version() != tenant.planVersion();
    }

    private static void showPlans(PortalExchange exchange, Visitor visitor) throws IOException {
        Tenant tenant = DatabasePages.own(exchange, visitor);
        Form form = Form.sent(exchange, PLAN);
        boolean asked = exchange.ticked("show");
        List<Plan> others = visitor.saas().selfService().offers().stream()
                .filter(each -> isOther(each, tenant))
                .toList();
        if (!asked && isMovable(tenant) && form.value(PLAN).isEmpty() && others.size() == 1) {
            form.set(PLAN, others.get(0).id().toString());
        }
        PlanSwitch preview = form.value(PLAN).isEmpty() && !asked ? null : preview(visitor, tenant, form);
        renderPlans(exchange, visitor, form.isFine() ? 200 : 422, tenant, form, preview);
    }

    /** Returns what the move would do; null if it is refused in any case, which the form says then. */
    private static @Nullable PlanSwitch preview(Visitor visitor, Tenant tenant, Form form) {
        Optional<PlanId> plan = visitor.saas().selfService().offers().stream()
                .map(Plan::id)
                .filter(id -> id.toString().equals(form.value(PLAN)))
                .findFirst();
        if (plan.isEmpty()) {
            form.refuse(PLAN, visitor.texts().text("plan.needed"));
            return null;
        }
        try {
            return visitor.saas().selfService().previewSwitch(tenant.id(), plan.get());
        } catch (SaasException e) {
            form.refuse("", DatabasePages.refusal(visitor.texts(), e));
            return null;
        }
    }

    private static void move(PortalExchange exchange, Visitor visitor) throws IOException {
        Tenant tenant = DatabasePages.own(exchange, visitor);
        Form form = Form.sent(exchange, PLAN, SEEN, ACCEPT);
        PlanSwitch preview = preview(visitor, tenant, form);
        if (preview == null) {
            renderPlans(exchange, visitor, 422, tenant, form, null);
            return;
        }
        if (!form.value(SEEN).equals(described(visitor, preview).seen())) {
            form.refuse("", exchange.text("plan.changed"));
        } else if (!preview.exceeded().isEmpty()) {
            form.refuse("", exchange.text("plan.database-does-not-fit"));
        } else if (!preview.addonsToRemove().isEmpty() && !form.ticked(ACCEPT)) {
            form.refuse(ACCEPT, exchange.text("plan.accept-needed"));
        }
        if (form.isFine()) {
            try {
                visitor.saas()
                        .selfService()
                        .switchPlan(tenant.id(), preview.plan(), preview.version(), preview.addonsToRemove());
                exchange.redirect("/my/" + tenant.id() + "?done=moving");
                return;
            } catch (SaasException e) {
                form.refuse("", DatabasePages.refusal(visitor.texts(), e));
            }
        }
        renderPlans(exchange, visitor, 409, tenant, form, preview);
    }

    private static SwitchPreview described(Visitor visitor, PlanSwitch preview) {
        return SwitchPreview.of(preview, planNames(visitor), visitor.texts());
    }

    /** Returns the function from plans, those of the user's databases and those on offer, to their names. */
    private static Function<PlanId, String> planNames(Visitor visitor) {
        Map<PlanId, String> names = new HashMap<>();
        visitor.saas().plans().list(Query.all()).forEach(each -> names.put(each.id(), each.name()));
        visitor.saas().selfService().offers().forEach(each -> names.put(each.id(), each.name()));
        return id -> names.getOrDefault(id, visitor.texts().text("keys.plan", id.toString()));
    }

    private static void renderPlans(
            PortalExchange exchange,
            Visitor visitor,
            int status,
            Tenant tenant,
            Form form,
            @Nullable PlanSwitch preview)
            throws IOException {
        List<Plan> plans = visitor.saas().selfService().offers();
        List<Offer> offers = !isMovable(tenant)
                ? List.of()
                : plans.stream()
                        .filter(each -> isOther(each, tenant))
                        .map(each -> StartPages.offer(
                                each, visitor, each.id().toString().equals(form.value(PLAN))))
                        .toList();
        PlanId present = tenant.planId();
        exchange.render(
                status,
                "plan",
                exchange.page(exchange.text("plan.title", tenant.name()), SECTION),
                new OwnSwitchView(
                        tenant.id().value(),
                        tenant.name(),
                        present == null ? 0 : present.value(),
                        present == null ? "" : planNames(visitor).apply(present),
                        plans.stream().anyMatch(each -> Objects.equals(each.id(), present)),
                        tenant.trial(),
                        offers,
                        form,
                        preview == null ? null : described(visitor, preview)));
    }

    private static void showDuplicate(PortalExchange exchange, Visitor visitor) throws IOException {
        renderDuplicate(exchange, visitor, 200, DatabasePages.own(exchange, visitor), new Form());
    }

    /** Starts the copy and shows its progress. A form that is sent twice makes one copy. */
    private static void duplicate(PortalExchange exchange, Visitor visitor) throws IOException {
        Tenant tenant = DatabasePages.own(exchange, visitor);
        Form form = Form.sent(exchange, LABEL, PREVIEW);
        String label = form.value(LABEL).isEmpty() ? null : form.value(LABEL);
        String key = key(exchange);
        try {
            SelfService service = visitor.saas().selfService();
            Operation operation = form.ticked(PREVIEW)
                    ? service.preview(tenant.id(), label, PREVIEW_HOURS, key)
                    : service.duplicate(tenant.id(), label, key);
            exchange.redirect("/my/start/" + operation.id());
        } catch (SaasException e) {
            form.refuse(StartPages.isAboutName(e) ? LABEL : "", StartPages.refusal(exchange.texts(), e));
            renderDuplicate(exchange, visitor, 422, tenant, form);
        }
    }

    private static @Nullable String key(PortalExchange exchange) {
        String key = exchange.param("key");
        return key.isEmpty() ? null : key;
    }

    private static void export(PortalExchange exchange, Visitor visitor) throws IOException {
        Tenant tenant = DatabasePages.own(exchange, visitor);
        Form form =
                Download.export(exchange, visitor, tenant.name(), (exports, out) -> exports.write(tenant.id(), out));
        if (!form.isFine()) {
            render(exchange, visitor, 422, tenant, form);
        }
    }

    /** Starts to prepare a download. A form that is sent twice prepares one. */
    private static void prepare(PortalExchange exchange, Visitor visitor) throws IOException {
        Tenant tenant = DatabasePages.own(exchange, visitor);
        try {
            visitor.saas().async().prepareExport(tenant.id(), key(exchange));
            exchange.redirect("/my/" + tenant.id() + "?done=preparing");
        } catch (SaasException e) {
            if (!visitor.may(Permission.EXPORT)) {
                throw e;
            }
            Form form = new Form();
            form.refuse(
                    "",
                    e.category() == ErrorCategory.NOT_ALLOWED
                            ? Message.of(exchange.texts(), e)
                            : DatabasePages.refusal(visitor.texts(), e));
            render(exchange, visitor, 422, tenant, form);
        }
    }

    private static void download(PortalExchange exchange, Visitor visitor) throws IOException {
        Tenant tenant = DatabasePages.own(exchange, visitor);
        PreparedExport export = visitor.saas()
                .exports()
                .prepared(tenant.id())
                .filter(each -> each.id().toString().equals(exchange.pathPart("export")))
                .orElseThrow(PageFailure::notFound);
        Download.prepared(exchange, visitor, tenant.name(), export);
    }

    private static @Nullable Prepared prepared(Visitor visitor, Tenant tenant) {
        if (!visitor.may(Permission.EXPORT)) {
            return null;
        }
        return visitor.saas()
                .exports()
                .prepared(tenant.id())
                .map(each -> new Prepared(
                        each.id().toString(),
                        Moment.of(each.madeAt(), visitor.texts()),
                        visitor.texts().bytes(each.bytes()),
                        Moment.of(each.expiresAt(), visitor.texts())))
                .orElse(null);
    }

    private static void renderDuplicate(PortalExchange exchange, Visitor visitor, int status, Tenant tenant, Form form)
            throws IOException {
        List<Plan> offers = visitor.saas().selfService().offers();
        String suffix = offers.stream()
                .filter(each -> each.id().equals(tenant.planId()))
                .map(each -> NameParts.suffix(each.dbNameTemplate()))
                .findFirst()
                .orElse("");
        exchange.render(
                status,
                "duplicate",
                exchange.page(exchange.text("duplicate.title", tenant.name()), SECTION),
                new OwnDuplicateView(
                        tenant.id().value(),
                        tenant.name(),
                        suffix,
                        isCopyable(visitor, tenant, offers),
                        Tokens.random(),
                        form));
    }
}
