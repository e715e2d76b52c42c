// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.access.SecondFactors.Setup;
import dev.allotment.access.SignIns;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.util.Optional;

/**
 * The pages between the password and the session: for the code of the second factor, and for setting one up if it is
 * required. The visitor has no session yet.
 */
final class SignInCodePages {
    static final String CODE = "/web/login/code";
    static final String SETUP = "/web/login/factor";
    private static final String LATE = "/web/login?done=late";

    void add(Routes routes) {
        routes.show(CODE, SignInCodePages::show);
        routes.accept(CODE, SignInCodePages::enter);
        routes.show(SETUP, SignInCodePages::show);
        routes.accept(SETUP, SignInCodePages::confirm);
        routes.accept(SETUP + "/start", SignInCodePages::start);
    }

    private static SignIns signIns(PortalExchange exchange) {
        return exchange.site().saas().signIns();
    }

    private static void show(PortalExchange exchange) throws IOException {
        Optional<SignIns.Step> step =
                exchange.pendingSignIn().flatMap(each -> signIns(exchange).pending(each, exchange.browser()));
        if (step.isEmpty()) {
            exchange.redirect(LATE);
        } else if (step.get().next() == SignIns.Next.CODE) {
            ask(exchange, 200, new Form());
        } else if (step.get().next() == SignIns.Next.PASSKEY) {
            exchange.redirect(
                    SignInPages.next(step.get(), SignInPages.target(exchange)).orElseThrow());
        } else {
            SetupView view = new SetupView(new Form(), null, SETUP, SignInPages.target(exchange), true);
            exchange.render("setup", exchange.page(exchange.text("setup.title"), "login"), view);
        }
    }

    private static void ask(PortalExchange exchange, int status, Form form) throws IOException {
        exchange.render(
                status,
                "code",
                exchange.page(exchange.text("code.title"), "login"),
                new CodeView(form, SignInPages.target(exchange)));
    }

    private static void enter(PortalExchange exchange) throws IOException {
        Form form = Form.sent(exchange);
        Optional<SignIns.Step> step;
        try {
            step = exchange.pendingSignIn()
                    .flatMap(each -> signIns(exchange).enterCode(each, exchange.param("code"), exchange.browser()));
        } catch (SaasException e) {
            FactorPages.refuse(exchange, form, "code", e);
            ask(exchange, 422, form);
            return;
        }
        if (step.isEmpty()) {
            exchange.redirect(LATE);
        } else {
            exchange.signIn(step.get());
            exchange.redirect(SignInPages.destination(exchange));
        }
    }

    private static void start(PortalExchange exchange) throws IOException {
        show(exchange, 200, new Form());
    }

    private static void show(PortalExchange exchange, int status, Form form) throws IOException {
        Optional<Setup> setup =
                exchange.pendingSignIn().flatMap(each -> signIns(exchange).startSetup(each, exchange.browser()));
        if (setup.isEmpty()) {
            exchange.redirect(LATE);
        } else {
            SetupView view = new SetupView(form, setup.get(), SETUP, SignInPages.target(exchange), true);
            exchange.render(status, "setup", exchange.page(exchange.text("setup.title"), "login"), view);
        }
    }

    private static void confirm(PortalExchange exchange) throws IOException {
        Form form = new Form();
        Optional<SignIns.Step> step;
        try {
            step = exchange.pendingSignIn()
                    .flatMap(each -> signIns(exchange).confirmSetup(each, exchange.param("code"), exchange.browser()));
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.ACCESS_DENIED)) {
                throw e;
            }
            FactorPages.refuse(exchange, form, "code", e);
            show(exchange, 422, form);
            return;
        }
        if (step.isEmpty()) {
            exchange.redirect(LATE);
            return;
        }
        exchange.signIn(step.get());
        Visitor visitor = exchange.visitor().orElseThrow();
        FactorPages.showOnce(exchange, visitor, step.get().recoveryCodes(), "set");
    }
}
