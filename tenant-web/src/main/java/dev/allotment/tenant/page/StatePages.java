// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.page;

import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.tenant.request.PortalClient;
import dev.allotment.tenant.request.Visit;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * The pages for a tenant that is not open. Their status is always 503: a suspended tenant returns under the same
 * addresses, so search engines should not forget these, and caches should not store the answer.
 */
public final class StatePages {
    private static final int RETRY_SECONDS = 5;

    private final PortalClient portal;

    public StatePages(Saas saas) {
        portal = new PortalClient(saas);
    }

    public void beingCreated(Visit visit) throws IOException {
        visit.response().setIntHeader("Retry-After", RETRY_SECONDS);
        visit.response().setIntHeader("Refresh", RETRY_SECONDS);
        Html body =
                new Html().add("<p role=\"status\">Your database is being created. This takes a few seconds.</p>\n");
        new TenantPage(HttpServletResponse.SC_SERVICE_UNAVAILABLE, "Almost there", body).send(visit);
    }

    public void suspended(Visit visit) throws IOException {
        Tenant tenant = visit.site().tenant();
        boolean expired = tenant.suspendedFor().contains("expired");
        boolean full = tenant.suspendedFor().contains("storage");
        String title = expired ? "This database has expired" : "This database is suspended";
        Html body = new Html().add("<p>Your data is safe, but the database is unavailable.</p>\n");
        if (expired) {
            body.add("<p>{}</p>\n", tenant.trial() ? "Your trial has ended." : "Your subscription has ended.");
        }
        if (full) {
            body.add("<p>The database is over its storage limit.</p>\n");
        }
        if (tenant.suspendedFor().contains("unpaid")) {
            body.add("<p>A payment is missing. The owner of the database finds in the portal where to pay.</p>\n");
        }
        body.add("<p>To reopen the database, visit the portal or contact your provider.</p>\n")
                .add("<p><a class=\"button\" href=\"{}\">Go to the portal</a></p>\n", portal.url() + "/");
        new TenantPage(HttpServletResponse.SC_SERVICE_UNAVAILABLE, title, body).send(visit);
    }
}
