// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.support;

import dev.allotment.support.SupportAccess;
import dev.allotment.support.SupportSession;
import dev.allotment.tenant.page.Html;
import dev.allotment.tenant.page.StaticFiles;
import dev.allotment.tenant.request.BrowserSecret;
import dev.allotment.tenant.request.TenantSite;
import dev.allotment.tenant.session.SignedIn;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The banner at the top of each page of the application while an operator is in a tenant. */
final class SupportBanner {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private SupportBanner() {}

    /** Returns the banner in ASCII, which each charset of a page contains. */
    static byte[] of(TenantSite site, SignedIn signedIn, SupportSession session) {
        SupportAccess access = session.access();
        String what = switch (access.right()) {
            case LOOK -> "is looking at this database";
            case MEMBER -> "acts in this database as " + signedIn.member().login();
            case ADMINISTRATOR -> "acts in this database as its administrator";
        };
        String html = new Html()
                .add("<aside class=\"saas-support\" lang=\"en\" dir=\"ltr\" aria-label=\"Support access\">")
                .add("<link rel=\"stylesheet\" href=\"{}\">", site.path(StaticFiles.FOLDER + StaticFiles.SUPPORT))
                .add("<p><strong>{}</strong> of support {} until ", access.operatorName(), what)
                .add(
                        "<time datetime=\"{}\">{}</time>.</p>",
                        access.expiresAt().toString(),
                        TIME.format(access.expiresAt()))
                .add("<form method=\"post\" action=\"{}\">", site.path(SupportPages.END))
                .add("<input type=\"hidden\" name=\"form\" value=\"{}\">", new BrowserSecret(signedIn.secret()).form())
                .add("<button type=\"submit\">End</button></form></aside>")
                .toString();
        StringBuilder ascii = new StringBuilder(html.length());
        html.codePoints().forEach(each -> {
            if (each < 128) {
                ascii.appendCodePoint(each);
            } else {
                ascii.append("&#").append(each).append(';');
            }
        });
        return ascii.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
