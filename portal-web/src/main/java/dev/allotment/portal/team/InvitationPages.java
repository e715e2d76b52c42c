// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.team;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.User;
import dev.allotment.portal.account.NewPassword;
import dev.allotment.portal.team.InvitationView.Offer;
import dev.allotment.portal.team.InvitationView.Step;
import dev.allotment.portal.text.Message;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.RoleWords;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import dev.allotment.team.OpenedInvitation;
import dev.allotment.team.TeamMember;
import dev.allotment.text.Texts;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The page of an invitation to a team. The secret of the emailed link moves to a cookie at once, so that neither the
 * page's address nor the referrer contains it. Opening the link changes nothing, since programs that check emails open
 * links, too.
 *
 * <p>Each form names the invitation that the page has shown: meanwhile, another link may have replaced the cookie.
 */
final class InvitationPages {
    static final String PATH = "/web/invitation";
    static final String SECRET = "token";
    private static final String ANSWER = PATH + "/answer";
    private static final String COOKIE = "portal_invitation";
    private static final int SECONDS = 3600;
    private static final int MAX_NAME_LENGTH = 256;
    private static final int GONE = 410;

    void add(Routes routes) {
        routes.show(PATH, InvitationPages::receive);
        routes.show(ANSWER, (exchange) -> show(exchange, 200, new Form()));
        routes.show(PATH + "/declined", exchange -> render(exchange, 200, Step.DECLINED, null, new Form()));
        routes.acceptVisitor(PATH + "/accept", InvitationPages::accept);
        routes.accept(PATH + "/join", InvitationPages::join);
        routes.accept(PATH + "/decline", InvitationPages::decline);
        routes.accept(PATH + "/other", InvitationPages::signInAgain);
    }

    private static void receive(PortalExchange exchange) throws IOException {
        String secret = exchange.param(SECRET);
        if (!secret.isEmpty()) {
            exchange.response().setHeader("Referrer-Policy", "no-referrer");
            exchange.keepSecret(COOKIE, secret, SECONDS);
        }
        exchange.redirect(ANSWER);
    }

    private static Optional<OpenedInvitation> opened(PortalExchange exchange) {
        return exchange.keptSecret(COOKIE)
                .flatMap(secret -> exchange.site().saas().teams().inspect(secret));
    }

    /** Returns the secret if it is still that of the invitation that the page has shown. */
    private static Optional<String> shown(PortalExchange exchange) {
        return opened(exchange)
                .filter(each -> each.invitation().id().toString().equals(exchange.param("invitation")))
                .flatMap(each -> exchange.keptSecret(COOKIE));
    }

    private static void show(PortalExchange exchange, int status, Form form) throws IOException {
        Optional<OpenedInvitation> opened = opened(exchange);
        if (opened.isEmpty()) {
            render(exchange, GONE, Step.ENDED, null, new Form());
        } else {
            render(exchange, status, step(exchange, opened.get()), opened.get(), form);
        }
    }

    /** Only a person who reads the emails of the address learns whether it has an account. */
    private static Step step(PortalExchange exchange, OpenedInvitation opened) {
        String email = opened.invitation().email();
        Optional<Visitor> visitor = exchange.visitor();
        if (visitor.isPresent()) {
            return visitor.get().user().login().equals(email) ? Step.ACCEPT : Step.ACCEPT_ELSEWHERE;
        }
        if (!opened.emailed()) {
            return Step.SIGN_IN_FIRST;
        }
        return exchange.site().saas().accounts().findByLogin(email).isPresent() ? Step.SIGN_IN : Step.JOIN;
    }

    private static void render(
            PortalExchange exchange, int status, Step step, @Nullable OpenedInvitation opened, Form form)
            throws IOException {
        String title = switch (step) {
            case ENDED -> exchange.text("invitation.title-ended");
            case DECLINED -> exchange.text("invitation.title-declined");
            default ->
                exchange.text("invitation.title", Objects.requireNonNull(opened).customer());
        };
        exchange.render(
                status,
                "invitation",
                exchange.page(title, "login"),
                new InvitationView(
                        step,
                        opened == null ? null : offer(opened, exchange.texts()),
                        exchange.visitor().map(each -> each.user().login()).orElse(""),
                        form));
    }

