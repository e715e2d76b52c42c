// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.ErrorCategory;
import dev.allotment.Filter;
import dev.allotment.Permission;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.billing.TenantPayment;
import dev.allotment.portal.text.Message;
import dev.allotment.portal.web.Choice;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Listing;
import dev.allotment.portal.web.Moment;
import dev.allotment.portal.web.Page;
import dev.allotment.portal.web.PageFailure;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.SortKey;
import dev.allotment.portal.web.SortKey.Kind;
import dev.allotment.portal.web.Visitor;
import dev.allotment.servlet.stream.Streams;
import dev.allotment.text.Texts;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The list of a user's databases, and the actions on one of them. */
public final class DatabasePages {
    private static final String PATH = "/my";
    private static final String SECTION = "databases";
    private static final int REFRESH_SECONDS = 3;
    private static final List<TenantState> LIVE = List.of(TenantState.DRAFT, TenantState.OPEN, TenantState.SUSPENDED);
    private static final List<String> STATES = List.of("open", "suspended", "draft");
    private static final int MOST_DELETED = 100;

    private DatabasePages() {}

    /** Adds the pages to the routes. */
    public static void add(Routes routes, Streams streams) {
        routes.showVisitor(PATH, DatabasePages::list);
        new StartPages(streams).add(routes);
        routes.acceptVisitor(PATH + "/{id}/open", DatabasePages::open);
        routes.showVisitor(PATH + "/{id}/rename", DatabasePages::showRename).needs(Permission.CHANGE_TENANTS);
        routes.acceptVisitor(PATH + "/{id}/rename", DatabasePages::rename);
        routes.showVisitor(PATH + "/{id}/delete", DatabasePages::showDelete).needs(Permission.DELETE_TENANTS);
        routes.acceptVisitor(PATH + "/{id}/delete", DatabasePages::delete).proven();
        routes.acceptVisitor(PATH + "/{id}/restore", DatabasePages::restore);
        DomainPages.addForOwners(routes, DatabasePages::own);
        BackupPages.addForOwners(routes, DatabasePages::own);
        SwapPages.addForOwners(routes, DatabasePages::own);
        new OwnDatabasePages().add(routes);
    }

    private static void list(PortalExchange exchange, Visitor visitor) throws IOException {
        renderList(exchange, visitor, 200, new Form());
    }

    private static void renderList(PortalExchange exchange, Visitor visitor, int status, Form restore)
            throws IOException {
        if (visitor.isTeamless()) {
            exchange.render("no-team", exchange.page(exchange.text("common.my-databases"), SECTION), restore);
            return;
        }
        Texts texts = exchange.texts();
        Listing listing = Listing.fixed(exchange, PATH);
        List<Filter<? super Tenant>> parts = new ArrayList<>();
        parts.add(Filter.equal(Tenant.CUSTOMER_ID, visitor.customer()));
        String state = listing.choice("state", texts.text("common.state"), texts.text("filters.all"), states(texts));
        parts.add(
                state.isEmpty()
                        ? Filter.in(Tenant.STATE, LIVE)
                        : Filter.equal(Tenant.STATE, TenantState.valueOf(state.toUpperCase(Locale.ROOT))));
        String text = listing.search(texts.text("databases.search-by-name"));
        if (!text.isEmpty()) {
            parts.add(Filter.likeIgnoringCase(Tenant.NAME, Listing.containing(text)));
        }
        List<Tenant> tenants = listing.read(visitor.saas().tenants(), Filter.and(parts), "name", keys(texts));
        Instant now = exchange.site().clock().instant();
        UsageDays days = usage(visitor, tenants, now);
        Map<PlanId, String> plans = plans(visitor, tenants);
        Map<TenantId, TenantPayment> payments = payments(visitor, tenants);
        List<DatabaseCard> cards = tenants.stream()
                .map(tenant -> card(
                        visitor, tenant, plans, days, PaymentBanner.of(payments.get(tenant.id()), now, texts), now))
                .toList();
        // Includes databases that are still being created: the script adds them to the page when they are ready. The
        // origins of one page fit into a header.
        exchange.allowFormTargets(tenants.stream()
                .filter(tenant -> tenant.state() == TenantState.OPEN || tenant.state() == TenantState.DRAFT)
                .map(tenant -> origin(visitor.saas().tenants().publicUrl(tenant)))
                .distinct()
                .toList());
        boolean busy = tenants.stream().anyMatch(tenant -> tenant.state() == TenantState.DRAFT);
        boolean offered = !visitor.saas().selfService().offers().isEmpty();
        Page page = exchange.page(exchange.text("common.my-databases"), SECTION, exchange.notice("databases"));
        exchange.render(
                status == 200 ? listing.status() : status,
                "databases",
                page.refreshing(busy ? REFRESH_SECONDS : 0),
                new DatabasesView(cards, deleted(visitor), restore, busy, offered, listing.controls()));
    }

