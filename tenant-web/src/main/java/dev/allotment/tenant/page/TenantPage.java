// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.page;

import dev.allotment.servlet.Branding;
import dev.allotment.servlet.page.SecurityHeaders;
import dev.allotment.tenant.request.TenantSite;
import dev.allotment.tenant.request.Visit;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

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
            write(visit, "text/html; charset=utf-8", html(visit.site(), visit.branding()));
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

    private String html(TenantSite site, @Nullable Branding branding) {
        Html page = new Html()
                .add("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .add("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .add("<meta name=\"color-scheme\" content=\"light dark\">\n")
                .add("<title>{} · {}</title>\n", title, site.tenant().name())
                .add("<link rel=\"icon\" href=\"{}\" type=\"image/svg+xml\">\n", file(site, StaticFiles.ICON))
                .add("<link rel=\"stylesheet\" href=\"{}\">\n", file(site, StaticFiles.STYLE))
                .add("<link rel=\"stylesheet\" href=\"{}\">\n", file(site, StaticFiles.BRAND));
        if (script) {
            page.add("<script src=\"{}\" defer></script>\n", file(site, StaticFiles.SCRIPT));
        }
        page.add("</head>\n<body>\n<header>");
        if (branding != null && branding.logo().length > 0) {
            page.add("<img src=\"{}\" alt=\"\" height=\"28\"> ", file(site, StaticFiles.LOGO));
        }
        if (branding != null) {
            page.add("<strong>{}</strong> ", branding.title());
        }
        page.add(
                        "<span>{}</span></header>\n<main>\n<section class=\"card\">\n",
                        site.tenant().name())
                .add("<h1>{}</h1>\n", title)
                .add(body.toString())
                .add("</section>\n</main>\n");
        if (branding != null) {
            footer(page, branding);
        }
        return page.add("</body>\n</html>\n").toString();
    }

    private static void footer(Html page, Branding branding) {
        URI support = branding.support();
        if (support == null && branding.links().isEmpty()) {
            return;
        }
        page.add("<footer>\n");
        if (support != null) {
            page.add("<a href=\"{}\">Help</a>\n", support.toString());
        }
        branding.links()
                .forEach(link ->
                        page.add("<a href=\"{}\">{}</a>\n", link.target().toString(), link.text()));
        page.add("</footer>\n");
    }

    private static String file(TenantSite site, String name) {
        return site.path(StaticFiles.FOLDER + name);
    }
}
