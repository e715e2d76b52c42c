// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.access.SignIns.OpenSession;
import dev.allotment.portal.web.Moment;
import dev.allotment.portal.web.PageFailure;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The sessions of a user: where it is signed in, and signing out there. */
final class SessionPages {
    private static final String PATH = "/my/account/sessions";
    private static final Map<String, String> NOTICES = Map.of(
            "closed", "This session is signed out.",
            "others", "All other sessions are signed out.");

    void add(Routes routes) {
        routes.showVisitor(PATH, SessionPages::show);
        routes.acceptVisitor(PATH, SessionPages::signOutEverywhere);
        routes.acceptVisitor(PATH + "/others", SessionPages::signOutOthers);
        routes.acceptVisitor(PATH + "/{session}/close", SessionPages::signOut);
    }

    private static void show(PortalExchange exchange, Visitor visitor) throws IOException {
        List<SessionRow> rows = visitor.saas().signIns().list(visitor.user().id(), visitor.secret()).stream()
                .map(SessionPages::row)
                .toList();
        exchange.render(
                "sessions",
                exchange.page("Sessions", "account", NOTICES.get(exchange.param("done"))),
                new SessionsView(rows));
    }

    private static SessionRow row(OpenSession session) {
        return new SessionRow(
                session.id(),
                session.browser() == null ? "A program" : session.browser(),
                session.clientAddress() == null ? "unknown" : session.clientAddress(),
                Moment.of(session.createdAt()),
                Moment.of(session.usedAt()),
                session.present());
    }

    private static void signOut(PortalExchange exchange, Visitor visitor) throws IOException {
        if (!visitor.saas().signIns().close(visitor.user().id(), exchange.pathId("session"))) {
            throw PageFailure.notFound();
        }
        exchange.redirect(PATH + "?done=closed");
    }

    private static void signOutOthers(PortalExchange exchange, Visitor visitor) throws IOException {
        visitor.saas().signIns().closeOthers(visitor.secret());
        exchange.redirect(PATH + "?done=others");
    }

    private static void signOutEverywhere(PortalExchange exchange, Visitor visitor) throws IOException {
        exchange.site()
                .saas()
                .access()
                .closeSessions(
                        visitor.saas().mainDatabase(), visitor.user().id().value());
        exchange.signOut();
        exchange.redirect("/web/login?done=everywhere");
    }
}
