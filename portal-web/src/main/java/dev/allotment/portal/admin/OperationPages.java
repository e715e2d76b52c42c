// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.SaasException;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Listing;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The operations: the list, and what an administrator can do with a running one. */
final class OperationPages {
    static final String PATH = "/admin/operations";
    static final String SECTION = "admin-operations";
    static final Map<String, String> NOTICES = Map.of(
            "cancelled",
            "Stopping. Steps that cannot be undone will be finished.",
            "abandoned",
            "Abandoned. The operation below says what may be left.");
    private static final String REASON = "reason";
    private static final String CONFIRM = "confirm";

    void add(Routes routes) {
        routes.showAdministrator(PATH, OperationList::show);
        routes.acceptAdministrator(PATH + "/{id}/cancel", OperationPages::cancel);
        routes.showAdministrator(PATH + "/{id}/abandon", OperationPages::confirmAbandoning);
        routes.acceptAdministrator(PATH + "/{id}/abandon", OperationPages::abandon);
    }

    private static void cancel(PortalExchange exchange, Visitor visitor) throws IOException {
        visitor.saas().operations().cancel(new OperationId(exchange.pathId("id")));
        exchange.redirect(Listing.after(exchange, PATH, "cancelled"));
    }

    private static void confirmAbandoning(PortalExchange exchange, Visitor visitor) throws IOException {
        showAbandoning(exchange, visitor, new Form(), 200);
    }

    private static void showAbandoning(PortalExchange exchange, Visitor visitor, Form form, int status)
            throws IOException {
        Operation operation = visitor.saas().operations().get(new OperationId(exchange.pathId("id")));
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
                exchange.redirect(PATH + "?done=abandoned");
                return;
            } catch (SaasException e) {
                form.refuse(REASON, AdminInput.refusal(e));
            }
        }
        showAbandoning(exchange, visitor, form, 422);
    }
}
