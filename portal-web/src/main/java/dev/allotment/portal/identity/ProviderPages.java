// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.identity;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Permission;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.TeamRole;
import dev.allotment.identity.IdentityProvider;
import dev.allotment.identity.IdentityProviderId;
import dev.allotment.identity.IdentityProviders;
import dev.allotment.portal.text.Message;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.PageFailure;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.RoleWords;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import dev.allotment.portal.web.VisitorHandler;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The pages of identity providers. Teams and operators have the same pages under different paths. */
public final class ProviderPages {
    /** Their messages say more than a text for each case of the code. */
    private static final Set<String> SAY_MORE =
            Set.of(ErrorCodes.IDENTITY_INVALID, ErrorCodes.IDENTITY_PROVIDER_FAILED);

    private final String path;
    private final String section;
    private final String templates;
    private final boolean forEveryone;

    private ProviderPages(String path, String section, String templates, boolean forEveryone) {
        this.path = path;
        this.section = section;
        this.templates = templates;
        this.forEveryone = forEveryone;
    }

    /** Adds the pages for teams. */
    public static void addForTeams(Routes routes) {
        ProviderPages pages = new ProviderPages("/my/sign-in", "team", "", false);
        pages.add(
                (path, handler) -> routes.showVisitor(path, handler).needs(Permission.MANAGE_TEAM),
                (path, handler) -> routes.acceptVisitor(path, handler)
                        .needs(Permission.MANAGE_TEAM)
                        .proven(),
                (path, handler) -> routes.acceptVisitor(path, handler).needs(Permission.MANAGE_TEAM));
    }

    /** Adds the pages for operators, with the providers that are for everyone. */
    public static void addForOperators(Routes routes) {
        ProviderPages pages = new ProviderPages("/admin/sign-in", "admin-sign-in", "admin/", true);
        pages.add(
                routes::showOperator,
                (path, handler) -> routes.acceptAdministrator(path, handler).proven(),
                routes::acceptAdministrator);
    }

    private void add(
            BiConsumer<String, VisitorHandler> show,
            BiConsumer<String, VisitorHandler> acceptProven,
            BiConsumer<String, VisitorHandler> accept) {
        String one = path + "/{provider}";
        show.accept(path, (exchange, visitor) -> renderAll(exchange, visitor, 200, new Form()));
        acceptProven.accept(path, this::create);
        show.accept(one, (exchange, visitor) -> render(exchange, visitor, 200, null));
        acceptProven.accept(one, this::change);
        acceptProven.accept(one + "/secret", this::replaceSecret);
        accept.accept(one + "/check", this::check);
        acceptProven.accept(one + "/delete", this::delete);
    }

    private static IdentityProviders providers(Visitor visitor) {
        return visitor.saas().identityProviders();
    }

    private @Nullable CustomerId customer(Visitor visitor) {
        return forEveryone ? null : visitor.customer();
    }

    private IdentityProvider provider(PortalExchange exchange, Visitor visitor) {
        CustomerId customer = customer(visitor);
        return providers(visitor)
                .find(new IdentityProviderId(exchange.pathId("provider")))
                .filter(each -> customer == null ? each.customerId() == null : customer.equals(each.customerId()))
                .orElseThrow(PageFailure::notFound);
    }

    private static Form sent(PortalExchange exchange) {
        Form form = Form.sent(exchange, "name", "issuer", "client", "active", "accounts", "required", "role");
        form.require("name", exchange.text("provider-fields.name-needed"));
        form.require("issuer", exchange.text("provider-fields.issuer-needed"));
        form.require("client", exchange.text("provider-fields.client-needed"));
        return form;
    }

    private IdentityProvider applied(IdentityProvider.Builder to, Form form) {
        return to.name(form.value("name"))
                .issuer(form.value("issuer"))
                .clientId(form.value("client"))
                .active(form.ticked("active"))
                .newAccounts(newAccounts(form))
                .required(!forEveryone && form.ticked("required"))
                .build();
    }

    private @Nullable TeamRole newAccounts(Form form) {
        if (forEveryone) {
            return form.ticked("accounts") ? TeamRole.OWNER : null;
        }
        return Arrays.stream(TeamRole.values())
                .filter(each -> each.name().equals(form.value("role")))
                .findFirst()
                .orElse(null);
    }

    /** The roles that new people can get, which are not beyond that of the visitor. */
    private List<RoleChoice> roles(Visitor visitor, Form form) {
        return Arrays.stream(TeamRole.values())
                .filter(role -> !forEveryone && role != TeamRole.OWNER)
                .filter(role -> visitor.isAdministrator()
                        || visitor.team()
                                .filter(team -> team.member().role().covers(role))
                                .isPresent())
                .map(role -> new RoleChoice(
                        role.name(),
                        RoleWords.title(role, visitor.texts()),
                        role.name().equals(form.value("role"))))
                .toList();
    }

