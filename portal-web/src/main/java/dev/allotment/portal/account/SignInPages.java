// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.access.SignIns;
import dev.allotment.identity.ProviderSignIns;
import dev.allotment.portal.oauth.OAuthPages;
import dev.allotment.portal.passkey.PasskeySignInPages;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.PortalPath;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The pages for signing in and out. */
final class SignInPages {
    private static final String HOME = "/my";
    private static final String ADMINISTRATORS_HOME = "/admin";

    void add(Routes routes) {
        routes.show("/web/login", SignInPages::show);
        routes.accept("/web/login", SignInPages::signIn);
        routes.accept("/web/logout", SignInPages::signOut);
        // Where Odoo's clients sign out.
        routes.show("/web/session/logout", SignInPages::leave);
        routes.accept("/web/session/logout", SignInPages::signOut);
    }

    private static void show(PortalExchange exchange) throws IOException {
        if (exchange.visitor().isPresent()) {
            exchange.redirect(destination(exchange));
        } else {
            show(exchange, 200, new Form());
        }
    }

    private static void signIn(PortalExchange exchange) throws IOException {
        Form form = Form.sent(exchange, "login");
        if (exchange.rawParam("password").isEmpty()
                && exchange.site().saas().identityProviders().available()) {
            find(exchange, form);
            return;
        }
        Optional<SignIns.Step> step = exchange.site()
                .saas()
                .signIns()
                .start(exchange.param("login"), exchange.rawParam("password"), exchange.browser());
        if (step.isEmpty()) {
            form.refuse("", exchange.text("login.wrong"));
            show(exchange, 422, form);
        } else {
            exchange.signIn(step.get());
            exchange.redirect(next(step.get(), target(exchange)).orElseGet(() -> destination(exchange)));
        }
    }

    /**
     * Shows the providers of the company of a visitor who has entered no password. The page depends only on what is
     * behind the @, and not on whether there is an account.
     */
    private static void find(PortalExchange exchange, Form form) throws IOException {
        form.require("login", exchange.text("login.address-needed"));
        if (form.isFine() && ofCompany(exchange, form).isEmpty()) {
            form.refuse("password", exchange.text("login.no-company"));
        }
        show(exchange, form.isFine() ? 200 : 422, form);
    }

    private static List<ProviderSignIns.Choice> ofCompany(PortalExchange exchange, Form form) {
        return exchange.site().saas().providerSignIns().ofAddress(form.value("login"));
    }

    /**
     * Returns the page that a sign-in waits for; empty if it is complete.
     *
     * @param target where to go afterwards; empty for the start page of the user
     */
    static Optional<String> next(SignIns.Step step, String target) {
        String query = target.isEmpty() ? "" : "?redirect=" + URLEncoder.encode(target, StandardCharsets.UTF_8);
        return switch (step.next()) {
            case NOTHING -> Optional.empty();
            case CODE -> Optional.of(SignInCodePages.CODE + query);
            case PASSKEY -> Optional.of(PasskeySignInPages.PATH + query);
            case SETUP -> Optional.of(SignInCodePages.SETUP + query);
        };
    }

    private static void signOut(PortalExchange exchange) throws IOException {
        exchange.signOut();
        exchange.redirect("/web/login?done=out");
    }

    /** Signs out without a form, unless another site may have sent the visitor here. Then the page has a button. */
    private static void leave(PortalExchange exchange) throws IOException {
        if (exchange.isOwnLink()) {
            signOut(exchange);
        } else {
            exchange.redirect(HOME);
        }
    }

    private static void show(PortalExchange exchange, int status, Form form) throws IOException {
        String target = target(exchange);
        OAuthPages.targetOrigin(exchange.site().saas(), target)
                .ifPresent(origin -> exchange.allowFormTargets(List.of(origin)));
        SignInView view = new SignInView(
                form,
                target,
                OAuthPages.targetName(exchange.site().saas(), target).orElse(""),
                SignUpSetting.open(exchange.site()),
                exchange.site().saas().passkeys().available(),
                exchange.site().saas().identityProviders().available(),
                ofCompany(exchange, form),
                exchange.site().saas().providerSignIns().offered());
        exchange.render(
                status,
                "login",
                exchange.page(exchange.text("common.sign-in"), "login", exchange.notice("login")),
                view);
    }

    /** Where to go after signing in: a path of this site, or an empty text for the start page of the user. */
    static String target(PortalExchange exchange) {
        return PortalPath.orElse(exchange.param("redirect"), "");
    }

    static String destination(PortalExchange exchange) {
        return PortalPath.orElse(exchange.param("redirect"), home(exchange));
    }

    /** Returns the start page of the signed-in visitor. */
    static String home(PortalExchange exchange) {
        return exchange.visitor().filter(Visitor::isOperator).isPresent() ? ADMINISTRATORS_HOME : HOME;
    }
}
