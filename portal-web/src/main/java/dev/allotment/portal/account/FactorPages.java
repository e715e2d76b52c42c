// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.UserId;
import dev.allotment.access.SecondFactors;
import dev.allotment.portal.text.Message;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Moment;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** The second factor of a user: setting it up, its recovery codes, and turning it off. */
final class FactorPages {
    private static final String PATH = "/my/account/factor";
    private static final String COOKIE = "portal_recovery";

    void add(Routes routes) {
        routes.showVisitor(PATH, FactorPages::show);
        routes.acceptVisitor(PATH + "/start", FactorPages::start).proven();
        routes.acceptVisitor(PATH, FactorPages::confirm);
        routes.acceptVisitor(PATH + "/codes", FactorPages::renew).proven();
        routes.acceptVisitor(PATH + "/off", FactorPages::turnOff).proven();
    }

    private static void show(PortalExchange exchange, Visitor visitor) throws IOException {
        String kept = exchange.takeKept(visitor, COOKIE).orElse("");
        List<String> codes = kept.isEmpty() ? List.of() : Arrays.asList(kept.split("\\."));
        render(exchange, visitor, 200, codes, new Form(), new Form());
    }

    /** Redirects to the page that shows new recovery codes, once. */
    static void showOnce(PortalExchange exchange, Visitor visitor, List<String> codes, String done) throws IOException {
        exchange.keepForNextPage(visitor, COOKIE, String.join(".", codes));
        exchange.redirect(PATH + "?done=" + done);
    }

    private static void start(PortalExchange exchange, Visitor visitor) throws IOException {
        setUp(exchange, visitor, 200, new Form());
    }

    private static void setUp(PortalExchange exchange, Visitor visitor, int status, Form form) throws IOException {
        SetupView view = new SetupView(form, factors(visitor).start(id(visitor)), PATH, "", false);
        exchange.render(status, "setup", exchange.page(exchange.text("setup.title"), "account"), view);
    }

    private static void confirm(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = new Form();
        List<String> codes;
        try {
            codes = factors(visitor).confirm(id(visitor), exchange.param("code"));
        } catch (SaasException e) {
            refuse(exchange, form, "code", e);
            setUp(exchange, visitor, 422, form);
            return;
        }
        showOnce(exchange, visitor, codes, "set");
    }

    private static void renew(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = new Form();
        List<String> codes;
        try {
            codes = factors(visitor).renewRecoveryCodes(id(visitor), exchange.param("renewal-code"));
        } catch (SaasException e) {
            refuse(exchange, form, "renewal-code", e);
            render(exchange, visitor, 422, List.of(), form, new Form());
            return;
        }
        showOnce(exchange, visitor, codes, "renewed");
    }

    private static void turnOff(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = new Form();
        try {
            factors(visitor).turnOff(id(visitor), exchange.rawParam("password"), exchange.param("code"));
        } catch (SaasException e) {
            refuse(exchange, form, "", e);
            render(exchange, visitor, 422, List.of(), new Form(), form);
            return;
        }
        exchange.redirect(PATH + "?done=off");
    }

    /** Shows a refusal of a password or code with the form; each other failure has its own page. */
    static void refuse(PortalExchange exchange, Form form, String field, SaasException e) {
        if (!e.code().equals(ErrorCodes.ACCESS_DENIED)) {
            throw e;
        }
        form.refuse(field, Message.of(exchange.texts(), e));
    }

    private static SecondFactors factors(Visitor visitor) {
        return visitor.saas().secondFactors();
    }

    private static UserId id(Visitor visitor) {
        return visitor.user().id();
    }

    private static void render(
            PortalExchange exchange, Visitor visitor, int status, List<String> codes, Form renewal, Form off)
            throws IOException {
        SecondFactors.Status factor = factors(visitor).status(id(visitor));
        FactorView view = new FactorView(
                visitor.user().login(),
                Moment.orElse(factor.since(), "", exchange.texts()),
                factor.required(),
                visitor.lacksFactor(),
                factor.recoveryCodes(),
                codes,
                renewal,
                off);
        exchange.render(
                status,
                "factor",
                exchange.page(exchange.text("account.second-factor"), "account", exchange.notice("factor")),
                view);
    }
}
