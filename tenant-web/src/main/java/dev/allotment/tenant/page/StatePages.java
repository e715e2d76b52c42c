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
        Html body = new Html().add("<p role=\"status\">{}</p>\n", visit.text("created.text"));
        new TenantPage(HttpServletResponse.SC_SERVICE_UNAVAILABLE, visit.text("created.title"), body).send(visit);
    }

    public void suspended(Visit visit) throws IOException {
        Tenant tenant = visit.site().tenant();
        boolean expired = tenant.suspendedFor().contains("expired");
        boolean full = tenant.suspendedFor().contains("storage");
        String title = visit.text(expired ? "suspended.title-expired" : "suspended.title");
        Html body = new Html().add("<p>{}</p>\n", visit.text("suspended.text"));
        if (expired) {
            body.add("<p>{}</p>\n", visit.text(tenant.trial() ? "suspended.trial" : "suspended.expired"));
        }
        if (full) {
            body.add("<p>{}</p>\n", visit.text("suspended.storage"));
        }
        if (tenant.suspendedFor().contains("unpaid")) {
            body.add("<p>{}</p>\n", visit.text("suspended.unpaid"));
        }
        body.add("<p>{}</p>\n", visit.text("suspended.reopen"))
                .add("<p><a class=\"button\" href=\"{}\">{}</a></p>\n", portal.url() + "/", visit.text("to-portal"));
        new TenantPage(HttpServletResponse.SC_SERVICE_UNAVAILABLE, title, body).send(visit);
    }
}
