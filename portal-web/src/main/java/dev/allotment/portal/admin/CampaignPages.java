// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Permission;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignStatus;
import dev.allotment.portal.admin.TenantView.Fact;
import dev.allotment.portal.databases.TenantWords;
import dev.allotment.portal.web.Choice;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Listing;
import dev.allotment.portal.web.Page;
import dev.allotment.portal.web.PageFailure;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.SortKey;
import dev.allotment.portal.web.SortKey.Kind;
import dev.allotment.portal.web.Tokens;
import dev.allotment.portal.web.Visitor;
import dev.allotment.portal.web.VisitorHandler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/** The campaigns: the list, the form that starts one, and what an administrator can do with each. */
final class CampaignPages {
    static final String PATH = "/admin/campaigns";
    private static final String NEW = PATH + "/new";
    private static final String START = PATH + "/start";
    private static final String SECTION = "admin-campaigns";
    private static final String KEY = "key";
    private static final int MAX_FAILURES = 100;
    private static final Map<String, String> NOTICES = Map.of(
            "started",
            "The campaign has started.",
            "paused",
            "Pausing. Databases that are being changed will be finished.",
            "resumed",
            "The campaign continues.",
            "retried",
            "The campaign continues, and tries the failed databases again.",
            "cancelled",
            "Stopping. Databases that are being changed will be finished.");
    private static final List<SortKey.Of<Operation>> KEYS =
            List.of(new SortKey.Of<>("started", "Started", Kind.TIME, Operation.CREATED_AT));

    void add(Routes routes) {
        routes.showOperator(PATH, CampaignPages::list);
        routes.showAdministrator(NEW, CampaignPages::ask);
        routes.acceptAdministrator(NEW, CampaignPages::preview);
        routes.acceptAdministrator(START, CampaignPages::start);
        routes.showOperator(PATH + "/{id}", CampaignPages::show);
        change(routes, "pause", "paused", (saas, id) -> saas.campaigns().pause(id));
        change(routes, "resume", "resumed", (saas, id) -> saas.campaigns().resume(id));
        routes.acceptOperator(
                PATH + "/{id}/retry",
                Permission.RETRY_OPERATIONS,
                changing("retried", (saas, id) -> saas.campaigns().retry(id)));
        change(
                routes,
                "cancel",
                "cancelled",
                (saas, id) -> saas.operations()
                        .cancel(saas.campaigns().status(id).operation().id()));
    }

    private static void change(Routes routes, String name, String done, BiConsumer<Saas, OperationId> change) {
        routes.acceptAdministrator(PATH + "/{id}/" + name, changing(done, change));
    }

    private static VisitorHandler changing(String done, BiConsumer<Saas, OperationId> change) {
        return (exchange, visitor) -> {
            OperationId id = new OperationId(exchange.pathId("id"));
            change.accept(visitor.saas(), id);
            exchange.redirect(PATH + "/" + id + "?done=" + done);
        };
    }

    private static void list(PortalExchange exchange, Visitor visitor) throws IOException {
        Saas saas = visitor.saas();
        Listing listing = Listing.of(exchange, PATH);
        List<Filter<? super Operation>> parts = new ArrayList<>();
        parts.add(Filter.equal(Operation.KIND, OperationKind.CAMPAIGN));
        List<Choice> states = Choices.of(OperationState.values(), state -> TenantWords.sentence(state.name()));
        String state = listing.choice("state", "State", "All campaigns", states);
        if (!state.isEmpty()) {
            parts.add(Filter.equal(Operation.STATE, OperationState.valueOf(state)));
        }
        parts.add(listing.days("", "Started", Operation.CREATED_AT));
        List<Operation> found = listing.read(saas.operations(), Filter.<Operation>and(parts), "-started", KEYS);
        List<CampaignsView.Row> rows = found.stream()
                .map(each -> CampaignWords.row(saas, saas.campaigns().status(each.id())))
                .toList();
        boolean running = found.stream().anyMatch(each -> each.state() == OperationState.RUNNING);
        exchange.render(
                listing.status(),
                "admin/campaigns",
                exchange.page("Campaigns", SECTION).refreshing(running ? OperationList.REFRESH_SECONDS : 0),
                new CampaignsView(
                        rows, running, CampaignWords.versions(saas.campaigns().versions()), listing.controls()));
    }

