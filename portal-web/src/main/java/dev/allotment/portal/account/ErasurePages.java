// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.ErrorCodes;
import dev.allotment.Permission;
import dev.allotment.SaasException;
import dev.allotment.portal.text.Message;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.util.Set;

/** A user's request that everything about the user is erased. An administrator decides about it. */
final class ErasurePages {
    private static final String PATH = "/my/account/erasure";
    /** The refusals that the form shows. */
    private static final Set<String> SHOWN = Set.of(ErrorCodes.RECORD_IN_USE, ErrorCodes.ACCESS_NOT_ALLOWED);

    void add(Routes routes) {
        routes.showVisitor(PATH, (exchange, visitor) -> render(exchange, 200, new Form()))
                .needs(Permission.OWN);
        routes.acceptVisitor(PATH, ErasurePages::request).proven();
        routes.acceptVisitor(PATH + "/withdraw", ErasurePages::withdraw);
    }

    /** The core requires a proof, so that a thief of the session cannot have everything erased. */
    private static void request(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = new Form();
        try {
            visitor.saas().erasures().request(visitor.user().id());
            exchange.redirect("/my/account?done=erasure-requested");
            return;
        } catch (SaasException e) {
            if (!SHOWN.contains(e.code())) {
                throw e;
            }
            form.refuse("", Message.of(exchange.texts(), e));
        }
        render(exchange, 422, form);
    }

    private static void withdraw(PortalExchange exchange, Visitor visitor) throws IOException {
        visitor.saas().erasures().withdraw(visitor.user().id());
        exchange.redirect("/my/account?done=erasure-withdrawn");
    }

    private static void render(PortalExchange exchange, int status, Form form) throws IOException {
        exchange.render(
                status,
                "erasure",
                exchange.page(exchange.text("erasure.request-erasure"), "account"),
                new ErasureView(form));
    }
}
