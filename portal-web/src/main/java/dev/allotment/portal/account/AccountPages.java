// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.portal.identity.IdentityPages;
import dev.allotment.portal.identity.MailDomainPages;
import dev.allotment.portal.identity.ProviderPages;
import dev.allotment.portal.identity.ProviderSignInPages;
import dev.allotment.portal.passkey.PasskeyPages;
import dev.allotment.portal.passkey.PasskeySignInPages;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.webhook.WebhookPages;
import java.io.IOException;

/** Registers the pages of a user's own account. */
public final class AccountPages {
    private AccountPages() {}

    /** Adds the pages to the routes. */
    public static void add(Routes routes, AccountMessages messages) {
        routes.show("/", AccountPages::home);
        new SignInPages().add(routes);
        new SignInCodePages().add(routes);
        new SignUpPages(messages).add(routes);
        new ResetPages(messages).add(routes);
        new ProfilePages(messages).add(routes);
        new FactorPages().add(routes);
        PasskeyPages.add(routes);
        new PasskeySignInPages(SignInPages::destination).add(routes);
        new ProviderSignInPages(SignInPages::next, SignInPages::home).add(routes);
        IdentityPages.add(routes);
        ProviderPages.addForTeams(routes);
        MailDomainPages.add(routes);
        new SessionPages().add(routes);
        new ApiKeyPages().add(routes);
        WebhookPages.addForCustomers(routes);
        new ErasurePages().add(routes);
    }

    private static void home(PortalExchange exchange) throws IOException {
        exchange.redirect(exchange.visitor().isPresent() ? SignInPages.home(exchange) : "/web/login");
    }
}
