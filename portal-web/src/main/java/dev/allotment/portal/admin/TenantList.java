// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Filter;
import dev.allotment.Filter.Operator;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.portal.web.Choice;
import dev.allotment.portal.web.Listing;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.SortKey;
import dev.allotment.portal.web.SortKey.Kind;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The list of tenants, with its filters. */
final class TenantList {
    private static final List<TenantState> LIVE = List.of(TenantState.DRAFT, TenantState.OPEN, TenantState.SUSPENDED);
    private static final List<Choice> STATES = List.of(
            new Choice("open", "Running"),
            new Choice("pending", "Suspended"),
            new Choice("draft", "Being created"),
            new Choice("retained", "Deleted, restorable"),
            new Choice("deleted", "Deleted"));
    private static final List<Choice> USAGES = List.of(new Choice("over", "Over the storage limit"));
    private static final String EXPIRED = "expired";
    private static final String WEEK = "week";
    private static final String MONTH = "month";
    private static final String NEVER = "never";
    private static final List<Choice> EXPIRIES = List.of(
            new Choice(EXPIRED, "Expired"),
            new Choice(WEEK, "Expires within 7 days"),
            new Choice(MONTH, "Expires within 30 days"),
            new Choice(NEVER, "No end date"));
    private static final List<SortKey.Of<Tenant>> KEYS = List.of(
            new SortKey.Of<>("name", "Name", Kind.TEXT, Tenant.NAME),
            new SortKey.Of<>("users", "Users", Kind.NUMBER, Tenant.USERS_COUNT),
            new SortKey.Of<>("size", "Database size", Kind.NUMBER, Tenant.DATABASE_SIZE_BYTES),
            new SortKey.Of<>("end", "Time left", Kind.END, Tenant.EXPIRES_AT),
            new SortKey.Of<>("created", "Created", Kind.TIME, Tenant.CREATED_AT));

    private TenantList() {}

    static void show(PortalExchange exchange, Visitor visitor) throws IOException {
        Saas saas = visitor.saas();
        Instant now = exchange.site().clock().instant();
        Listing listing = Listing.of(exchange, TenantPages.PATH);
        String text = listing.search("name, owner, email or ID");
        List<Filter<? super Tenant>> parts = new ArrayList<>();
        parts.add(byState(listing.choice("state", "State", "All active", STATES)));
        listing.id("plan", "Plan", "All plans", Choices.plans(saas))
                .ifPresent(id -> parts.add(Filter.equal(Tenant.PLAN_ID, new PlanId(id))));
        listing.id("server", "Server", "All servers", Choices.servers(saas))
                .ifPresent(id -> parts.add(Filter.equal(Tenant.SERVER_ID, new ServerId(id))));
        String owner = listing.text("owner", "Owner (login or email)");
        if (!owner.isEmpty()) {
            parts.add(Filter.in(Tenant.OWNER_ID, owners(saas, listing, owner)));
        }
        String tag = listing.text("tag", "Tag");
        if (!tag.isEmpty()) {
            parts.add(Filter.tagged(tag));
        }
        parts.add(byExpiry(listing.choice("expiry", "Expiry", "Any", EXPIRIES), now));
        if (!listing.choice("usage", "Usage", "Any", USAGES).isEmpty()) {
            parts.add(Filter.equal(Tenant.STORAGE_EXCEEDED, true));
        }
        parts.add(listing.days("end-", "End date", Tenant.EXPIRES_AT));
        if (!text.isEmpty()) {
            parts.add(search(saas, listing, text));
        }
        List<Tenant> tenants = listing.read(saas.tenants(), Filter.and(parts), "name", KEYS);
        exchange.render(
                listing.status(),
                "admin/databases",
                exchange.page("Databases", TenantPages.SECTION, TenantPages.NOTICES.get(exchange.param("done"))),
                new TenantsView(DatabaseRows.of(saas, tenants, now), listing.controls()));
    }

    private static Filter<Tenant> byState(String state) {
        return switch (state) {
            case "open" -> Filter.equal(Tenant.STATE, TenantState.OPEN);
            case "pending" -> Filter.equal(Tenant.STATE, TenantState.SUSPENDED);
            case "draft" -> Filter.equal(Tenant.STATE, TenantState.DRAFT);
            case "retained" -> Filter.equal(Tenant.STATE, TenantState.RETAINED);
            case "deleted" -> Filter.in(Tenant.STATE, List.of(TenantState.RETAINED, TenantState.DELETED));
            default -> Filter.in(Tenant.STATE, LIVE);
        };
    }

    private static Filter<Tenant> byExpiry(String expiry, Instant now) {
        return switch (expiry) {
            case EXPIRED -> Filter.compare(Tenant.EXPIRES_AT, Operator.LESS_OR_EQUAL, now);
            case WEEK -> between(now, now.plus(Duration.ofDays(7)));
            case MONTH -> between(now, now.plus(Duration.ofDays(30)));
            case NEVER -> Filter.equal(Tenant.EXPIRES_AT, null);
            default -> Filter.all();
        };
    }

    private static Filter<Tenant> between(Instant start, Instant end) {
        return Filter.and(
                Filter.compare(Tenant.EXPIRES_AT, Operator.GREATER, start),
                Filter.compare(Tenant.EXPIRES_AT, Operator.LESS_OR_EQUAL, end));
    }

    /** Returns the accounts with this login or email. Several accounts may have one email. */
    private static List<UserId> owners(Saas saas, Listing listing, String text) {
        List<UserId> owners = Search.ids(
                saas.accounts(),
                Filter.or(Search.is(text, User.LOGIN), Search.is(text, User.EMAIL)),
                User::id,
                "accounts have this email",
                listing);
        if (owners.isEmpty()) {
            listing.refuse("owner", "No account has the login or email \"" + text + "\".");
        }
        return owners;
    }

    private static Filter<Tenant> search(Saas saas, Listing listing, String text) {
        Optional<UUID> uuid = Search.uuid(text);
        if (uuid.isPresent()) {
            return Filter.or(Filter.equal(Tenant.UUID, uuid.get()), Filter.equal(Tenant.NAME, text));
        }
        List<UserId> owners = Search.ids(
                saas.accounts(),
                Search.contains(text, User.NAME, User.LOGIN, User.EMAIL),
                User::id,
                "owners match",
                listing);
        return Filter.or(
                Search.contains(text, Tenant.NAME),
                Filter.in(Tenant.OWNER_ID, owners),
                Search.number(text)
                        .map(id -> Filter.equal(Tenant.ID, new TenantId(id)))
                        .orElse(Filter.none()));
    }

    /** Returns the ids of the tenants whose names contain a text, for lists of what happened to them. */
    static List<TenantId> named(Saas saas, Listing listing, String text) {
        return Search.ids(saas.tenants(), Search.contains(text, Tenant.NAME), Tenant::id, "databases match", listing);
    }

    /** Returns the name of a tenant; empty if there is none. */
    static String name(Saas saas, long id) {
        return saas.tenants().list(Query.where(Filter.equal(Tenant.ID, new TenantId(id)))).stream()
                .map(Tenant::name)
                .findFirst()
                .orElse("");
    }
}
