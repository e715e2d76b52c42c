// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.page;

import dev.allotment.brand.Brand;
import dev.allotment.brand.BrandAsset;
import dev.allotment.brand.BrandLink;
import dev.allotment.brand.BrandText;
import dev.allotment.servlet.page.BrandStyles;
import dev.allotment.servlet.page.SecurityHeaders;
import dev.allotment.tenant.request.TenantSite;
import dev.allotment.tenant.request.Visit;
import dev.allotment.text.Texts;
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
            BrandStyles styles = visit.styles();
            Brand brand = styles.current().brand();
            if (brand.file(BrandAsset.FONT).isPresent()) {
                SecurityHeaders.forPage(response, "form-action 'self'", SecurityHeaders.OWN_FONTS);
            } else {
                SecurityHeaders.forPage(response, "form-action 'self'");
            }
            write(visit, "text/html; charset=utf-8", html(visit, brand, styles));
        } else {
            write(visit, "text/plain; charset=utf-8", title + "\n");
        }
    }

    private void write(Visit visit, String type, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        HttpServletResponse response = visit.response();
        response.setHeader("Content-Language", visit.texts().language());
        response.addHeader("Vary", "Accept-Language");
        response.setStatus(status);
        response.setContentType(type);
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }

    private String html(Visit visit, Brand brand, BrandStyles styles) {
        TenantSite site = visit.site();
        Texts texts = visit.texts();
        Html page = new Html()
                .add(
                        "<!DOCTYPE html>\n<html lang=\"{}\" dir=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n",
                        texts.language(),
                        texts.direction())
                .add("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .add("<meta name=\"color-scheme\" content=\"light dark\">\n")
                .add("<title>{} · {}</title>\n", title, site.tenant().name());
        icon(page, site, brand);
        style(page, file(site, StaticFiles.STYLE));
        style(page, file(site, StaticFiles.BRAND) + "?v=" + styles.current().version());
        String embedders = styles.embeddersVersion();
        if (!embedders.isEmpty()) {
            style(page, file(site, StaticFiles.EMBEDDERS) + "?v=" + embedders);
        }
        if (script) {
            page.add("<script src=\"{}\" defer></script>\n", file(site, StaticFiles.SCRIPT));
        }
        page.add("</head>\n<body>\n<header>");
        logo(page, site, brand);
        if (!brand.name().isEmpty()) {
            page.add("<strong>{}</strong> ", brand.name());
        }
        page.add(
                        "<span>{}</span></header>\n<main>\n<section class=\"card\">\n",
                        site.tenant().name())
                .add("<h1>{}</h1>\n", title)
                .add(body.toString())
                .add("</section>\n</main>\n");
        footer(page, brand, texts);
        return page.add("</body>\n</html>\n").toString();
    }

    private static void style(Html page, String address) {
        page.add("<link rel=\"stylesheet\" href=\"{}\">\n", address);
    }

    private static void icon(Html page, TenantSite site, Brand brand) {
        String icon = image(site, brand, BrandAsset.ICON);
        if (icon.isEmpty()) {
            page.add("<link rel=\"icon\" href=\"{}\" type=\"image/svg+xml\">\n", file(site, StaticFiles.ICON));
            return;
        }
        page.add("<link rel=\"icon\" href=\"{}\">\n", icon);
        String dark = image(site, brand, BrandAsset.ICON_DARK);
        if (!dark.isEmpty()) {
            page.add("<link rel=\"icon\" href=\"{}\" media=\"(prefers-color-scheme: dark)\">\n", dark);
        }
    }

    private static void logo(Html page, TenantSite site, Brand brand) {
        String logo = image(site, brand, BrandAsset.LOGO);
        if (logo.isEmpty()) {
            return;
        }
        String dark = image(site, brand, BrandAsset.LOGO_DARK);
        page.add("<picture>");
        if (!dark.isEmpty()) {
            page.add("<source srcset=\"{}\" media=\"(prefers-color-scheme: dark)\">", dark);
        }
        page.add("<img src=\"{}\" alt=\"\" height=\"28\"></picture> ", logo);
    }

    private static void footer(Html page, Brand brand, Texts texts) {
        String support = brand.supportLink();
        String text = brand.text(BrandText.PAGE_FOOTER);
        if (support.isEmpty() && brand.links().isEmpty() && text.isEmpty()) {
            return;
        }
        page.add("<footer>\n");
        if (!text.isEmpty()) {
            page.add("<p class=\"own\">{}</p>\n", text);
        }
        if (!support.isEmpty()) {
            page.add("<a href=\"{}\">{}</a>\n", support, texts.text("help"));
        }
        for (BrandLink link : brand.links()) {
            page.add("<a href=\"{}\">{}</a>\n", link.address(), link.label());
        }
        page.add("</footer>\n");
    }

    /** The address of an image of the brand; empty if it has none. */
    private static String image(TenantSite site, Brand brand, BrandAsset asset) {
        return brand.file(asset)
                .map(each -> file(site, StaticFiles.FILES + each.hash()))
                .orElse("");
    }

    private static String file(TenantSite site, String name) {
        return site.path(StaticFiles.FOLDER + name);
    }
}
