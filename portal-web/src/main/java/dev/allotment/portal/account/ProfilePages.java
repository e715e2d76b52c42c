// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.ErrorCodes;
import dev.allotment.Permission;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.portal.account.ProfileView.LanguageChoice;
import dev.allotment.portal.text.Message;
import dev.allotment.portal.web.Download;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import dev.allotment.text.TextBundles;
import dev.allotment.text.Texts;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The account page of a user: name, email address, password and sessions. */
final class ProfilePages {
    private static final String PATH = "/my/account";
    private static final String LANGUAGE = "language";
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
        if (visitor.limited()) {
            exchange.render(
                    200,
                    "limited-account",
                    exchange.page(exchange.text("account.title"), "account"),
                    visitor.user().login());
            return;
        }
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
        Form form = Form.sent(exchange, "name", LANGUAGE);
        form.require("name", exchange.text("common.name-needed"));
        if (form.isFine()) {
            try {
                visitor.saas()
                        .accounts()
                        .update(
                                visitor.user().id(),
                                user -> user.toBuilder()
                                        .name(form.value("name"))
                                        .lang(lang(exchange, user, form.value(LANGUAGE)))
                                        .build());
                exchange.redirect(PATH + "?done=saved");
                return;
            } catch (SaasException e) {
                refuse(exchange, form, "name", e);
            }
        }
        render(exchange, visitor, 422, form, address(visitor), new Form());
    }

    /** What is stored for a language that was chosen. A more exact one, such as that of Austria, is kept. */
    private static String lang(PortalExchange exchange, User user, String chosen) {
        TextBundles texts = exchange.site().texts();
        Optional<Texts> found = texts.find(chosen);
        return found.isEmpty() || found.equals(texts.find(user.lang()))
                ? user.lang()
                : found.get().code();
    }

    private static List<LanguageChoice> languages(PortalExchange exchange) {
        return exchange.site().texts().all().stream()
                .map(each -> new LanguageChoice(
                        each.language(),
                        each.name(),
                        each.language().equals(exchange.texts().language())))
                .toList();
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
                form.refuse("proof", exchange.text("common.wrong-password"));
            } else {
                refuse(exchange, form, "email", e);
            }
        }
        render(exchange, visitor, 422, profile(visitor), form, new Form());
    }

    private static void changePassword(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = new Form();
        String password = exchange.rawParam("password");
        NewPassword.check(exchange.texts(), form, password);
        if (form.isFine()) {
            try {
                User user = visitor.user();
                visitor.saas().accounts().changePassword(user.id(), exchange.rawParam("current"), password);
                exchange.signIn(user);
                exchange.redirect(PATH + "?done=password");
                return;
            } catch (SaasException e) {
                if (e.code().equals(ErrorCodes.ACCESS_DENIED)) {
                    form.refuse("current", exchange.text("common.wrong-password"));
                } else {
                    refuse(exchange, form, "password", e);
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

    private static void refuse(PortalExchange exchange, Form form, String field, SaasException e) {
        if (!e.code().equals(ErrorCodes.ACCOUNT_INVALID)) {
            throw e;
        }
        form.refuse(field, Message.of(exchange.texts(), e));
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
                requested == null ? "" : exchange.texts().day(requested),
                languages(exchange));
        exchange.render(
                status,
                "account",
                exchange.page(exchange.text("account.title"), "account", exchange.notice("account")),
                view);
    }
}
