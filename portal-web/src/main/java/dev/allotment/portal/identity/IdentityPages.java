// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.identity;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.UserId;
import dev.allotment.identity.IdentityProviderId;
import dev.allotment.identity.ProviderSignIns;
import dev.allotment.portal.text.Message;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Moment;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.PortalPath;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.net.URI;
import java.util.List;

/** The identities of a user: linking and removing them, and proving with one who the user is. */
public final class IdentityPages {
    static final String PATH = "/my/account/identities";

    private IdentityPages() {}

    /** Adds the pages to the routes. */
    public static void add(Routes routes) {
        routes.showVisitor(PATH, (exchange, visitor) -> render(exchange, visitor, 200, new Form()));
        routes.acceptVisitor(PATH + "/link/{provider}", IdentityPages::link).proven();
        routes.acceptVisitor(PATH + "/{identity}/remove", IdentityPages::remove).proven();
        routes.showVisitor(PATH + "/{identity}/proof", IdentityPages::prove);
        routes.showVisitor("/my/team/provider", IdentityPages::required);
    }

    /** Shows a link: browsers follow no redirect of a form to a host that the page has not named. */
    private static void link(PortalExchange exchange, Visitor visitor) throws IOException {
        IdentityProviderId provider = new IdentityProviderId(exchange.pathId("provider"));
        URI address;
        try {
            address = signIns(visitor).startLink(visitor.secret(), provider, PATH);
        } catch (SaasException e) {
            if (!e.code().startsWith("identity.")) {
                throw e;
            }
            Form form = new Form();
            form.refuse("", Message.of(exchange.texts(), e));
            render(exchange, visitor, 422, form);
            return;
        }
        String name = signIns(visitor).linkable(id(visitor)).stream()
                .filter(each -> each.provider().equals(provider))
                .map(ProviderSignIns.Choice::name)
                .findFirst()
                .orElse("");
        exchange.render(
                200,
                "continue",
                exchange.page(exchange.text("continue.title"), "account"),
                new ContinueView(name, address.toString(), PATH));
    }

    private static void remove(PortalExchange exchange, Visitor visitor) throws IOException {
        signIns(visitor).unlink(id(visitor), exchange.pathId("identity"));
        exchange.redirect(PATH + "?done=unlinked");
    }

    private static void prove(PortalExchange exchange, Visitor visitor) throws IOException {
        String target = PortalPath.orElse(exchange.param("redirect"), PATH);
        try {
            exchange.redirectOut(signIns(visitor).startProof(visitor.secret(), exchange.pathId("identity"), target));
        } catch (SaasException e) {
            if (!e.code().startsWith("identity.") && !e.code().equals(ErrorCodes.ACCESS_FACTOR_NEEDED)) {
                throw e;
            }
            Form form = new Form();
            form.refuse("", Message.of(exchange.texts(), e));
            render(exchange, visitor, 422, form);
        }
    }

    /** What a member sees whose team requires a session of its provider. */
    private static void required(PortalExchange exchange, Visitor visitor) throws IOException {
        List<ProviderSignIns.Choice> choices = signIns(visitor).required();
        if (choices.isEmpty()) {
            exchange.redirect("/my");
            return;
        }
        exchange.render(200, "required-provider", exchange.page(exchange.text("required-provider.title"), ""), choices);
    }

    private static ProviderSignIns signIns(Visitor visitor) {
        return visitor.saas().providerSignIns();
    }

    private static UserId id(Visitor visitor) {
        return visitor.user().id();
    }

    private static void render(PortalExchange exchange, Visitor visitor, int status, Form form) throws IOException {
        List<IdentitiesView.Row> rows = signIns(visitor).list(id(visitor)).stream()
                .map(each -> new IdentitiesView.Row(
                        each.id(),
                        each.providerName(),
                        each.email() == null ? "" : each.email(),
                        Moment.orElse(each.lastUsedAt(), exchange.text("common.never"), exchange.texts())))
                .toList();
        List<IdentitiesView.Choice> choices = signIns(visitor).linkable(id(visitor)).stream()
                .map(each -> new IdentitiesView.Choice(each.provider().value(), each.name()))
                .toList();
        exchange.render(
                status,
                "identities",
                exchange.page(exchange.text("identities.title"), "account", exchange.notice("identities")),
                new IdentitiesView(rows, choices, form));
    }
}