    private static Offer offer(OpenedInvitation opened, Texts texts) {
        return new Offer(
                opened.invitation().id().value(),
                opened.customer(),
                opened.invitedBy() == null ? "" : opened.invitedBy(),
                RoleWords.withArticle(opened.invitation().role(), texts),
                RoleWords.purpose(opened.invitation().role(), texts),
                !opened.invitation().tenants().isAll(),
                opened.invitation().email());
    }

    private static void accept(PortalExchange exchange, Visitor visitor) throws IOException {
        Optional<String> secret = shown(exchange);
        if (secret.isEmpty()) {
            show(exchange, 409, changed(exchange));
            return;
        }
        TeamMember member;
        try {
            member = visitor.saas().teams().accept(secret.get(), exchange.ticked("other"));
        } catch (SaasException e) {
            if (e.code().equals(ErrorCodes.TEAM_OTHER_ADDRESS)) {
                render(exchange, 200, Step.CONFIRM_ELSEWHERE, opened(exchange).orElse(null), new Form());
            } else if (e.code().equals(ErrorCodes.TEAM_INVITATION_ENDED)) {
                render(exchange, GONE, Step.ENDED, null, new Form());
            } else {
                throw e;
            }
            return;
        }
        exchange.dropSecret(COOKIE);
        visitor.saas().access().switchCustomer(visitor.secret(), member.customerId());
        exchange.redirect(TeamPages.PATH + "?done=joined");
    }

    private static Form changed(PortalExchange exchange) {
        Form form = new Form();
        form.refuse("", exchange.text("invitation.another"));
        return form;
    }

    private static void join(PortalExchange exchange) throws IOException {
        Optional<String> secret = shown(exchange);
        Optional<OpenedInvitation> opened = opened(exchange);
        if (secret.isEmpty() || opened.isEmpty() || exchange.visitor().isPresent()) {
            show(exchange, 409, changed(exchange));
            return;
        }
        Form form = Form.sent(exchange, "name");
        String password = exchange.rawParam("password");
        form.require("name", exchange.text("common.name-needed"));
        if (form.value("name").length() > MAX_NAME_LENGTH) {
            form.refuse("name", exchange.text("common.name-too-long", MAX_NAME_LENGTH));
        }
        NewPassword.check(exchange.texts(), form, password);
        if (!form.isFine()) {
            show(exchange, 422, form);
            return;
        }
        try {
            SignUp account = SignUp.builder(opened.get().invitation().email(), form.value("name"), password)
                    .lang(exchange.texts().code())
                    .build();
            User user = exchange.site().saas().teams().signUp(secret.get(), account, exchange.clientAddress());
            exchange.dropSecret(COOKIE);
            exchange.signIn(user);
            exchange.redirect(TeamPages.PATH + "?done=joined");
        } catch (SaasException e) {
            refuse(exchange, form, e);
        }
    }

    private static void refuse(PortalExchange exchange, Form form, SaasException e) throws IOException {
        switch (e.code()) {
            case ErrorCodes.ACCOUNT_INVALID -> form.refuse("password", Message.of(exchange.texts(), e));
            case ErrorCodes.ACCOUNT_LOGIN_TAKEN -> form.refuse("", exchange.text("invitation.taken"));
            case ErrorCodes.TEAM_INVITATION_ENDED -> {}
            default -> throw e;
        }
        show(exchange, 422, form);
    }

    private static void decline(PortalExchange exchange) throws IOException {
        Optional<String> secret = shown(exchange);
        if (secret.isEmpty()) {
            show(exchange, 409, changed(exchange));
            return;
        }
        exchange.site().saas().teams().decline(secret.get());
        exchange.dropSecret(COOKIE);
        exchange.redirect(PATH + "/declined");
    }

    /** Signs out, so that the visitor can accept with another account. */
    private static void signInAgain(PortalExchange exchange) throws IOException {
        exchange.signOut();
        exchange.redirect(ANSWER);
    }
}
