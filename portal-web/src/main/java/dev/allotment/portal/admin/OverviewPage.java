// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.portal.admin.OverviewView.Share;
import dev.allotment.portal.admin.OverviewView.Tile;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The first page for administrators. */
final class OverviewPage {
    private static final String DATABASES = "/admin/databases";

    private final TotalUsage usage = new TotalUsage();

    void add(Routes routes) {
        routes.showAdministrator("/admin", this::show);
    }

    private void show(PortalExchange exchange, Visitor visitor) throws IOException {
        Saas saas = visitor.saas();
        Map<String, Long> states = new LinkedHashMap<>();
        Map<TenantState, Long> counts = saas.tenants()
                .counts(
                        Tenant.STATE,
                        List.of(TenantState.OPEN, TenantState.SUSPENDED, TenantState.DRAFT),
                        Filter.all());
        states.put("Running", counts.getOrDefault(TenantState.OPEN, 0L));
        states.put("Suspended", counts.getOrDefault(TenantState.SUSPENDED, 0L));
        states.put("Being created", counts.getOrDefault(TenantState.DRAFT, 0L));
        long live = states.values().stream().mapToLong(Long::longValue).sum();
        List<Share> shares = new ArrayList<>();
        states.forEach((what, count) -> shares.add(new Share(what, count, live == 0 ? 0 : (int) (count * 100 / live))));
        List<Tile> tiles = List.of(
                new Tile(live, live == 1 ? "database" : "databases", DATABASES),
                new Tile(saas.accounts().count(Filter.equal(User.ROLE, Role.PORTAL)), "sign-ups", "/admin/users?all=1"),
                new Tile(
                        saas.operations().count(Filter.equal(Operation.STATE, OperationState.RUNNING)),
                        "running operations",
                        "/admin/operations"),
                new Tile(states.get("Suspended"), "suspended", DATABASES + "?state=pending"));
        DailyCounts days = DailyCounts.read(
                saas,
                exchange.site().clock().instant(),
                List.of(EventType.SIGNED_UP),
                List.of(EventType.TENANT_CREATED, EventType.TENANT_DUPLICATED));
        exchange.render(
                "admin/overview",
                exchange.page("Overview", "admin-overview"),
                new OverviewView(
                        tiles,
                        shares,
                        days.columns(),
                        usage.trends(saas, exchange.site().clock().instant())));
    }
}
