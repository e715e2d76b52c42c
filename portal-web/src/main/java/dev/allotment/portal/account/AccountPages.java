// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.ThrottledMails;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.PortalSite;
import java.io.IOException;

/** All pages for one's own account. */
public final class AccountPages {
    private AccountPages() {}

    /** Adds these pages. */
    public static void add(Routes routes, PortalSite site, ThrottledMails outbox) {
        AccountMessages letters = new AccountMessages(site, outbox);
        routes.show("/", AccountPages::home);
        new SignInPages().add(routes);
        new SignUpPages(letters).add(routes);
        new ResetPages(letters).add(routes);
        new ProfilePages(letters).add(routes);
    }

    private static void home(PortalExchange exchange) throws IOException {
        exchange.redirect(exchange.visitor().isPresent() ? "/my" : "/web/login");
    }
}
