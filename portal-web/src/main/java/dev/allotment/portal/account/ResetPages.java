// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.access.SignIns;
import dev.allotment.portal.text.Message;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/**
 * The pages for a forgotten password: requesting a link, and setting a new password with it. The secret of the link
 * moves to a cookie at once, so that neither the page's address nor the referrer contains it.
 */
final class ResetPages {
    static final String PATH = "/web/reset_password";
    static final String SECRET = "token";
    private static final String CHOOSE = PATH + "/choose";
    private static final String COOKIE = "portal_reset";
    private static final int SECONDS = 3600;

    private final AccountMessages messages;

    ResetPages(AccountMessages messages) {
        this.messages = messages;
    }

    void add(Routes routes) {
        routes.show(PATH, this::show);
        routes.accept(PATH, this::ask);
        routes.show(CHOOSE, ResetPages::showChoice);
        routes.accept(CHOOSE, ResetPages::choose);
    }

    private void show(PortalExchange exchange) throws IOException {
        String secret = exchange.param(SECRET);
        if (!secret.isEmpty()) {
            exchange.response().setHeader("Referrer-Policy", "no-referrer");
            exchange.keepSecret(COOKIE, secret, SECONDS);
            exchange.redirect(CHOOSE);
        } else {
            render(exchange, 200, new Form(), messages.possible() ? ResetView.Step.ASK : ResetView.Step.IMPOSSIBLE);
        }
    }

    private void ask(PortalExchange exchange) throws IOException {
        Form form = Form.sent(exchange, "login");
        form.require("login", exchange.text("reset.login-needed"));
        if (!messages.possible()) {
            render(exchange, 409, form, ResetView.Step.IMPOSSIBLE);
        } else if (!form.isFine()) {
            render(exchange, 422, form, ResetView.Step.ASK);
        } else {
            messages.resetPassword(exchange, form.value("login").toLowerCase(Locale.ROOT));
            render(exchange, 200, form, ResetView.Step.EMAILED);
        }
    }

    private static void showChoice(PortalExchange exchange) throws IOException {
        boolean valid = exchange.keptSecret(COOKIE)
                .filter(exchange.site().saas().access()::canResetPassword)
                .isPresent();
        render(exchange, valid ? 200 : 410, new Form(), valid ? ResetView.Step.CHOOSE : ResetView.Step.OUT_OF_DATE);
    }

    private static void choose(PortalExchange exchange) throws IOException {
        Optional<String> secret = exchange.keptSecret(COOKIE);
        String password = exchange.rawParam("password");
        Form form = new Form();
        NewPassword.check(exchange.texts(), form, password);
        if (!form.isFine()) {
            render(exchange, 422, form, ResetView.Step.CHOOSE);
            return;
        }
        try {
            Optional<User> changed =
                    secret.flatMap(each -> exchange.site().saas().access().resetPassword(each, password));
            if (changed.isPresent()) {
                exchange.dropSecret(COOKIE);
                signIn(exchange, changed.get().login(), password);
            } else {
                render(exchange, 410, form, ResetView.Step.OUT_OF_DATE);
            }
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.ACCOUNT_INVALID)) {
                throw e;
            }
            form.refuse("password", Message.of(exchange.texts(), e));
            render(exchange, 422, form, ResetView.Step.CHOOSE);
        }
    }

    /** Signs in with the new password as on the sign-in page, so that what is required there is required here, too. */
    private static void signIn(PortalExchange exchange, String login, String password) throws IOException {
        exchange.signOut();
        Optional<SignIns.Step> step = exchange.site().saas().signIns().start(login, password, exchange.browser());
        step.ifPresent(exchange::signIn);
        Optional<String> next = step.flatMap(each -> SignInPages.next(each, ""));
        String page = step.isPresent() ? next.orElseGet(() -> SignInPages.home(exchange)) : "/web/login";
        exchange.redirect(page + "?done=password");
    }

    private static void render(PortalExchange exchange, int status, Form form, ResetView.Step step) throws IOException {
        String title = exchange.text(step == ResetView.Step.CHOOSE ? "reset.title-choose" : "reset.title");
        exchange.render(status, "reset", exchange.page(title, "login"), new ResetView(form, step));
    }
}
