// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.Access.Reset;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.portal.PortalMail.Recipient;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.ThrottledMails;
import dev.allotment.portal.web.PortalSite;
import java.net.URI;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is written to people about their accounts. Everything that depends on whether there is an account is done after the
 * answer, so that neither its text nor its time tells.
 */
final class AccountMessages {
    private static final Logger LOG = LoggerFactory.getLogger(AccountMessages.class);

    private static final String STRANGERS_LANG = "en_US";

    private final PortalSite site;
    private final ThrottledMails outbox;

    AccountMessages(PortalSite site, ThrottledMails outbox) {
        this.site = site;
        this.outbox = outbox;
    }

    /** Whether anything can be sent. */
    boolean possible() {
        return outbox.possible();
    }

    /** Sends the link that makes an account, or tells the owner of the one that there is. */
    void signUp(PortalExchange exchange, String login, String name) {
        String invitation = exchange.request().getContextPath() + SignUpPages.PATH;
        String path = path(exchange);
        outbox.later(login, exchange.clientAddress(), () -> {
            try {
                String secret = site.saas().accounts().requestSignUp(login, name);
                outbox.mail()
                        .choosePassword(
                                new Recipient(login, "", STRANGERS_LANG), link(invitation, SignUpPages.SECRET, secret));
            } catch (SaasException e) {
                remind(login, path, e);
            }
        });
    }

    private void remind(String login, String path, SaasException why) {
        Optional<Reset> found = request(login);
        if (found.isEmpty()) {
            LOG.info("Nobody was signed up: {}", why.code());
        }
        found.ifPresent(reset ->
                outbox.mail().alreadyRegistered(recipient(reset, reset.user().name()), link(reset, path)));
    }

    /** Lets the owner of an account set a new password. */
    void resetPassword(PortalExchange exchange, String login) {
        String path = path(exchange);
        outbox.later(
                login,
                exchange.clientAddress(),
                () -> request(login)
                        .ifPresent(reset -> outbox.mail()
                                .resetPassword(recipient(reset, reset.user().name()), link(reset, path))));
    }

    /** Tells whoever reads what goes to the address that an account had. */
    void emailChanged(User before) {
        String address = before.email();
        if (outbox.possible() && address != null) {
            Recipient to = new Recipient(address, before.name(), before.lang());
            outbox.soon(() -> outbox.mail().emailChanged(to));
        }
    }

    private Optional<Reset> request(String login) {
        return site.saas().access().requestPasswordReset(login);
    }

    private static Recipient recipient(Reset reset, String name) {
        return new Recipient(reset.email(), name, reset.user().lang());
    }

    /** Of the page for new passwords, under whatever path this is mounted. */
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
