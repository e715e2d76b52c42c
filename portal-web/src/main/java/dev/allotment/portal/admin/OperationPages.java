// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Template;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.portal.admin.TenantView.Fact;
import dev.allotment.portal.databases.TenantWords;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Listing;
import dev.allotment.portal.web.Page;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The running operations with their progress, and the finished ones. */
final class OperationPages {
    private static final String PATH = "/admin/operations";
    private static final String SECTION = "admin-operations";
    private static final int MAX_RUNNING = 100;
    private static final int REFRESH_SECONDS = 3;
    private static final Map<String, String> NOTICES = Map.of(
            "cancelled",
            "Stopping. Steps that cannot be undone will be finished.",
            "abandoned",
            "Abandoned. The message below says what may be left.",
            "building",
            "Building. The plan gets the template when the build has finished.",
            "moving",
            "The move has started.",
            "copying",
            "The copy has started.");
    private static final String REASON = "reason";
    private static final String CONFIRM = "confirm";

    void add(Routes routes) {
        routes.showAdministrator(PATH, OperationPages::list);
        routes.showAdministrator(PATH + "/{id}", OperationPages::show);
        routes.acceptAdministrator(PATH + "/{id}/cancel", OperationPages::cancel);
        routes.showAdministrator(PATH + "/{id}/abandon", OperationPages::confirmAbandoning);
        routes.acceptAdministrator(PATH + "/{id}/abandon", OperationPages::abandon);
    }

    private static void list(PortalExchange exchange, Visitor visitor) throws IOException {
        Listing listing = Listing.of(exchange, PATH, "failed");
        boolean failedOnly = !listing.value("failed").isEmpty();
        Filter<Operation> finished = failedOnly
                ? Filter.equal(Operation.STATE, OperationState.FAILED)
                : Filter.notEqual(Operation.STATE, OperationState.RUNNING);
        Saas saas = visitor.saas();
        List<OperationsView.Row> running = rows(
                saas,
                Query.where(Filter.equal(Operation.STATE, OperationState.RUNNING))
                        .orderBy(Operation.CREATED_AT)
                        .page(0, MAX_RUNNING));
        List<OperationsView.Row> before = rows(
                saas,
                Query.where(finished).orderByDescending(Operation.UPDATED_AT).page(listing.offset(), Listing.PER_PAGE));
        OperationsView view = new OperationsView(
                running,
                before,
                failedOnly,
                listing.with("failed", failedOnly ? "" : "1"),
                listing.pager(saas.operations().count(finished)));
        Page page = exchange.page("Operations", SECTION);
        exchange.render("admin/operations", page.refreshing(running.isEmpty() ? 0 : REFRESH_SECONDS), view);
    }

    private static List<OperationsView.Row> rows(Saas saas, Query<Operation> query) {
        return saas.operations().list(query).stream()
                .map(each -> row(saas, each))
                .toList();
    }

    private static OperationsView.Row row(Saas saas, Operation operation) {
        TenantId tenant = operation.tenantId();
        String name = tenant == null
                ? ""
                : saas.tenants().find(tenant).map(Tenant::name).orElse("");
        String about = tenant != null && name.isEmpty() ? "Database " + tenant + " (no longer exists)" : name;
        if (operation.templateId() != null) {
            about = saas.templates()
                    .find(operation.templateId())
                    .map(Template::name)
                    .orElse(about);
        }
        String error = operation.errorMessage();
        Duration took = Duration.between(operation.createdAt(), operation.updatedAt());
        return new OperationsView.Row(
                operation.id().value(),
                TenantWords.operation(operation.kind()),
                about,
                tenant == null || name.isEmpty() ? 0 : tenant.value(),
                TenantWords.state(operation),
                operation.percent(),
                Words.progress(operation),
                operation.attempts(),
                operation.cancelRequested(),
                error == null ? "" : error,
                operation.startedBy(),
                operation.node(),
                TenantWords.minute(operation.createdAt()),
                Words.duration(took));
    }

    private static Operation operation(PortalExchange exchange, Visitor visitor) {
        return visitor.saas().operations().get(new OperationId(exchange.pathId("id")));
    }

    private static void show(PortalExchange exchange, Visitor visitor) throws IOException {
        Operation operation = operation(exchange, visitor);
        OperationsView.Row row = row(visitor.saas(), operation);
        boolean running = operation.state() == OperationState.RUNNING;
        String title = row.about().isEmpty() ? row.kind() : row.kind() + ": " + row.about();
        Page page = exchange.page(title, SECTION, NOTICES.get(exchange.param("done")));
        List<Fact> results = new TreeMap<>(operation.result())
                .entrySet().stream()
                        .filter(each -> !each.getValue().isEmpty())
                        .map(each -> new Fact(Words.field(each.getKey()), each.getValue()))
                        .toList();
        exchange.render(
                "admin/operation",
                page.refreshing(running ? REFRESH_SECONDS : 0),
                new OperationView(row, facts(operation, row), results, running));
    }

    private static List<Fact> facts(Operation operation, OperationsView.Row row) {
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact("Number", operation.id().toString()));
        if (row.tenant() > 0) {
            facts.add(new Fact("Database", row.about(), "/admin/databases/" + row.tenant()));
        }
        facts.add(new Fact("Started", row.startedAt()));
        if (operation.state() != OperationState.RUNNING) {
            facts.add(new Fact("Took", row.took()));
        }
        facts.add(new Fact("Last change", TenantWords.minute(operation.updatedAt())));
        facts.add(new Fact("By", operation.startedBy()));
        String address = operation.clientAddress();
        if (address != null) {
            facts.add(new Fact("Client address", address));
        }
        facts.add(new Fact("Node", operation.node()));
        String code = operation.errorCode();
        if (code != null) {
            facts.add(new Fact("Error code", code));
        }
        facts.add(new Fact("UUID", operation.uuid().toString()));
        return facts;
    }

    private static void cancel(PortalExchange exchange, Visitor visitor) throws IOException {
        OperationId id = new OperationId(exchange.pathId("id"));
        Operation after = visitor.saas().operations().cancel(id);
        exchange.redirect(PATH + "/" + id + (after.state() == OperationState.RUNNING ? "?done=cancelled" : ""));
    }

    private static void confirmAbandoning(PortalExchange exchange, Visitor visitor) throws IOException {
        showAbandoning(exchange, visitor, new Form(), 200);
    }

    private static void showAbandoning(PortalExchange exchange, Visitor visitor, Form form, int status)
            throws IOException {
        Operation operation = operation(exchange, visitor);
        exchange.render(
                status,
                "admin/abandon",
                exchange.page("Abandon operation", SECTION),
                new AbandonView(row(visitor.saas(), operation), form));
    }

    private static void abandon(PortalExchange exchange, Visitor visitor) throws IOException {
        OperationId id = new OperationId(exchange.pathId("id"));
        Form form = Form.sent(exchange, REASON, CONFIRM);
        form.require(REASON, "Enter a reason.");
        if (!form.value(CONFIRM).equals(id.toString())) {
            form.refuse(CONFIRM, "Enter the number of the operation exactly as shown above.");
        }
        if (form.isFine()) {
            try {
                visitor.saas().operations().abandon(id, form.value(REASON));
                exchange.redirect(PATH + "/" + id + "?done=abandoned");
                return;
            } catch (SaasException e) {
                form.refuse(REASON, AdminInput.refusal(e));
            }
        }
        showAbandoning(exchange, visitor, form, 422);
    }
}
