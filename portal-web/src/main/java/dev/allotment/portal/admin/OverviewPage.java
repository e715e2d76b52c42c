// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.backup.BackupDrills;
import dev.allotment.backup.LastDrill;
import dev.allotment.portal.admin.OverviewView.Share;
import dev.allotment.portal.admin.OverviewView.Tile;
import dev.allotment.portal.admin.TenantView.Fact;
import dev.allotment.portal.databases.TenantWords;
import dev.allotment.portal.text.PortalTexts;
import dev.allotment.portal.web.Moment;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The first page for administrators. */
final class OverviewPage {
    private static final String DATABASES = "/admin/databases";
    private static final Map<String, String> NOTICES =
            Map.of("password", PortalTexts.ENGLISH.text("databases.done.password"));

    private final TotalUsage usage = new TotalUsage();

    void add(Routes routes) {
        routes.showOperator("/admin", this::show);
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
                tile(live, live == 1 ? "database" : "databases", DATABASES),
                tile(saas.accounts().count(Filter.equal(User.ROLE, Role.PORTAL)), "customer accounts", "/admin/users"),
                tile(
                        saas.operations().count(Filter.equal(Operation.STATE, OperationState.RUNNING)),
                        "running operations",
                        "/admin/operations"),
                tile(counts.getOrDefault(TenantState.SUSPENDED, 0L), "suspended", DATABASES + "?state=pending"));
        DailyCounts days = DailyCounts.read(
                saas,
                exchange.site().clock().instant(),
                List.of(EventType.SIGNED_UP),
                List.of(EventType.TENANT_CREATED, EventType.TENANT_DUPLICATED));
        exchange.render(
                "admin/overview",
                exchange.page("Overview", "admin-overview", NOTICES.get(exchange.param("done"))),
                new OverviewView(
                        Attentions.find(saas, exchange.site().clock().instant()),
                        tiles,
                        shares,
                        days.columns(),
                        usage.trends(saas, exchange.site().clock().instant()),
                        drill(saas, exchange.site().clock().instant())));
    }

    private static List<Fact> drill(Saas saas, Instant now) {
        BackupDrills drills = saas.backups().drills();
        LastDrill last = drills.last();
        List<Fact> facts = new ArrayList<>();
        if (last != null) {
            String error = last.errorCode();
            facts.add(new Fact(
                    "Last drill",
                    Moment.of(last.endedAt()),
                    OperationPages.PATH + "?kind=" + OperationKind.DRILL_BACKUP));
            facts.add(new Fact("Result", error == null ? "The backup can be restored" : "Failed: " + error));
            facts.add(saas.tenants()
                    .find(last.tenant())
                    .map(tenant -> new Fact("Database", tenant.name(), DATABASES + "/" + tenant.id()))
                    .orElse(new Fact("Database", "")));
            facts.add(new Fact("Backup", last.backup().toString()));
        }
        if (drills.failed() > 0) {
            Instant succeeded = drills.succeededAt();
            String since = succeeded == null ? "" : " since " + Moment.of(succeeded);
            facts.add(new Fact("Failed drills", drills.failed() + since));
        }
        Instant next = drills.nextAt();
        if (next != null) {
            facts.add(new Fact("Next drill", Moment.orElse(next.isAfter(now) ? next : null, "As soon as possible")));
        } else if (last != null) {
            facts.add(new Fact("Next drill", "On request only"));
        }
        return facts;
    }

    private static Tile tile(long figure, String what, String path) {
        return new Tile(TenantWords.number(figure), what, path);
    }
}
