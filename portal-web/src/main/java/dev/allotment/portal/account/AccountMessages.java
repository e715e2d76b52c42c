// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.access.Access.Reset;
import dev.allotment.portal.mail.PortalMail.Invitation;
import dev.allotment.portal.mail.PortalMail.Recipient;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.PortalSite;
import dev.allotment.portal.web.ThrottledMails;
import dev.allotment.portal.web.Visitor;
import java.net.URI;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the emails about accounts. Everything that depends on whether an account exists happens after the answer, so
 * neither the text of a page nor its timing reveals it.
 */
public final class AccountMessages {
    private static final Logger LOG = LoggerFactory.getLogger(AccountMessages.class);

    private final PortalSite site;
    private final ThrottledMails mails;

    /** Creates the sender. */
    public AccountMessages(PortalSite site, ThrottledMails mails) {
        this.site = site;
        this.mails = mails;
    }

    /** Whether emails can be sent. */
    public boolean possible() {
        return mails.possible();
    }

    /** Sends the link that creates an account, or informs the owner of the existing account. */
    void signUp(PortalExchange exchange, String login, String name) {
        String lang = exchange.texts().code();
        String invitation = exchange.request().getContextPath() + SignUpPages.PATH;
        String path = path(exchange);
        mails.submit(login, exchange.clientAddress(), () -> {
            try {
                String secret = site.saas().accounts().requestSignUp(login, name);
                mails.mail()
                        .choosePassword(new Recipient(login, "", lang), link(invitation, SignUpPages.SECRET, secret));
            } catch (SaasException e) {
                notifyOwner(login, path, e);
            }
        });
    }

    private void notifyOwner(String login, String path, SaasException why) {
        Optional<Reset> found = request(login);
        if (found.isEmpty()) {
            LOG.info("A sign-up was refused: code={}", why.code());
        }
        found.ifPresent(reset ->
                mails.mail().alreadyRegistered(recipient(reset, reset.user().name()), link(reset, path)));
    }

    /** Sends the owner of an account a link to set a new password. */
    void resetPassword(PortalExchange exchange, String login) {
        String path = path(exchange);
        mails.submit(
                login,
                exchange.clientAddress(),
                () -> request(login)
                        .ifPresent(reset -> mails.mail()
                                .resetPassword(recipient(reset, reset.user().name()), link(reset, path))));
    }

    /**
     * Sends a user that an administrator chose a link to set a password: an invitation, if the user has never signed
     * in. Sends nothing to an account that cannot sign in or has no email address.
     */
    public void invite(PortalExchange exchange, Visitor inviter, User user) {
        String path = path(exchange);
        if (user.lastLoginAt() == null) {
            mails.submitUnlimited(() -> site.saas()
                    .access()
                    .invite(user.id())
                    .ifPresent(reset -> mails.mail()
                            .invited(
                                    recipient(reset, reset.user().name()),
                                    new Invitation(inviter.user().name(), site.brand(), link(reset, path)))));
        } else {
            mails.submitUnlimited(() -> request(user.login())
                    .ifPresent(reset -> mails.mail()
                            .resetPassword(recipient(reset, reset.user().name()), link(reset, path))));
        }
    }

    /** Informs the former address of an account about the change. */
    void emailChanged(User before) {
        String address = before.email();
        if (mails.possible() && address != null) {
            Recipient to = new Recipient(address, before.name(), before.lang());
            mails.submitUnlimited(() -> mails.mail().emailChanged(to));
        }
    }

    private Optional<Reset> request(String login) {
        return site.saas().access().requestPasswordReset(login);
    }

    private static Recipient recipient(Reset reset, String name) {
        return new Recipient(reset.email(), name, reset.user().lang());
    }

    /** The path of the page for new passwords, wherever the servlet is mounted. */
    private static String path(PortalExchange exchange) {
        return exchange.request().getContextPath() + ResetPages.PATH;
    }

    private URI link(Reset reset, String path) {
        return link(path, ResetPages.SECRET, reset.secret());
    }

    private URI link(String path, String name, String secret) {
        return URI.create(site.baseUrl().at(path + "?" + name + "=" + secret));
    }
}
