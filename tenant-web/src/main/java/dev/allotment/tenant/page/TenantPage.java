// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.page;

import dev.allotment.servlet.page.SecurityHeaders;
import dev.allotment.tenant.request.TenantSite;
import dev.allotment.tenant.request.Visit;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * A page that the filter serves for a tenant.
 *
 * @param status of the response
 * @param title of the page, which is also its heading
 * @param body the markup below the heading
 * @param script whether the page loads the script that takes a token out of the address
 */
public record TenantPage(int status, String title, Html body, boolean script) {
    public TenantPage(int status, String title, Html body) {
        this(status, title, body, false);
    }

    public void send(Visit visit) throws IOException {
        HttpServletResponse response = visit.response();
        SecurityHeaders.set(response, visit.secure());
        if (body.hasForms()) {
            SecurityHeaders.allowSameOriginReferrer(response);
        }
        if (visit.wantsPage()) {
            SecurityHeaders.forPage(response, "form-action 'self'");
            write(visit, "text/html; charset=utf-8", html(visit.site()));
        } else {
            write(visit, "text/plain; charset=utf-8", title + "\n");
        }
    }

    private void write(Visit visit, String type, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        HttpServletResponse response = visit.response();
        response.setStatus(status);
        response.setContentType(type);
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }

    private String html(TenantSite site) {
        Html page = new Html()
                .add("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .add("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .add("<meta name=\"color-scheme\" content=\"light dark\">\n")
                .add("<title>{} · {}</title>\n", title, site.tenant().name())
                .add("<link rel=\"icon\" href=\"{}\" type=\"image/svg+xml\">\n", file(site, StaticFiles.ICON))
                .add("<link rel=\"stylesheet\" href=\"{}\">\n", file(site, StaticFiles.STYLE));
        if (script) {
            page.add("<script src=\"{}\" defer></script>\n", file(site, StaticFiles.SCRIPT));
        }
        return page.add(
                        "</head>\n<body>\n<header><span>{}</span></header>\n<main>\n<section class=\"card\">\n",
                        site.tenant().name())
                .add("<h1>{}</h1>\n", title)
                .add(body.toString())
                .add("</section>\n</main>\n</body>\n</html>\n")
                .toString();
    }

    private static String file(TenantSite site, String name) {
        return site.path(StaticFiles.FOLDER + name);
    }
}
