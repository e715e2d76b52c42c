// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.support;

import dev.allotment.servlet.page.SecurityHeaders;
import dev.allotment.tenant.page.Html;
import dev.allotment.tenant.page.TenantPage;
import dev.allotment.tenant.request.BrowserSecret;
import dev.allotment.tenant.request.PortalClient;
import dev.allotment.tenant.request.Visit;
import dev.allotment.tenant.session.SignedIn;
import dev.allotment.tenant.session.TenantSessions;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;

/** The pages at which an operator enters a tenant, and leaves it. Thread-safe. */
public final class SupportPages {
    private static final String ENTER = "/saas_client/support";
    /** The path of the form that ends a session. */
    static final String END = "/saas_client/support/end";

    private final TenantSessions sessions;
    private final PortalClient portal;

    public SupportPages(TenantSessions sessions, PortalClient portal) {
        this.sessions = sessions;
        this.portal = portal;
    }

    /** Answers a GET or POST request; returns false if the path is not one of these pages. */
    public boolean answer(Visit visit) throws IOException {
        if (visit.path().equals(ENTER) && visit.isGet()) {
            enter(visit);
        } else if (visit.path().equals(END) && visit.isPost()) {
            end(visit);
        } else {
            return false;
        }
        return true;
    }

    private void enter(Visit visit) throws IOException {
        String purpose = visit.request().getHeader("Sec-Purpose");
        if (purpose != null && purpose.contains("prefetch")) {
            SecurityHeaders.set(visit.response(), visit.secure());
            visit.response().setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        } else if (sessions.openSupport(visit, visit.param("access_token"))) {
            visit.redirect(visit.site().path("/"));
        } else {
            refused(visit, HttpServletResponse.SC_FORBIDDEN, visit.text("support.link"));
        }
    }

    private void end(Visit visit) throws IOException {
        Optional<SignedIn> present = sessions.find(visit).filter(each -> each.support() != null);
        if (present.isPresent()) {
            if (visit.isCrossOrigin() || !new BrowserSecret(present.get().secret()).fitsForm(visit.param("form"))) {
                refused(visit, HttpServletResponse.SC_FORBIDDEN, visit.text("support.form"));
                return;
            }
            sessions.close(visit);
        }
        visit.clearSession();
        page(visit, HttpServletResponse.SC_OK, visit.text("support.title"), visit.text("support.left"));
    }

    /** Answers a request with the cookie of a session of support that has ended. */
    public void ended(Visit visit) throws IOException {
        visit.clearSession();
        page(visit, HttpServletResponse.SC_UNAUTHORIZED, visit.text("support.title"), visit.text("support.ended"));
    }

    private void refused(Visit visit, int status, String reason) throws IOException {
        page(visit, status, visit.text("refused.title"), reason);
    }

    private void page(Visit visit, int status, String title, String reason) throws IOException {
        Html body = new Html()
                .add("<p role=\"alert\">{}</p>\n", reason)
                .add("<p><a class=\"button\" href=\"{}\">{}</a></p>\n", portal.url() + "/", visit.text("to-portal"));
        new TenantPage(status, title, body).send(visit);
    }
}
