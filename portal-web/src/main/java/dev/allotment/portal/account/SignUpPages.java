// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.User;
import dev.allotment.portal.account.SignUpView.Step;
import dev.allotment.portal.text.Message;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.PortalSite;
import dev.allotment.portal.web.Routes;
import dev.allotment.text.Texts;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The pages for signing up. Depending on the settings, an account is created at once or after its address was confirmed
 * by email. The secret of the emailed link moves to a cookie at once, so that neither the page's address nor the
 * referrer contains it.
 */
final class SignUpPages {
    static final String PATH = "/web/signup";
    static final String SECRET = "token";
    private static final String CHOOSE = PATH + "/choose";
    private static final String COOKIE = "portal_signup";
    private static final int SECONDS = 3600;
    private static final Pattern ADDRESS = Pattern.compile("[^@\\s\\p{Cntrl}]{1,64}@[^@\\s\\p{Cntrl}]{1,189}");
    private static final int MAX_NAME_LENGTH = 256;
    private static final int TOO_MANY_REQUESTS = 429;

    private final AccountMessages messages;

    SignUpPages(AccountMessages messages) {
        this.messages = messages;
    }

    void add(Routes routes) {
        routes.show(PATH, this::show);
        routes.accept(PATH, this::signUp);
        routes.show(CHOOSE, SignUpPages::showChoice);
        routes.accept(CHOOSE, SignUpPages::choose);
    }

    /** The first step. If addresses must be confirmed but no emails can be sent, sign-up is closed. */
    private Step first(PortalSite site) {
        if (!SignUpSetting.open(site)) {
            return Step.CLOSED;
        }
        if (!SignUpSetting.confirmed(site)) {
            return Step.ASK;
        }
        return messages.possible() ? Step.ASK_FOR_EMAIL : Step.IMPOSSIBLE;
    }

    private static boolean mayAsk(Step step) {
        return step == Step.ASK || step == Step.ASK_FOR_EMAIL;
    }

    private void show(PortalExchange exchange) throws IOException {
        String secret = exchange.param(SECRET);
        if (!secret.isEmpty()) {
            exchange.response().setHeader("Referrer-Policy", "no-referrer");
            exchange.keepSecret(COOKIE, secret, SECONDS);
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
        check(exchange.texts(), form, step == Step.ASK ? exchange.rawParam("password") : null);
        if (!form.isFine()) {
            render(exchange, 422, form, step, "");
        } else if (step == Step.ASK_FOR_EMAIL) {
            messages.signUp(exchange, form.value("login").toLowerCase(Locale.ROOT), form.value("name"));
            render(exchange, 200, form, Step.EMAILED, form.value("login"));
        } else {
            signUpNow(exchange, form);
        }
    }

    private static void showChoice(PortalExchange exchange) throws IOException {
        boolean valid = exchange.keptSecret(COOKIE)
                .filter(exchange.site().saas().accounts()::canConfirmSignUp)
                .isPresent();
        render(exchange, valid ? 200 : 410, new Form(), valid ? Step.CHOOSE : Step.OUT_OF_DATE, "");
    }

    private static void choose(PortalExchange exchange) throws IOException {
        Form form = new Form();
        String password = exchange.rawParam("password");
        NewPassword.check(exchange.texts(), form, password);
        if (!form.isFine()) {
            render(exchange, 422, form, Step.CHOOSE, "");
            return;
        }
        try {
            Optional<User> created = exchange.keptSecret(COOKIE)
                    .flatMap(secret -> exchange.site().saas().accounts().confirmSignUp(secret, password));
            if (created.isEmpty()) {
                render(exchange, 410, form, Step.OUT_OF_DATE, "");
                return;
            }
            exchange.dropSecret(COOKIE);
            User user = exchange.site()
                    .saas()
                    .accounts()
                    .update(
                            created.get().id(),
                            each -> each.toBuilder()
                                    .lang(exchange.texts().code())
                                    .build());
            exchange.signIn(user);
            exchange.redirect("/my?done=welcome");
        } catch (SaasException e) {
            if (e.code().equals(ErrorCodes.ACCOUNT_SIGNUP_OFF)) {
                render(exchange, 403, form, Step.CLOSED, "");
            } else if (e.code().equals(ErrorCodes.ACCOUNT_INVALID)) {
                form.refuse("password", Message.of(exchange.texts(), e));
                render(exchange, 422, form, Step.CHOOSE, "");
            } else {
                throw e;
            }
        }
    }

    private void signUpNow(PortalExchange exchange, Form form) throws IOException {
        SignUp wanted = SignUp.builder(form.value("login"), form.value("name"), exchange.rawParam("password"))
                .lang(exchange.texts().code())
                .build();
        try {
            User user = exchange.site().saas().accounts().signUp(wanted, exchange.clientAddress());
            exchange.signIn(user);
            exchange.redirect("/my?done=welcome");
        } catch (SaasException e) {
            int status = 422;
            switch (e.code()) {
                case ErrorCodes.ACCOUNT_SIGNUP_TOO_OFTEN -> {
                    status = TOO_MANY_REQUESTS;
                    form.refuse("", Message.of(exchange.texts(), e));
                }
                case ErrorCodes.ACCOUNT_LOGIN_TAKEN -> form.refuse("login", exchange.text("signup.taken"));
                case ErrorCodes.ACCOUNT_INVALID -> form.refuse("password", Message.of(exchange.texts(), e));
                default -> throw e;
            }
            render(exchange, status, form, Step.ASK, "");
        }
    }

    private static void check(Texts texts, Form form, @Nullable String password) {
        form.require("name", texts.text("common.name-needed"));
        if (form.value("name").length() > MAX_NAME_LENGTH) {
            form.refuse("name", texts.text("common.name-too-long", MAX_NAME_LENGTH));
        }
        if (!ADDRESS.matcher(form.value("login")).matches()) {
            form.refuse("login", texts.text("common.address-needed"));
        }
        if (password != null) {
            NewPassword.check(texts, form, password);
        }
    }

    private static void render(PortalExchange exchange, int status, Form form, Step step, String sentTo)
            throws IOException {
        String title = switch (step) {
            case EMAILED -> "signup.title-emailed";
            case CHOOSE -> "signup.title-choose";
            default -> "signup.title";
        };
        exchange.render(
                status, "signup", exchange.page(exchange.text(title), "signup"), new SignUpView(form, step, sentTo));
    }
}