    private static List<Choice> states(Texts texts) {
        return STATES.stream()
                .map(each -> new Choice(each, texts.text("tenant.state." + each)))
                .toList();
    }

    private static List<SortKey.Of<Tenant>> keys(Texts texts) {
        return List.of(
                new SortKey.Of<>("name", texts.text("common.name"), Kind.TEXT, Tenant.NAME),
                new SortKey.Of<>("end", texts.text("database.time-left"), Kind.END, Tenant.EXPIRES_AT),
                new SortKey.Of<>("created", texts.text("common.created"), Kind.TIME, Tenant.CREATED_AT));
    }

    private static UsageDays usage(Visitor visitor, List<Tenant> tenants, Instant now) {
        List<TenantId> shown = visitor.may(Permission.VIEW_BILLING)
                ? tenants.stream().map(Tenant::id).toList()
                : List.of();
        return UsageDays.read(visitor.saas(), shown, now);
    }

    private static Map<TenantId, TenantPayment> payments(Visitor visitor, List<Tenant> tenants) {
        return visitor.may(Permission.VIEW_BILLING) ? visitor.saas().payments().applying(tenants) : Map.of();
    }

    /** Returns the customer's soft-deleted databases, in the order in which they will be removed. */
    private static List<DeletedDatabase> deleted(Visitor visitor) {
        Filter<Tenant> retained = Filter.and(
                Filter.equal(Tenant.CUSTOMER_ID, visitor.customer()), Filter.equal(Tenant.STATE, TenantState.RETAINED));
        List<Tenant> tenants = visitor.saas()
                .tenants()
                .list(Query.where(retained).orderBy(Tenant.RETAINED_UNTIL).page(0, MOST_DELETED));
        if (tenants.isEmpty()) {
            return List.of();
        }
        Set<TenantId> restorable = visitor.may(Permission.DELETE_TENANTS)
                ? visitor.saas().selfService().restorable().stream()
                        .map(Tenant::id)
                        .collect(Collectors.toSet())
                : Set.of();
        return tenants.stream()
                .map(tenant -> new DeletedDatabase(
                        tenant.id().value(),
                        tenant.name(),
                        Moment.orElse(tenant.retainedUntil(), "", visitor.texts()),
                        restorable.contains(tenant.id())))
                .toList();
    }

    /** Returns scheme, host and port. */
    static String origin(URI url) {
        return url.getScheme() + "://" + url.getRawAuthority();
    }

    /** Returns the names of the plans of some tenants. */
    private static Map<PlanId, String> plans(Visitor visitor, List<Tenant> tenants) {
        List<PlanId> ids = tenants.stream()
                .map(Tenant::planId)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        return visitor.saas().plans().list(Query.where(Filter.in(Plan.ID, ids))).stream()
                .collect(Collectors.toMap(Plan::id, Plan::name));
    }

    static DatabaseCard card(PortalExchange exchange, Visitor visitor, Tenant tenant) {
        Instant now = exchange.site().clock().instant();
        List<Tenant> one = List.of(tenant);
        return card(
                visitor,
                tenant,
                plans(visitor, one),
                usage(visitor, one, now),
                PaymentBanner.of(payments(visitor, one).get(tenant.id()), now, visitor.texts()),
                now);
    }

    private static DatabaseCard card(
            Visitor visitor,
            Tenant tenant,
            Map<PlanId, String> plans,
            UsageDays days,
            PaymentBanner payment,
            Instant now) {
        boolean running = tenant.state() == TenantState.OPEN;
        String plan = tenant.planId() == null ? "" : plans.getOrDefault(tenant.planId(), "");
        return new DatabaseCard(
                tenant.id().value(),
                tenant.name(),
                plan,
                tenant.trial(),
                TenantWords.state(tenant, visitor.texts()),
                TenantWords.why(tenant, reason(visitor, tenant), visitor.texts()),
                payment,
                TenantWords.left(tenant, now, visitor.texts()),
                UsageMeter.users(tenant, visitor.texts()),
                UsageMeter.storage(tenant, visitor.texts()),
                days.users(tenant.id(), visitor.texts()),
                days.storage(tenant.id(), visitor.texts()),
                running,
                running && isEnterable(visitor, tenant));
    }

