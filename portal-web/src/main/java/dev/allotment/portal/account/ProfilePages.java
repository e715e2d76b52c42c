// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.ErrorCodes;
import dev.allotment.Permission;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.portal.databases.TenantWords;
import dev.allotment.portal.web.Download;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/** The account page of a user: name, email address, password and sessions. */
final class ProfilePages {
    private static final String PATH = "/my/account";
    private static final Map<String, String> NOTICES = Map.of(
            "saved",
            "Changes saved.",
            "email",
            "Your email address has been changed.",
            "password",
            "Your password has been changed. All other sessions have been signed out.",
            "erasure-requested",
            "Your request is recorded. Your provider decides about it.",
            "erasure-withdrawn",
            "Your request is withdrawn. Nothing has been erased.");

    private final AccountMessages messages;

    ProfilePages(AccountMessages messages) {
        this.messages = messages;
    }

    void add(Routes routes) {
        routes.showVisitor(PATH, ProfilePages::show);
        routes.acceptVisitor(PATH, ProfilePages::save).proven();
        routes.acceptVisitor(PATH + "/email", this::changeEmail).proven();
        routes.acceptVisitor(PATH + "/password", ProfilePages::changePassword).proven();
        routes.acceptVisitor(PATH + "/export", ProfilePages::export).proven();
    }

    private static void show(PortalExchange exchange, Visitor visitor) throws IOException {
        render(exchange, visitor, 200, profile(visitor), address(visitor), new Form());
    }

    private static Form profile(Visitor visitor) {
        return new Form().set("name", visitor.user().name());
    }

    private static Form address(Visitor visitor) {
        String email = visitor.user().email();
        return new Form().set("email", email == null ? "" : email);
    }

    private static void save(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = Form.sent(exchange, "name");
        form.require("name", "Enter your name.");
        if (form.isFine()) {
            try {
                visitor.saas()
                        .accounts()
                        .update(
                                visitor.user().id(),
                                user -> user.toBuilder()
                                        .name(form.value("name"))
                                        .build());
                exchange.redirect(PATH + "?done=saved");
                return;
            } catch (SaasException e) {
                refuse(form, "name", e);
            }
        }
        render(exchange, visitor, 422, form, address(visitor), new Form());
    }

    /** Requires the password, because the address can be used to set a new one. The former address is informed. */
    private void changeEmail(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = Form.sent(exchange, "email");
        String email = form.value("email").isEmpty() ? null : form.value("email");
        User before = visitor.user();
        try {
            User after = visitor.saas().accounts().changeEmail(before.id(), exchange.rawParam("proof"), email);
            if (!Objects.equals(before.email(), after.email())) {
                messages.emailChanged(before);
            }
            exchange.redirect(PATH + "?done=email");
            return;
        } catch (SaasException e) {
            if (e.code().equals(ErrorCodes.ACCESS_DENIED)) {
                form.refuse("proof", "This is not your current password.");
            } else {
                refuse(form, "email", e);
            }
        }
        render(exchange, visitor, 422, profile(visitor), form, new Form());
    }

    private static void changePassword(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = new Form();
        String password = exchange.rawParam("password");
        NewPassword.check(form, password);
        if (form.isFine()) {
            try {
                User user = visitor.user();
                visitor.saas().accounts().changePassword(user.id(), exchange.rawParam("current"), password);
                exchange.signIn(user);
                exchange.redirect(PATH + "?done=password");
                return;
            } catch (SaasException e) {
                if (e.code().equals(ErrorCodes.ACCESS_DENIED)) {
                    form.refuse("current", "This is not your current password.");
                } else {
                    refuse(form, "password", e);
                }
            }
        }
        render(exchange, visitor, 422, profile(visitor), address(visitor), form);
    }

    private static void export(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = Download.export(
                exchange, visitor, "my-data", (exports, out) -> exports.writeCustomer(visitor.customer(), out));
        if (!form.isFine()) {
            render(exchange, visitor, 422, profile(visitor), address(visitor), new Form(), form);
        }
    }

    private static void refuse(Form form, String field, SaasException e) {
        if (!e.code().equals(ErrorCodes.ACCOUNT_INVALID)) {
            throw e;
        }
        form.refuse(field, String.valueOf(e.getMessage()));
    }

    private static void render(
            PortalExchange exchange, Visitor visitor, int status, Form profile, Form address, Form password)
            throws IOException {
        render(exchange, visitor, status, profile, address, password, new Form());
    }

    private static void render(
            PortalExchange exchange,
            Visitor visitor,
            int status,
            Form profile,
            Form address,
            Form password,
            Form export)
            throws IOException {
        Instant requested = visitor.user().erasureRequestedAt();
        ProfileView view = new ProfileView(
                visitor.user().login(),
                profile,
                address,
                password,
                export,
                visitor.user().portal()
                        && visitor.may(Permission.OWN)
                        && visitor.customer().equals(visitor.user().customerId()),
                requested == null ? "" : TenantWords.day(requested));
        exchange.render(
                status, "account", exchange.page("Your account", "account", NOTICES.get(exchange.param("done"))), view);
    }
}