    /** Asks what the campaign changes first, then for the rest. */
    private static void ask(PortalExchange exchange, Visitor visitor) throws IOException {
        Optional<CampaignKind> kind = CampaignKind.of(exchange.param("change"));
        if (kind.isPresent()) {
            form(exchange, visitor, 200, CampaignForm.blank(kind.get()));
            return;
        }
        Map<Boolean, List<CampaignKind>> kinds = Arrays.stream(CampaignKind.values())
                .collect(Collectors.partitioningBy(each -> each.isPossible(visitor.saas())));
        exchange.render(
                "admin/campaign-kinds",
                exchange.page("New campaign", SECTION),
                new CampaignKindsView(kinds.getOrDefault(true, List.of()), kinds.getOrDefault(false, List.of())));
    }

    private static void form(PortalExchange exchange, Visitor visitor, int status, Form form) throws IOException {
        CampaignKind kind = CampaignForm.kind(form).orElseThrow(PageFailure::notFound);
        exchange.render(
                status,
                "admin/campaign-form",
                exchange.page("New campaign: " + kind.title(), SECTION),
                CampaignForm.view(visitor.saas(), kind, form));
    }

    private static void preview(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = CampaignForm.sent(exchange);
        Campaign campaign = CampaignForm.campaign(form, null);
        if (campaign != null) {
            try {
                exchange.render(
                        "admin/campaign-preview",
                        exchange.page("Start this campaign?", SECTION),
                        new CampaignPreview(
                                visitor.saas().campaigns().count(campaign),
                                CampaignWords.facts(visitor.saas(), campaign),
                                Tokens.random(),
                                CampaignForm.fields(form)));
                return;
            } catch (SaasException e) {
                CampaignForm.refuse(form, e);
            }
        }
        form(exchange, visitor, 422, form);
    }

    /** Starts the campaign of the preview. A form that is sent twice starts one. */
    private static void start(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = CampaignForm.sent(exchange);
        String key = exchange.param(KEY);
        Campaign campaign = CampaignForm.campaign(form, key.isEmpty() ? null : key);
        if (campaign != null) {
            try {
                Operation started = visitor.saas().campaigns().start(campaign);
                exchange.redirect(PATH + "/" + started.id() + "?done=started");
                return;
            } catch (SaasException e) {
                CampaignForm.refuse(form, e);
            }
        }
        form(exchange, visitor, 422, form);
    }

    private static void show(PortalExchange exchange, Visitor visitor) throws IOException {
        Saas saas = visitor.saas();
        OperationId id = new OperationId(exchange.pathId("id"));
        CampaignStatus status = saas.campaigns().status(id);
        Operation operation = status.operation();
        OperationState state = operation.state();
        boolean running = state == OperationState.RUNNING;
        boolean active = running || state == OperationState.PAUSED;
        String error = operation.errorMessage();
        CampaignsView.Row row = CampaignWords.row(saas, status);
        List<Fact> facts = new ArrayList<>(CampaignWords.facts(saas, status.campaign()));
        facts.add(new Fact("Started", row.startedAt()));
        if (!active) {
            facts.add(new Fact("Took", row.took()));
        }
        facts.add(new Fact("By", row.startedBy()));
        facts.add(new Fact("Operation", id.toString(), OperationPages.PATH + "/" + id));
        facts.add(new Fact("Results", "operations of its databases", OperationPages.PATH + "?campaign=" + id));
        Page page = exchange.page(row.what(), SECTION, NOTICES.get(exchange.param("done")));
        exchange.render(
                "admin/campaign",
                page.refreshing(running ? OperationList.REFRESH_SECONDS : 0),
                new CampaignView(
                        row,
                        active && operation.cancelRequested(),
                        active,
                        running && !operation.cancelRequested(),
                        state == OperationState.FAILED
                                || (state == OperationState.PAUSED && !operation.cancelRequested()),
                        !running && status.failed() > 0,
                        error == null ? "" : error,
                        CampaignWords.numbers(status),
                        facts,
                        OperationRows.of(saas, saas.campaigns().failures(id, MAX_FAILURES)),
                        status.failed()));
    }
}
