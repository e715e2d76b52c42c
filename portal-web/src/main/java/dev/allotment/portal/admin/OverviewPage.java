// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.BackupDrills;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.LastDrill;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.portal.admin.OverviewView.Share;
import dev.allotment.portal.admin.OverviewView.Tile;
import dev.allotment.portal.admin.TenantView.Fact;
import dev.allotment.portal.databases.TenantWords;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
        List<Tile> tiles = new ArrayList<>(List.of(
                new Tile(live, live == 1 ? "database" : "databases", DATABASES),
                new Tile(saas.accounts().count(Filter.equal(User.ROLE, Role.PORTAL)), "sign-ups", "/admin/users?all=1"),
                new Tile(
                        saas.operations().count(Filter.equal(Operation.STATE, OperationState.RUNNING)),
                        "running operations",
                        "/admin/operations"),
                new Tile(states.get("Suspended"), "suspended", DATABASES + "?state=pending")));
        failedBackups(saas, exchange.site().clock().instant()).ifPresent(tiles::add);
        erasureRequests(saas).ifPresent(tiles::add);
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
                        usage.trends(saas, exchange.site().clock().instant()),
                        drill(saas, exchange.site().clock().instant()),
                        saas.backups().hasStore()));
    }

    private static List<Fact> drill(Saas saas, Instant now) {
        BackupDrills drills = saas.backups().drills();
        LastDrill last = drills.last();
        List<Fact> facts = new ArrayList<>();
        if (last != null) {
            String error = last.errorCode();
            facts.add(new Fact(
                    "Last drill",
                    TenantWords.minute(last.endedAt()),
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
            String since = succeeded == null ? "" : " since " + TenantWords.minute(succeeded);
            facts.add(new Fact("Failed drills", drills.failed() + since));
        }
        Instant next = drills.nextAt();
        if (next != null) {
            facts.add(new Fact("Next drill", next.isAfter(now) ? TenantWords.minute(next) : "As soon as possible"));
        } else if (last != null) {
            facts.add(new Fact("Next drill", "On request only"));
        }
        return facts;
    }

    /** Empty if no request is open. */
    private static Optional<Tile> erasureRequests(Saas saas) {
        long open = saas.accounts().count(Filter.notEqual(User.ERASURE_REQUESTED_AT, null));
        return open == 0
                ? Optional.empty()
                : Optional.of(new Tile(
                        open, open == 1 ? "erasure request" : "erasure requests", "/admin/users?all=1&state=erasure"));
    }

    /** The number behind which the list of operations has the same ones; empty if no backup failed. */
    private static Optional<Tile> failedBackups(Saas saas, Instant now) {
        LocalDate yesterday = LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(1);
        long failed = saas.operations()
                .count(Filter.and(
                        Filter.equal(Operation.KIND, OperationKind.BACK_UP_TENANT),
                        Filter.equal(Operation.STATE, OperationState.FAILED),
                        Filter.compare(
                                Operation.CREATED_AT,
                                Filter.Operator.GREATER_OR_EQUAL,
                                yesterday.atStartOfDay().toInstant(ZoneOffset.UTC))));
        return failed == 0
                ? Optional.empty()
                : Optional.of(new Tile(
                        failed,
                        failed == 1 ? "failed backup since yesterday" : "failed backups since yesterday",
                        OperationPages.PATH + "?state=failed&kind=" + OperationKind.BACK_UP_TENANT + "&from="
                                + yesterday));
    }
}
