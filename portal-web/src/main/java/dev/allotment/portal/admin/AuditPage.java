// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.portal.databases.TenantWords;
import dev.allotment.portal.web.Listing;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The audit log: who did what, when and from where. */
final class AuditPage {
    private static final String PATH = "/admin/audit";
    private static final String SECTION = "admin-audit";

    void add(Routes routes) {
        routes.showAdministrator(PATH, AuditPage::list);
    }

    private static void list(PortalExchange exchange, Visitor visitor) throws IOException {
        Listing listing = Listing.of(exchange, PATH, "type", "database");
        Saas saas = visitor.saas();
        Optional<EventType> type = Arrays.stream(EventType.values())
                .filter(each -> each.name().equals(listing.value("type")))
                .findFirst();
        Optional<Tenant> tenant =
                exchange.numberParam("database").map(TenantId::new).flatMap(saas.tenants()::find);
        Filter<Event> filter = Filter.and(
                type.map(each -> Filter.equal(Event.TYPE, each)).orElse(Filter.all()),
                tenant.map(each -> Filter.equal(Event.TENANT_ID, each.id())).orElse(Filter.all()));
        List<AuditView.Row> rows = saas
                .events()
                .list(Query.where(filter).orderByDescending(Event.ID).page(listing.offset(), Listing.PER_PAGE))
                .stream()
                .map(event -> row(saas, event))
                .toList();
        List<SelectOption> types = new ArrayList<>();
        types.add(new SelectOption("", "All events", type.isEmpty()));
        for (EventType each : EventType.values()) {
            types.add(new SelectOption(
                    each.name(), Words.event(each), type.filter(each::equals).isPresent()));
        }
        AuditView view = new AuditView(
                rows,
                types,
                tenant.map(Tenant::name).orElse(""),
                tenant.map(each -> each.id().value()).orElse(0L),
                listing.with("database", ""),
                listing.pager(saas.events().count(filter)));
        exchange.render("admin/audit", exchange.page("Audit log", SECTION), view);
    }

    private static AuditView.Row row(Saas saas, Event event) {
        TenantId tenant = event.tenantId();
        UserId user = event.userId();
        String about = "";
        String name = tenant == null
                ? ""
                : saas.tenants().find(tenant).map(Tenant::name).orElse("");
        if (tenant != null) {
            about = name.isEmpty() ? "Database " + tenant + " (no longer exists)" : name;
        } else if (user != null) {
            about = saas.accounts().find(user).map(User::login).orElse("");
        }
        String clientAddress = event.clientAddress();
        return new AuditView.Row(
                TenantWords.minute(event.at()),
                Words.event(event.type()),
                event.actor(),
                clientAddress == null ? "" : clientAddress,
                about,
                tenant == null || name.isEmpty() ? 0 : tenant.value(),
                details(event.details(), about));
    }

    /** Leaves out what the column for the subject shows already. */
    private static String details(Map<String, String> details, String about) {
        return new TreeMap<>(details)
                .entrySet().stream()
                        .filter(each ->
                                !each.getValue().isEmpty() && !each.getValue().equals(about))
                        .map(each -> each.getKey() + ": " + each.getValue())
                        .collect(Collectors.joining(" · "));
    }
}
