// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import dev.allotment.Saas;
import dev.allotment.Tenant;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * What visitors see of a client database that is not open. It is always 503: what is suspended comes back under the same
 * addresses, so search engines shall not forget them, and caches not keep this answer.
 */
final class StatePages {
    private static final int RETRY_SECONDS = 5;

    private final PortalClient portal;

    StatePages(Saas saas) {
        portal = new PortalClient(saas);
    }

    void beingMade(Visit visit) throws IOException {
        visit.response().setIntHeader("Retry-After", RETRY_SECONDS);
        visit.response().setIntHeader("Refresh", RETRY_SECONDS);
        Html body = new Html().add("<p role=\"status\">It is being made. This takes a few seconds.</p>\n");
        new TenantPage(HttpServletResponse.SC_SERVICE_UNAVAILABLE, "Almost there", body).send(visit);
    }

    void suspended(Visit visit) throws IOException {
        Tenant tenant = visit.site().tenant();
        boolean expired = tenant.suspendedFor().contains("expired");
        boolean full = tenant.suspendedFor().contains("storage");
        String title = expired ? "This database has expired" : "This database is suspended";
        Html body = new Html().add("<p>Nothing in it is lost, but nobody gets in at present.</p>\n");
        if (expired) {
            body.add("<p>{}</p>\n", tenant.trial() ? "Its trial is over." : "What was paid for is over.");
        }
        if (full) {
            body.add("<p>It holds more than its plan allows for.</p>\n");
        }
        body.add("<p>If it is yours, see the portal, or ask whoever runs it, how it can be opened again.</p>\n")
                .add("<p><a class=\"button\" href=\"{}\">Go to the portal</a></p>\n", portal.url() + "/");
        new TenantPage(HttpServletResponse.SC_SERVICE_UNAVAILABLE, title, body).send(visit);
    }
}
