// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.DatabaseActivity;
import dev.allotment.Tenant;
import dev.allotment.portal.admin.TenantView.Fact;
import dev.allotment.portal.databases.TenantWords;
import dev.allotment.portal.databases.UsageMeter;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a database does now, for an administrator who asks why it is slow. */
final class ActivityPage {
    void add(Routes routes) {
        routes.showOperator(TenantPages.PATH + "/{id}/activity", ActivityPage::show);
    }

    private static void show(PortalExchange exchange, Visitor visitor) throws IOException {
        Tenant tenant = TenantPages.tenant(exchange, visitor);
        exchange.render(
                "admin/activity",
                exchange.page("Activity of " + tenant.name(), TenantPages.SECTION),
                view(tenant, visitor.saas().tenants().activity(tenant.id())));
    }

    private static ActivityView view(Tenant tenant, Optional<DatabaseActivity> found) {
        DatabaseActivity activity = found.orElse(null);
        if (activity == null) {
            return new ActivityView(tenant.id().value(), tenant.name(), false, List.of(), List.of(), null, null);
        }
        List<DatabaseActivity.Statement> slowest = activity.slowest();
        List<DatabaseActivity.Table> largest = activity.largest();
        return new ActivityView(
                tenant.id().value(),
                tenant.name(),
                true,
                facts(tenant, activity),
                activity.sessions().stream().map(ActivityPage::session).toList(),
                slowest == null
                        ? null
                        : slowest.stream()
                                .map(each -> new ActivityView.Statement(
                                        each.text(), TenantWords.number(each.calls()), time(each.total())))
                                .toList(),
                largest == null
                        ? null
                        : largest.stream()
                                .map(each -> new ActivityView.Table(
                                        each.name(),
                                        each.bytes() == null ? "" : UsageMeter.bytes(each.bytes()),
                                        TenantWords.number(each.rows()),
                                        each.deadRows() == null ? "" : TenantWords.number(each.deadRows())))
                                .toList());
    }

    private static List<Fact> facts(Tenant tenant, DatabaseActivity activity) {
        List<Fact> facts = new ArrayList<>();
        Integer most = activity.maxConnections();
        facts.add(new Fact("Connections", activity.connections() + (most == null ? "" : " of " + most)));
        Double hits = activity.cacheHits();
        facts.add(new Fact("Blocks found in the cache", hits == null ? "Not measured" : (int) (hits * 100) + " %"));
        facts.add(new Fact(
                "Size when last read",
                tenant.syncedAt() == null ? "Not read yet" : UsageMeter.bytes(tenant.databaseSizeBytes())));
        return facts;
    }

    private static ActivityView.Session session(DatabaseActivity.Session session) {
        String waitsFor = session.waitsFor();
        String statement = session.statement();
        return new ActivityView.Session(
                session.id(),
                session.application() ? session.state() : session.state() + ", not of the application",
                time(session.running()),
                time(session.transaction()),
                waitsFor == null ? "" : waitsFor,
                session.blockedBy().stream().map(String::valueOf).collect(Collectors.joining(", ")),
                statement == null ? "" : statement);
    }

    private static String time(@Nullable Duration duration) {
        return duration == null ? "" : Words.duration(duration);
    }
}
