// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Filter;
import dev.allotment.Role;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.portal.databases.TenantWords;
import dev.allotment.portal.databases.TenantWords.Badge;
import dev.allotment.portal.web.Choice;
import dev.allotment.portal.web.Listing;
import dev.allotment.portal.web.Moment;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.RoleWords;
import dev.allotment.portal.web.SortKey;
import dev.allotment.portal.web.SortKey.Kind;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The list of accounts: those of customers, unless the address selects the operators or everyone. */
final class UserList {
    /** The account in whose name the system acts. It cannot sign in. */
    private static final String SYSTEM = "__system__";

    private static final String KIND = "kind";
    private static final String STAFF = "staff";
    private static final String EVERYONE = "all";
    private static final List<Choice> KINDS = List.of(new Choice(STAFF, "Operators"), new Choice(EVERYONE, "Everyone"));
    private static final List<Choice> STATES = List.of(
            new Choice("active", "Can sign in"),
            new Choice("deactivated", "Deactivated"),
            new Choice("never", "Never signed in"),
            new Choice("erasure", "Requests erasure"));
    private static final List<SortKey.Of<User>> KEYS = List.of(
            new SortKey.Of<>("name", "Name", Kind.TEXT, User.NAME),
            new SortKey.Of<>("login", "Login", Kind.TEXT, User.LOGIN),
            new SortKey.Of<>("since", "Since", Kind.TIME, User.CREATED_AT),
            new SortKey.Of<>("last", "Last sign-in", Kind.TIME, User.LAST_LOGIN_AT));

    private UserList() {}

    static void show(PortalExchange exchange, Visitor visitor) throws IOException {
        Listing listing = Listing.of(exchange, UserPages.PATH);
        String text = listing.search("name, login, email or ID");
        List<Filter<? super User>> parts = new ArrayList<>();
        String kind = listing.choice(KIND, "Kind", "Customers", KINDS);
        switch (kind) {
            case STAFF -> {
                parts.add(Filter.notEqual(User.ROLE, Role.PORTAL));
                parts.add(Filter.notEqual(User.LOGIN, SYSTEM));
            }
            case EVERYONE -> {}
            default -> parts.add(Filter.equal(User.ROLE, Role.PORTAL));
        }
        switch (listing.choice("state", "State", "Any", STATES)) {
            case "active" -> parts.add(Filter.equal(User.ACTIVE, true));
            case "deactivated" -> parts.add(Filter.equal(User.ACTIVE, false));
            case "never" -> parts.add(Filter.equal(User.LAST_LOGIN_AT, null));
            case "erasure" -> parts.add(Filter.notEqual(User.ERASURE_REQUESTED_AT, null));
            default -> {}
        }
        parts.add(listing.days("since-", "Since", User.CREATED_AT));
        if (!text.isEmpty()) {
            parts.add(Filter.or(
                    Search.contains(text, User.LOGIN, User.NAME, User.EMAIL),
                    Search.number(text)
                            .map(id -> Filter.equal(User.ID, new UserId(id)))
                            .orElse(Filter.none())));
        }
        List<User> users = listing.read(visitor.saas().accounts(), Filter.and(parts), "name", KEYS);
        exchange.render(
                listing.status(),
                "admin/users",
                exchange.page("Users", UserPages.SECTION, UserPages.NOTICES.get(exchange.param("done"))),
                new UsersView(
                        users.stream().map(UserList::row).toList(),
                        kinds(listing, kind),
                        kind.equals(EVERYONE) ? "" : listing.with(KIND, EVERYONE),
                        listing.controls()));
    }

    private static List<UsersView.Kind> kinds(Listing listing, String kind) {
        List<UsersView.Kind> kinds = new ArrayList<>();
        kinds.add(new UsersView.Kind("Customers", listing.with(KIND, ""), kind.isEmpty()));
        KINDS.forEach(each -> kinds.add(
                new UsersView.Kind(each.text(), listing.with(KIND, each.value()), kind.equals(each.value()))));
        return kinds;
    }

    private static UsersView.Row row(User user) {
        Instant erasure = user.erasureRequestedAt();
        return new UsersView.Row(
                user.id().value(),
                user.name(),
                user.login(),
                role(user),
                user.active(),
                user.login().equals(SYSTEM),
                erasure == null ? "" : TenantWords.day(erasure),
                TenantWords.day(user.createdAt()),
                Moment.orElse(user.lastLoginAt(), "never"));
    }

    private static Badge role(User user) {
        if (user.login().equals(SYSTEM)) {
            return new Badge("System", "off");
        }
        return new Badge(RoleWords.title(user.role()), user.portal() ? "busy" : "good");
    }
}