    private void create(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = sent(exchange);
        if (form.isFine()) {
            IdentityProvider wanted = applied(
                    IdentityProvider.builder("", "", "").customerId(customer(visitor)), form.set("active", "true"));
            try {
                IdentityProvider created = providers(visitor).create(wanted, secret(exchange));
                exchange.redirect(path + "/" + created.id() + "?done=created");
                return;
            } catch (SaasException e) {
                refuse(exchange, form, e);
            }
        }
        renderAll(exchange, visitor, 422, form);
    }

    private static @Nullable String secret(PortalExchange exchange) {
        String secret = exchange.param("secret");
        return secret.isEmpty() ? null : secret;
    }

    private void change(PortalExchange exchange, Visitor visitor) throws IOException {
        IdentityProvider provider = provider(exchange, visitor);
        Form form = sent(exchange);
        if (form.isFine()) {
            try {
                providers(visitor).update(provider.id(), present -> applied(present.toBuilder(), form));
                exchange.redirect(path + "/" + provider.id() + "?done=saved");
                return;
            } catch (SaasException e) {
                refuse(exchange, form, e);
            }
        }
        render(exchange, visitor, 422, form);
    }

    private void replaceSecret(PortalExchange exchange, Visitor visitor) throws IOException {
        act(exchange, visitor, "secret", id -> providers(visitor).replaceSecret(id, secret(exchange)));
    }

    private void check(PortalExchange exchange, Visitor visitor) throws IOException {
        act(exchange, visitor, "checked", providers(visitor)::check);
    }

    /** Something that is done with a provider. */
    private interface Action {
        void on(IdentityProviderId provider);
    }

    private void act(PortalExchange exchange, Visitor visitor, String done, Action action) throws IOException {
        IdentityProvider provider = provider(exchange, visitor);
        try {
            action.on(provider.id());
        } catch (SaasException e) {
            Form form = form(provider);
            refuse(exchange, form, e);
            render(exchange, visitor, 422, form);
            return;
        }
        exchange.redirect(path + "/" + provider.id() + "?done=" + done);
    }

    private void delete(PortalExchange exchange, Visitor visitor) throws IOException {
        providers(visitor).delete(provider(exchange, visitor).id());
        exchange.redirect(path + "?done=deleted");
    }

    private static void refuse(PortalExchange exchange, Form form, SaasException e) {
        if (e.category() != ErrorCategory.INVALID_INPUT && e.category() != ErrorCategory.CONFLICT) {
            throw e;
        }
        form.refuse(
                "",
                SAY_MORE.contains(e.code())
                        ? Message.inEnglish(exchange.texts(), String.valueOf(e.getMessage()))
                        : Message.of(exchange.texts(), e));
    }

    private static Form form(IdentityProvider provider) {
        return new Form()
                .set("name", provider.name())
                .set("issuer", provider.issuer())
                .set("client", provider.clientId())
                .set("active", provider.active() ? "true" : "")
                .set("required", provider.required() ? "true" : "")
                .set("accounts", provider.newAccounts() == null ? "" : "true")
                .set(
                        "role",
                        provider.newAccounts() == null
                                ? ""
                                : provider.newAccounts().name());
    }

    private void renderAll(PortalExchange exchange, Visitor visitor, int status, Form form) throws IOException {
        CustomerId customer = customer(visitor);
        List<ProvidersView.Row> rows = providers(visitor)
                .list(Query.where(Filter.<IdentityProvider, CustomerId>equal(IdentityProvider.CUSTOMER_ID, customer))
                        .orderBy(IdentityProvider.NAME))
                .stream()
                .map(each -> new ProvidersView.Row(each.id().value(), each.name(), each.issuer(), each.active()))
                .toList();
        ProvidersView view = new ProvidersView(
                path,
                forEveryone,
                providers(visitor).available(),
                !forEveryone && providers(visitor).available() && !visitor.isLimited(),
                providers(visitor).callback(customer).toString(),
                rows,
                roles(visitor, form),
                form);
        exchange.render(
                status,
                templates + "providers",
                exchange.page(exchange.text("providers.title"), section, exchange.notice("providers")),
                view);
    }

    /** @param form null: as stored */
    private void render(PortalExchange exchange, Visitor visitor, int status, @Nullable Form form) throws IOException {
        IdentityProvider provider = provider(exchange, visitor);
        Form shown = form == null ? form(provider) : form;
        ProviderView view = new ProviderView(
                path,
                provider.id().value(),
                forEveryone,
                providers(visitor).callback(provider.customerId()).toString(),
                exchange.site().baseUrl().at("/web/login/with/" + provider.id()),
                roles(visitor, shown),
                shown);
        exchange.render(
                status,
                templates + "provider",
                exchange.page(provider.name(), section, exchange.notice("providers")),
                view);
    }
}
