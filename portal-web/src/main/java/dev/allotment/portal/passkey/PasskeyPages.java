// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.passkey;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.UserId;
import dev.allotment.access.Passkeys;
import dev.allotment.access.Passkeys.NewPasskey;
import dev.allotment.access.Passkeys.Passkey;
import dev.allotment.portal.text.Message;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Moment;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import dev.allotment.text.Texts;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** The passkeys of a user: adding, renaming and removing them. The browser makes a passkey with a script. */
public final class PasskeyPages {
    private static final String PATH = "/my/account/passkeys";
    private static final Set<String> SHOWN = Set.of(
            ErrorCodes.ACCESS_PASSKEY_REFUSED, ErrorCodes.ACCESS_PASSKEY_INVALID, ErrorCodes.ACCESS_PASSKEY_LIMIT);

    /** Adds the pages to the routes. */
    public static void add(Routes routes) {
        routes.showVisitor(PATH, (exchange, visitor) -> render(exchange, visitor, 200, new Form()));
        routes.acceptVisitor(PATH + "/start", PasskeyPages::start).proven();
        routes.acceptVisitor(PATH, PasskeyPages::accept);
        routes.acceptVisitor(PATH + "/{passkey}/name", PasskeyPages::rename);
        routes.acceptVisitor(PATH + "/{passkey}/remove", PasskeyPages::remove).proven();
    }

    private PasskeyPages() {}

    private static void start(PortalExchange exchange, Visitor visitor) throws IOException {
        make(exchange, visitor, 200, new Form());
    }

    private static void make(PortalExchange exchange, Visitor visitor, int status, Form form) throws IOException {
        Passkeys.Creation creation;
        try {
            creation = passkeys(visitor).start(id(visitor));
        } catch (SaasException e) {
            refuse(exchange, form, e);
            render(exchange, visitor, 422, form);
            return;
        }
        exchange.render(
                status,
                "passkey",
                exchange.page(exchange.text("passkeys.add-passkey"), "account"),
                NewPasskeyView.of(form, creation));
    }

    private static void accept(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = Form.sent(exchange, "name");
        NewPasskey made = new NewPasskey(
                exchange.param("challenge"),
                exchange.param("client-data"),
                exchange.param("attestation"),
                List.of(exchange.param("transports").split(" ")));
        try {
            passkeys(visitor).add(id(visitor), form.value("name"), made);
        } catch (SaasException e) {
            refuse(exchange, form, e);
            render(exchange, visitor, 422, form);
            return;
        }
        exchange.redirect(PATH + "?done=added");
    }

    private static void rename(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = new Form();
        try {
            passkeys(visitor).rename(id(visitor), exchange.pathId("passkey"), exchange.param("name"));
        } catch (SaasException e) {
            refuse(exchange, form, e);
            render(exchange, visitor, 422, form);
            return;
        }
        exchange.redirect(PATH + "?done=renamed");
    }

    private static void remove(PortalExchange exchange, Visitor visitor) throws IOException {
        passkeys(visitor).remove(id(visitor), exchange.pathId("passkey"));
        exchange.redirect(PATH + "?done=removed");
    }

    /** Shows a refusal with the list; each other failure has its own page. */
    private static void refuse(PortalExchange exchange, Form form, SaasException e) {
        if (!SHOWN.contains(e.code())) {
            throw e;
        }
        form.refuse("", Message.of(exchange.texts(), e));
    }

    private static Passkeys passkeys(Visitor visitor) {
        return visitor.saas().passkeys();
    }

    private static UserId id(Visitor visitor) {
        return visitor.user().id();
    }

    private static void render(PortalExchange exchange, Visitor visitor, int status, Form form) throws IOException {
        List<PasskeysView.Row> rows = passkeys(visitor).list(id(visitor)).stream()
                .map(each -> row(each, exchange.texts()))
                .toList();
        PasskeysView view = new PasskeysView(
                rows, form, passkeys(visitor).available(), rows.size() < Passkeys.MAX_PASSKEYS, visitor.lacksFactor());
        exchange.render(
                status,
                "passkeys",
                exchange.page(exchange.text("common.passkeys"), "account", exchange.notice("passkeys")),
                view);
    }

    private static PasskeysView.Row row(Passkey passkey, Texts texts) {
        return new PasskeysView.Row(
                passkey.id(),
                passkey.name(),
                texts.text(passkey.backupEligible() ? "passkeys.on-devices" : "passkeys.on-one-device"),
                Moment.of(passkey.createdAt(), texts),
                Moment.orElse(passkey.lastUsedAt(), texts.text("common.never"), texts));
    }
}
