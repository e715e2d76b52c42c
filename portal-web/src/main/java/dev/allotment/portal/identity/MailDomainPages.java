// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.identity;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Permission;
import dev.allotment.SaasException;
import dev.allotment.identity.MailDomain;
import dev.allotment.identity.MailDomains;
import dev.allotment.portal.text.Message;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Moment;
import dev.allotment.portal.web.PageFailure;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.net.IDN;
import java.time.Instant;
import java.util.List;

/** The mail domains of a team: the list, and the page of one with the TXT record that proves it. */
public final class MailDomainPages {
    private static final String PATH = "/my/mail-domains";
    private static final String ONE = PATH + "/{domain}";

    private MailDomainPages() {}

    /** Adds the pages to the routes. */
    public static void add(Routes routes) {
        routes.showVisitor(PATH, (exchange, visitor) -> renderAll(exchange, visitor, 200, new Form()))
                .needs(Permission.MANAGE_TEAM);
        routes.acceptVisitor(PATH, MailDomainPages::create)
                .needs(Permission.MANAGE_TEAM)
                .proven();
        routes.showVisitor(ONE, (exchange, visitor) -> render(exchange, 200, domain(exchange, visitor), new Form()))
                .needs(Permission.MANAGE_TEAM);
        routes.acceptVisitor(ONE + "/verify", MailDomainPages::verify).needs(Permission.MANAGE_TEAM);
        routes.acceptVisitor(ONE + "/remove", MailDomainPages::remove)
                .needs(Permission.MANAGE_TEAM)
                .proven();
    }

    private static MailDomains domains(Visitor visitor) {
        return visitor.saas().mailDomains();
    }

    private static MailDomain domain(PortalExchange exchange, Visitor visitor) {
        long id = exchange.pathId("domain");
        return domains(visitor).list().stream()
                .filter(each -> each.id() == id)
                .findFirst()
                .orElseThrow(PageFailure::notFound);
    }

    private static void create(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = Form.sent(exchange, "name");
        form.require("name", exchange.text("mail-domains.name-needed"));
        if (form.isFine()) {
            try {
                exchange.redirect(
                        PATH + "/" + domains(visitor).add(form.value("name")).id());
                return;
            } catch (SaasException e) {
                if (e.code().equals(ErrorCodes.IDENTITY_INVALID)) {
                    form.refuse("name", exchange.text("mail-domains.name-needed"));
                } else {
                    refuse(exchange, form, "name", e);
                }
            }
        }
        renderAll(exchange, visitor, 422, form);
    }

    private static void verify(PortalExchange exchange, Visitor visitor) throws IOException {
        MailDomain domain = domain(exchange, visitor);
        try {
            domains(visitor).verify(domain.id());
        } catch (SaasException e) {
            Form form = new Form();
            refuse(exchange, form, "", e);
            render(exchange, 422, domain, form);
            return;
        }
        exchange.redirect(PATH + "/" + domain.id() + "?done=verified");
    }

    private static void remove(PortalExchange exchange, Visitor visitor) throws IOException {
        domains(visitor).remove(domain(exchange, visitor).id());
        exchange.redirect(PATH + "?done=removed");
    }

    private static void refuse(PortalExchange exchange, Form form, String field, SaasException e) {
        if (!e.code().startsWith("identity.") || e.category() == ErrorCategory.NOT_ALLOWED) {
            throw e;
        }
        form.refuse(field, Message.of(exchange.texts(), e));
    }

    /** The name with its own characters; empty if it has none beyond ASCII. */
    private static String readable(MailDomain domain) {
        String readable = IDN.toUnicode(domain.name());
        return readable.equals(domain.name()) ? "" : readable;
    }

    private static MailDomainView.State state(PortalExchange exchange, MailDomain domain) {
        Instant verified = domain.verifiedAt();
        Instant missing = domain.missingSince();
        if (verified == null) {
            return new MailDomainView.State(
                    exchange.text("mail-domains.pending"), "busy", Moment.of(domain.createdAt(), exchange.texts()));
        }
        return missing == null
                ? new MailDomainView.State(
                        exchange.text("mail-domains.verified"), "good", Moment.of(verified, exchange.texts()))
                : new MailDomainView.State(
                        exchange.text("mail-domains.lapsing"), "bad", Moment.of(missing, exchange.texts()));
    }

    private static void renderAll(PortalExchange exchange, Visitor visitor, int status, Form form) throws IOException {
        List<MailDomainsView.Row> rows = domains(visitor).list().stream()
                .map(each -> new MailDomainsView.Row(each.id(), each.name(), readable(each), state(exchange, each)))
                .toList();
        exchange.render(
                status,
                "mail-domains",
                exchange.page(exchange.text("mail-domains.title"), "team", exchange.notice("mail-domains")),
                new MailDomainsView(rows, form));
    }

    private static void render(PortalExchange exchange, int status, MailDomain domain, Form form) throws IOException {
        exchange.render(
                status,
                "mail-domain",
                exchange.page(domain.name(), "team", exchange.notice("mail-domains")),
                new MailDomainView(
                        PATH + "/" + domain.id(),
                        readable(domain),
                        domain.recordName(),
                        domain.recordText(),
                        state(exchange, domain),
                        domain.verified(),
                        domain.missingSince() != null,
                        form));
    }
}
