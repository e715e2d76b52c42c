// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.portal.web.Listing;
import dev.allotment.portal.web.Moment;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.SortKey;
import dev.allotment.portal.web.SortKey.Kind;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The audit log: who did what, when and from where. */
final class AuditPage {
    private static final String PATH = "/admin/audit";
    private static final String SECTION = "admin-audit";
    /** The start of an IP address. */
    private static final Pattern ADDRESS = Pattern.compile("[0-9a-f.:]+");

    private static final List<SortKey.Of<Event>> KEYS = List.of(new SortKey.Of<>("at", "When", Kind.TIME, Event.AT));

    void add(Routes routes) {
        routes.showOperator(PATH, AuditPage::list);
    }

    private static void list(PortalExchange exchange, Visitor visitor) throws IOException {
        Saas saas = visitor.saas();
        Listing listing = Listing.of(exchange, PATH);
        String text = listing.search("database, user or network address");
        List<Filter<? super Event>> parts = new ArrayList<>();
        String type = listing.choice("type", "What", "All events", Choices.of(EventType.values(), Words::event));
        Arrays.stream(EventType.values())
                .filter(each -> each.name().equals(type))
                .forEach(each -> parts.add(Filter.equal(Event.TYPE, each)));
        listing.about("database", "About", id -> TenantList.name(saas, id))
                .ifPresent(id -> parts.add(Filter.equal(Event.TENANT_ID, new TenantId(id))));
        parts.add(listing.days("", "Happened", Event.AT));
        if (!text.isEmpty()) {
            parts.add(search(saas, listing, text));
        }
        List<AuditView.Row> rows = rows(saas, listing.read(saas.events(), Filter.and(parts), "-at", KEYS));
        exchange.render(
                listing.status(),
                "admin/audit",
                exchange.page("Audit log", SECTION),
                new AuditView(rows, listing.controls()));
    }

    /** Compares values only: a log is too long for a pattern on each of its texts. */
    private static Filter<Event> search(Saas saas, Listing listing, String text) {
        List<User> users = Search.found(
                saas.accounts(), Search.contains(text, User.NAME, User.LOGIN, User.EMAIL), "users match", listing);
        List<String> actors = new ArrayList<>(users.stream().map(User::login).toList());
        actors.add(text);
        return Filter.or(
                Filter.in(Event.TENANT_ID, TenantList.named(saas, listing, text)),
                Filter.in(Event.USER_ID, users.stream().map(User::id).toList()),
                Filter.in(Event.ACTOR, actors),
                ADDRESS.matcher(text).matches()
                        ? Filter.like(Event.CLIENT_ADDRESS, Filter.literal(text) + "%")
                        : Filter.none());
    }

    /** Reads the names that the events refer to, with one query for each kind of record. */
    private static List<AuditView.Row> rows(Saas saas, List<Event> events) {
        Map<TenantId, String> tenants = saas
                .tenants()
                .list(Query.where(Filter.in(Tenant.ID, distinct(events.stream().map(Event::tenantId)))))
                .stream()
                .collect(Collectors.toMap(Tenant::id, Tenant::name));
        List<UserId> users = distinct(Stream.concat(
                events.stream().map(Event::userId),
                events.stream().flatMap(event -> id(event, "account").stream()).map(UserId::new)));
        Map<String, String> accounts = saas.accounts().list(Query.where(Filter.in(User.ID, users))).stream()
                .collect(Collectors.toMap(user -> user.id().toString(), User::login));
        List<PlanId> planIds = distinct(events.stream()
                .flatMap(event -> Stream.of("plan", "from", "to").flatMap(key -> id(event, key).stream()))
                .map(PlanId::new));
        Map<String, String> plans = saas.plans().list(Query.where(Filter.in(Plan.ID, planIds))).stream()
                .collect(Collectors.toMap(plan -> plan.id().toString(), Plan::name));
        return events.stream()
                .map(event -> row(event, tenants, accounts, plans))
                .toList();
    }

    private static <T> List<T> distinct(Stream<T> ids) {
        return ids.filter(Objects::nonNull).distinct().toList();
    }

    /** Returns the id in a detail, which may be followed by a slash and the version of a plan. */
    private static Optional<Long> id(Event event, String key) {
        String value = event.details().getOrDefault(key, "");
        return Search.number(value.contains("/") ? value.substring(0, value.indexOf('/')) : value);
    }

    private static AuditView.Row row(
            Event event, Map<TenantId, String> tenants, Map<String, String> accounts, Map<String, String> plans) {
        TenantId tenant = event.tenantId();
        UserId user = event.userId();
        String about = "";
        String link = "";
        if (tenant != null) {
            String name = tenants.getOrDefault(tenant, "");
            about = name.isEmpty() ? "Database " + tenant + " (no longer exists)" : name;
            link = name.isEmpty() ? "" : "/admin/databases/" + tenant;
        } else if (user != null) {
            about = accounts.getOrDefault(user.toString(), "");
            link = about.isEmpty() ? "" : "/admin/users/" + user;
        }
        String clientAddress = event.clientAddress();
        return new AuditView.Row(
                Moment.of(event.at()),
                Words.event(event),
                Words.actor(event.actor()),
                clientAddress == null ? "" : clientAddress,
                about,
                link,
                EventDetails.describe(event, about, plans, accounts));
    }
}
