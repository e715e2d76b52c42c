// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.portal.web.Exchange;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.util.Map;

/** One's own account: name and address, password, and the end of all sessions. */
final class ProfilePages {
    private static final String PATH = "/my/account";
    private static final Map<String, String> NOTICES =
            Map.of("saved", "Saved.", "password", "Your password is changed. All other sessions have ended.");

    void add(Routes routes) {
        routes.showVisitor(PATH, ProfilePages::show);
        routes.acceptVisitor(PATH, ProfilePages::save);
        routes.acceptVisitor(PATH + "/password", ProfilePages::changePassword);
        routes.acceptVisitor(PATH + "/sessions", ProfilePages::signOutEverywhere);
    }

    private static void show(Exchange exchange, Visitor visitor) throws IOException {
        render(exchange, visitor, 200, profile(visitor), new Form());
    }

    private static Form profile(Visitor visitor) {
        String email = visitor.user().email();
        return new Form().set("name", visitor.user().name()).set("email", email == null ? "" : email);
    }

    private static void save(Exchange exchange, Visitor visitor) throws IOException {
        Form form = Form.sent(exchange, "name", "email");
        form.require("name", "Tell us your name.");
        if (form.isFine()) {
            try {
                String email = form.value("email").isEmpty() ? null : form.value("email");
                visitor.saas()
                        .accounts()
                        .update(
                                visitor.user().id(),
                                user -> user.withName(form.value("name")).withEmail(email));
                exchange.redirect(PATH + "?done=saved");
                return;
            } catch (SaasException e) {
                refuse(form, "email", e);
            }
        }
        render(exchange, visitor, 422, form, new Form());
    }

    private static void changePassword(Exchange exchange, Visitor visitor) throws IOException {
        Form form = new Form();
        String password = exchange.rawParam("password");
        if (password.length() < SignUpPages.SHORTEST_PASSWORD) {
            form.refuse("password", "A password has " + SignUpPages.SHORTEST_PASSWORD + " characters at least.");
        } else {
            try {
                User user = visitor.user();
                visitor.saas().accounts().changePassword(user.id(), exchange.rawParam("current"), password);
                exchange.signIn(user);
                exchange.redirect(PATH + "?done=password");
                return;
            } catch (SaasException e) {
                if (e.code().equals(ErrorCodes.ACCESS_DENIED)) {
                    form.refuse("current", "This is not your present password.");
                } else {
                    refuse(form, "password", e);
                }
            }
        }
        render(exchange, visitor, 422, profile(visitor), form);
    }

    private static void signOutEverywhere(Exchange exchange, Visitor visitor) throws IOException {
        exchange.site()
                .saas()
                .access()
                .closeSessions(
                        visitor.saas().mainDatabase(), visitor.user().id().value());
        exchange.signOut();
        exchange.redirect("/web/login?done=everywhere");
    }

    private static void refuse(Form form, String field, SaasException e) {
        if (!e.code().equals(ErrorCodes.ACCOUNT_INVALID)) {
            throw e;
        }
        form.refuse(field, String.valueOf(e.getMessage()));
    }

    private static void render(Exchange exchange, Visitor visitor, int status, Form profile, Form password)
            throws IOException {
        ProfileView view = new ProfileView(visitor.user().login(), profile, password);
        exchange.render(
                status, "account", exchange.page("Your account", "account", NOTICES.get(exchange.param("done"))), view);
    }
}
