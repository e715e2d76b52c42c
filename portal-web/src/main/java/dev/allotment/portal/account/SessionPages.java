// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.access.SignIns.OpenSession;
import dev.allotment.portal.web.Moment;
import dev.allotment.portal.web.PageFailure;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import dev.allotment.text.Texts;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The sessions of a user: where it is signed in, and signing out there. */
final class SessionPages {
    private static final String PATH = "/my/account/sessions";
    private static final String UNKNOWN = "Unknown browser";
    private static final String ON = " on ";

    void add(Routes routes) {
        routes.showVisitor(PATH, SessionPages::show);
        routes.acceptVisitor(PATH, SessionPages::signOutEverywhere);
        routes.acceptVisitor(PATH + "/others", SessionPages::signOutOthers);
        routes.acceptVisitor(PATH + "/{session}/close", SessionPages::signOut);
    }

    private static void show(PortalExchange exchange, Visitor visitor) throws IOException {
        List<SessionRow> rows = visitor.saas().signIns().list(visitor.user().id(), visitor.secret()).stream()
                .map(each -> row(each, visitor.texts()))
                .toList();
        exchange.render(
                "sessions",
                exchange.page(exchange.text("common.sessions"), "account", exchange.notice("sessions")),
                new SessionsView(rows));
    }

    /** The core names browsers in English: as {@code Firefox on Linux}, or says that it does not know it. */
    private static String browser(@Nullable String name, Texts texts) {
        if (name == null) {
            return texts.text("sessions.program");
        }
        String[] parts = name.split(ON, 2);
        if (parts.length == 2) {
            return texts.text("sessions.browser-on", parts[0].equals(UNKNOWN) ? unknown(texts) : parts[0], parts[1]);
        }
        return name.equals(UNKNOWN) ? unknown(texts) : name;
    }

    private static String unknown(Texts texts) {
        return texts.text("sessions.unknown-browser");
    }

    private static SessionRow row(OpenSession session, Texts texts) {
        return new SessionRow(
                session.id(),
                browser(session.browser(), texts),
                session.clientAddress() == null ? texts.text("sessions.unknown-address") : session.clientAddress(),
                Moment.of(session.createdAt(), texts),
                Moment.of(session.usedAt(), texts),
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
