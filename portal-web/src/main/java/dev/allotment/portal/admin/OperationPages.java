// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Permission;
import dev.allotment.SaasException;
import dev.allotment.portal.admin.TenantView.Fact;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Listing;
import dev.allotment.portal.web.Moment;
import dev.allotment.portal.web.Page;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The operations: the list, and what an administrator can do with a running one. */
final class OperationPages {
    static final String PATH = "/admin/operations";
    static final String SECTION = "admin-operations";
    static final Map<String, String> NOTICES = Map.of(
            "cancelled",
            "Stopping. Steps that cannot be undone will be finished.",
            "retried",
            "It is tried again within seconds, when its server can be reached.",
            "abandoned",
            "Abandoned. The message below says what may be left.",
            "building",
            "Building. The plan gets the template when the build has finished.",
            "moving",
            "The move has started.",
            "copying",
            "The copy has started.",
            "restoring",
            "The restore has started. The new database is opened when it is complete.",
            "swapping",
            "The swap has started.",
            "replacing",
            "The restore has started. The database is closed for a short time near the end.",
            "drilling",
            "The drill has started. Its database is deleted at the end.");
    private static final String REASON = "reason";
    private static final String CONFIRM = "confirm";

    void add(Routes routes) {
        routes.showOperator(PATH, OperationList::show);
        routes.showOperator(PATH + "/{id}", OperationPages::show);
        routes.acceptAdministrator(PATH + "/{id}/cancel", OperationPages::cancel);
        routes.acceptOperator(PATH + "/{id}/retry", Permission.RETRY_OPERATIONS, OperationPages::retry);
        routes.showAdministrator(PATH + "/{id}/abandon", OperationPages::confirmAbandoning);
        routes.acceptAdministrator(PATH + "/{id}/abandon", OperationPages::abandon);
    }

    private static Operation operation(PortalExchange exchange, Visitor visitor) {
        return visitor.saas().operations().get(new OperationId(exchange.pathId("id")));
    }

    private static void show(PortalExchange exchange, Visitor visitor) throws IOException {
        Operation operation = operation(exchange, visitor);
        OperationsView.Row row =
                OperationRows.of(visitor.saas(), List.of(operation)).get(0);
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
                page.refreshing(running ? OperationList.REFRESH_SECONDS : 0),
                new OperationView(row, facts(operation, row), results, running, running && operation.attempts() > 0));
    }

    private static List<Fact> facts(Operation operation, OperationsView.Row row) {
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact("Number", operation.id().toString()));
        if (row.tenant() > 0) {
            facts.add(new Fact("Database", row.about(), "/admin/databases/" + row.tenant()));
        }
        OperationId campaign = operation.kind() == OperationKind.CAMPAIGN ? operation.id() : operation.campaign();
        if (campaign != null) {
            facts.add(new Fact("Campaign", campaign.toString(), CampaignPages.PATH + "/" + campaign));
        }
        facts.add(new Fact("Started", row.startedAt()));
        if (operation.state() != OperationState.RUNNING) {
            facts.add(new Fact("Took", row.took()));
        }
        facts.add(new Fact("Last change", Moment.of(operation.updatedAt())));
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
        visitor.saas().operations().cancel(new OperationId(exchange.pathId("id")));
        exchange.redirect(Listing.after(exchange, PATH, "cancelled"));
    }

    private static void retry(PortalExchange exchange, Visitor visitor) throws IOException {
        OperationId id = new OperationId(exchange.pathId("id"));
        visitor.saas().operations().retry(id);
        exchange.redirect(PATH + "/" + id + "?done=retried");
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
                new AbandonView(
                        OperationRows.of(visitor.saas(), List.of(operation)).get(0), form));
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
