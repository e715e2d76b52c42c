// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.User;
import dev.allotment.portal.web.Exchange;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Site;
import java.io.IOException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Signing up: at once, or by a letter to the address, as the operator says. */
final class SignUpPages {
    static final int SHORTEST_PASSWORD = 8;
    private static final Pattern ADDRESS = Pattern.compile("[^@\\s\\p{Cntrl}]{1,64}@[^@\\s\\p{Cntrl}]{1,189}");
    private static final int LONGEST_NAME = 256;
    private static final int TOO_MANY_REQUESTS = 429;

    private final Letters letters;

    SignUpPages(Letters letters) {
        this.letters = letters;
    }

    void add(Routes routes) {
        routes.show("/web/signup", this::show);
        routes.accept("/web/signup", this::signUp);
    }

    private boolean confirmed(Site site) {
        return letters.possible() && SignUpSetting.confirmed(site);
    }

    private void show(Exchange exchange) throws IOException {
        if (exchange.visitor().isPresent()) {
            exchange.redirect("/my");
        } else {
            boolean open = SignUpSetting.open(exchange.site());
            show(exchange, open ? 200 : 403, new Form(), open);
        }
    }

    private void show(Exchange exchange, int status, Form form, boolean open) throws IOException {
        SignUpView view = new SignUpView(form, open, confirmed(exchange.site()), "");
        exchange.render(status, "signup", exchange.page("Create an account", "signup"), view);
    }

    private void signUp(Exchange exchange) throws IOException {
        Site site = exchange.site();
        if (!SignUpSetting.open(site)) {
            show(exchange, 403, new Form(), false);
            return;
        }
        boolean confirmed = confirmed(site);
        Form form = Form.sent(exchange, "name", "login");
        check(form, confirmed ? null : exchange.rawParam("password"));
        if (!form.isFine()) {
            show(exchange, 422, form, true);
        } else if (confirmed) {
            letters.signUp(exchange, form.value("login").toLowerCase(Locale.ROOT), form.value("name"));
            SignUpView view = new SignUpView(form, true, true, form.value("login"));
            exchange.render("signup", exchange.page("Look into your mailbox", "signup"), view);
        } else {
            signUpNow(exchange, form);
        }
    }

    private void signUpNow(Exchange exchange, Form form) throws IOException {
        SignUp wanted = new SignUp(form.value("login"), form.value("name"), exchange.rawParam("password"));
        try {
            User user = exchange.site().saas().accounts().signUp(wanted, exchange.peer());
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
            show(exchange, status, form, true);
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
        if (password != null && password.length() < SHORTEST_PASSWORD) {
            form.refuse("password", "A password has " + SHORTEST_PASSWORD + " characters at least.");
        }
    }
}
