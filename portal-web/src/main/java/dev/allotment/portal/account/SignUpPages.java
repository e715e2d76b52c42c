// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.User;
import dev.allotment.portal.account.SignUpView.Step;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.PortalSite;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Signing up: at once, or by a letter to the address, as the operator says. The letter's link makes the account. Its secret moves
 * to a cookie at once, so that it is neither in the address of the page nor in what the browser tells others.
 */
final class SignUpPages {
    static final String PATH = "/web/signup";
    static final String SECRET = "token";
    static final int SHORTEST_PASSWORD = 8;
    private static final String CHOOSE = PATH + "/choose";
    private static final String COOKIE = "portal_signup";
    private static final int SECONDS = 3600;
    private static final Pattern ADDRESS = Pattern.compile("[^@\\s\\p{Cntrl}]{1,64}@[^@\\s\\p{Cntrl}]{1,189}");
    private static final int LONGEST_NAME = 256;
    private static final int TOO_MANY_REQUESTS = 429;

    private final AccountMessages letters;

    SignUpPages(AccountMessages letters) {
        this.letters = letters;
    }

    void add(Routes routes) {
        routes.show(PATH, this::show);
        routes.accept(PATH, this::signUp);
        routes.show(CHOOSE, SignUpPages::showChoice);
        routes.accept(CHOOSE, SignUpPages::choose);
    }

    /** Where a stranger begins; without letters nobody can confirm anything, so then nobody signs up. */
    private Step first(PortalSite site) {
        if (!SignUpSetting.open(site)) {
            return Step.CLOSED;
        }
        if (!SignUpSetting.confirmed(site)) {
            return Step.ASK;
        }
        return letters.possible() ? Step.ASK_FOR_LETTER : Step.IMPOSSIBLE;
    }

    private static boolean mayAsk(Step step) {
        return step == Step.ASK || step == Step.ASK_FOR_LETTER;
    }

    private void show(PortalExchange exchange) throws IOException {
        String secret = exchange.param(SECRET);
        if (!secret.isEmpty()) {
            exchange.response().setHeader("Referrer-Policy", "no-referrer");
            exchange.keep(COOKIE, secret, SECONDS);
            exchange.redirect(CHOOSE);
        } else if (exchange.visitor().isPresent()) {
            exchange.redirect("/my");
        } else {
            Step step = first(exchange.site());
            render(exchange, mayAsk(step) ? 200 : 403, new Form(), step, "");
        }
    }

    private void signUp(PortalExchange exchange) throws IOException {
        Step step = first(exchange.site());
        if (!mayAsk(step)) {
            render(exchange, 403, new Form(), step, "");
            return;
        }
        Form form = Form.sent(exchange, "name", "login");
        check(form, step == Step.ASK ? exchange.rawParam("password") : null);
        if (!form.isFine()) {
            render(exchange, 422, form, step, "");
        } else if (step == Step.ASK_FOR_LETTER) {
            letters.signUp(exchange, form.value("login").toLowerCase(Locale.ROOT), form.value("name"));
            render(exchange, 200, form, Step.ASKED, form.value("login"));
        } else {
            signUpNow(exchange, form);
        }
    }

    private static void showChoice(PortalExchange exchange) throws IOException {
        boolean there = exchange.kept(COOKIE).isPresent();
        render(exchange, there ? 200 : 410, new Form(), there ? Step.CHOOSE : Step.OUT_OF_DATE, "");
    }

    private static void choose(PortalExchange exchange) throws IOException {
        Form form = new Form();
        String password = exchange.rawParam("password");
        checkPassword(form, password);
        if (!form.isFine()) {
            render(exchange, 422, form, Step.CHOOSE, "");
            return;
        }
        try {
            Optional<User> made = exchange.kept(COOKIE)
                    .flatMap(secret -> exchange.site().saas().accounts().confirmSignUp(secret, password));
            if (made.isEmpty()) {
                render(exchange, 410, form, Step.OUT_OF_DATE, "");
                return;
            }
            exchange.drop(COOKIE);
            exchange.signIn(made.get());
            exchange.redirect("/my?done=welcome");
        } catch (SaasException e) {
            if (e.code().equals(ErrorCodes.ACCOUNT_SIGNUP_OFF)) {
                render(exchange, 403, form, Step.CLOSED, "");
            } else if (e.code().equals(ErrorCodes.ACCOUNT_INVALID)) {
                form.refuse("password", String.valueOf(e.getMessage()));
                render(exchange, 422, form, Step.CHOOSE, "");
            } else {
                throw e;
            }
        }
    }

    private void signUpNow(PortalExchange exchange, Form form) throws IOException {
        SignUp wanted = SignUp.builder(form.value("login"), form.value("name"), exchange.rawParam("password")).build();
        try {
            User user = exchange.site().saas().accounts().signUp(wanted, exchange.clientAddress());
            exchange.signIn(user);
            exchange.redirect("/my?done=welcome");
        } catch (SaasException e) {
            int status = 422;
            switch (e.code()) {
                case ErrorCodes.ACCOUNT_SIGNUP_TOO_OFTEN -> {
                    status = TOO_MANY_REQUESTS;
                    form.refuse("", String.valueOf(e.getMessage()));
                }
                case ErrorCodes.ACCOUNT_LOGIN_TAKEN ->
                    form.refuse("login", "Another user is already registered using this email address.");
                case ErrorCodes.ACCOUNT_INVALID -> form.refuse("", String.valueOf(e.getMessage()));
                default -> throw e;
            }
            render(exchange, status, form, Step.ASK, "");
        }
    }

    private static void check(Form form, @Nullable String password) {
        form.require("name", "Tell us your name.");
        if (form.value("name").length() > LONGEST_NAME) {
            form.refuse("name", "A name has " + LONGEST_NAME + " characters at most.");
        }
        if (!ADDRESS.matcher(form.value("login")).matches()) {
            form.refuse("login", "Type an e-mail address, such as you@example.com.");
        }
        if (password != null) {
            checkPassword(form, password);
        }
    }

    private static void checkPassword(Form form, String password) {
        if (password.length() < SHORTEST_PASSWORD) {
            form.refuse("password", "A password has " + SHORTEST_PASSWORD + " characters at least.");
        }
    }

    private static void render(PortalExchange exchange, int status, Form form, Step step, String sentTo) throws IOException {
        String title = switch (step) {
            case ASKED -> "Look into your mailbox";
            case CHOOSE -> "Choose a password";
            default -> "Create an account";
        };
        exchange.render(status, "signup", exchange.page(title, "signup"), new SignUpView(form, step, sentTo));
    }
}
