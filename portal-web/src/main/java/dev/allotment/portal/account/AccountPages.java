// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.Parameter;
import dev.allotment.User;
import dev.allotment.portal.web.Exchange;
import dev.allotment.portal.web.LocalPath;
import dev.allotment.portal.web.Routes;
import java.io.IOException;
import java.util.Optional;

/** Signing in and out. */
public final class AccountPages {
    private static final String HOME = "/";

    private AccountPages() {}

    /** Adds these pages. */
    public static void add(Routes routes) {
        routes.show("/", AccountPages::home);
        routes.show("/web/login", AccountPages::showLogin);
        routes.accept("/web/login", AccountPages::login);
        routes.accept("/web/logout", AccountPages::logout);
    }

    private static void home(Exchange exchange) throws IOException {
        exchange.redirect(exchange.visitor().isPresent() ? "/my" : "/web/login");
    }

    private static void showLogin(Exchange exchange) throws IOException {
        if (exchange.visitor().isPresent()) {
            exchange.redirect(target(exchange));
        } else {
            show(exchange, 200, "");
        }
    }

    private static void login(Exchange exchange) throws IOException {
        Optional<User> user = exchange.site()
                .saas()
                .accounts()
                .authenticate(exchange.param("login"), exchange.rawParam("password"), exchange.peer());
        if (user.isEmpty()) {
            show(exchange, 422, "The e-mail address or the password is wrong.");
        } else {
            exchange.signIn(user.get());
            exchange.redirect(target(exchange));
        }
    }

    private static void logout(Exchange exchange) throws IOException {
        exchange.signOut();
        exchange.redirect("/web/login");
    }

    private static void show(Exchange exchange, int status, String error) throws IOException {
        boolean signUp = exchange.site()
                .saas()
                .parameters()
                .value(Parameter.ALLOW_UNINVITED)
                .filter("true"::equalsIgnoreCase)
                .isPresent();
        LoginView view = new LoginView(exchange.param("login"), target(exchange), error, signUp);
        exchange.render(status, "login", exchange.page("Sign in", "login"), view);
    }

    private static String target(Exchange exchange) {
        return LocalPath.orElse(exchange.param("redirect"), HOME);
    }
}