    private static Optional<String> reason(Visitor visitor, Tenant tenant) {
        return tenant.suspendedFor().contains("manual")
                ? visitor.saas().selfService().suspensionReason(tenant.id())
                : Optional.empty();
    }

    /** Only its owner enters a database from here. Others need their own member in it. */
    static boolean isEnterable(Visitor visitor, Tenant tenant) {
        return visitor.may(Permission.ENTER_TENANTS) && isOwner(visitor, tenant);
    }

    static boolean isOwner(Visitor visitor, Tenant tenant) {
        return Objects.equals(tenant.ownerId(), visitor.user().id());
    }

    private static void open(PortalExchange exchange, Visitor visitor) throws IOException {
        Tenant tenant = own(exchange, visitor);
        exchange.redirectOut(visitor.saas().access().issue(tenant.id()).url());
    }

    /** Returns the tenant that a path names, if the visitor acts for its customer or owns it, and it is not deleted. */
    static Tenant own(PortalExchange exchange, Visitor visitor) {
        return visitor.saas()
                .tenants()
                .find(new TenantId(exchange.pathId("id")))
                .filter(tenant -> visitor.customer().equals(tenant.customerId()) || isOwner(visitor, tenant))
                .filter(tenant -> tenant.state().live())
                .orElseThrow(PageFailure::notFound);
    }

    private static void showRename(PortalExchange exchange, Visitor visitor) throws IOException {
        Tenant tenant = own(exchange, visitor);
        Form form = new Form().set("label", NameParts.label(tenant.name()));
        renderRename(exchange, 200, tenant, form);
    }

    private static void renderRename(PortalExchange exchange, int status, Tenant tenant, Form form) throws IOException {
        exchange.render(
                status,
                "rename",
                exchange.page(exchange.text("rename.title", tenant.name()), SECTION),
                new ChangeView(tenant.id().value(), tenant.name(), NameParts.suffix(tenant.name()), "", form));
    }

    private static void rename(PortalExchange exchange, Visitor visitor) throws IOException {
        Tenant tenant = own(exchange, visitor);
        Form form = Form.sent(exchange, "label");
        try {
            visitor.saas().selfService().rename(tenant.id(), form.value("label"));
        } catch (SaasException e) {
            form.refuse("label", refusal(exchange.texts(), e));
            renderRename(exchange, 422, tenant, form);
            return;
        }
        exchange.redirect(PATH + "?done=renamed");
    }

    private static void showDelete(PortalExchange exchange, Visitor visitor) throws IOException {
        renderDelete(exchange, 200, own(exchange, visitor), new Form());
    }

    private static void renderDelete(PortalExchange exchange, int status, Tenant tenant, Form form) throws IOException {
        exchange.render(
                status,
                "delete",
                exchange.page(exchange.text("delete.title", tenant.name()), SECTION),
                new ChangeView(
                        tenant.id().value(),
                        tenant.name(),
                        "",
                        DeletionConsequence.describe(exchange.site().saas(), tenant, exchange.texts()),
                        form));
    }

    private static void delete(PortalExchange exchange, Visitor visitor) throws IOException {
        Tenant tenant = own(exchange, visitor);
        Form form = Form.sent(exchange, "name");
        if (!form.value("name").equals(tenant.name())) {
            form.refuse("name", exchange.text("delete.name-wrong"));
            renderDelete(exchange, 422, tenant, form);
            return;
        }
        try {
            Tenant deleted = visitor.saas().selfService().delete(tenant.id());
            exchange.redirect(PATH + "?done=" + (deleted.state() == TenantState.RETAINED ? "retained" : "deleted"));
        } catch (SaasException e) {
            form.refuse("", refusal(exchange.texts(), e));
            renderDelete(exchange, 409, tenant, form);
        }
    }

    private static void restore(PortalExchange exchange, Visitor visitor) throws IOException {
        try {
            visitor.saas().selfService().restore(new TenantId(exchange.pathId("id")));
        } catch (SaasException e) {
            Form form = new Form();
            form.refuse("", refusal(exchange.texts(), e));
            renderList(exchange, visitor, 409, form);
            return;
        }
        exchange.redirect(PATH + "?done=restored");
    }

    /** Returns what the user can correct; rethrows everything else. */
    static Message refusal(Texts texts, SaasException e) {
        if (e.category() == ErrorCategory.INVALID_INPUT || e.category() == ErrorCategory.CONFLICT) {
            return Message.of(texts, e);
        }
        throw e;
    }
}
