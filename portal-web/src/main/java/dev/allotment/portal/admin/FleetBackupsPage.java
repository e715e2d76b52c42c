// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Customer;
import dev.allotment.CustomerId;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.TenantId;
import dev.allotment.Usage;
import dev.allotment.portal.admin.FleetBackupsView.Drill;
import dev.allotment.portal.admin.FleetBackupsView.Large;
import dev.allotment.portal.admin.FleetBackupsView.Late;
import dev.allotment.portal.databases.UsageMeter;
import dev.allotment.portal.web.Moment;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What needs attention about the backups of all databases. It reads the catalog only. */
final class FleetBackupsPage {
    static final String PATH = "/admin/backups";
    private static final int SHOWN = 10;
    private static final Duration DRILLS = Duration.ofDays(30);

    void add(Routes routes) {
        routes.showOperator(PATH, FleetBackupsPage::show);
    }

    private static void show(PortalExchange exchange, Visitor visitor) throws IOException {
        Saas saas = visitor.saas();
        Instant now = exchange.site().clock().instant();
        LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        exchange.render(
                "admin/fleet-backups",
                exchange.page("Backups", "admin-backups"),
                new FleetBackupsView(
                        saas.backups().hasStore(),
                        saas.backups().overdue(SHOWN).stream()
                                .map(each -> new Late(each.tenant().value(), each.name(), Moment.of(each.dueAt())))
                                .toList(),
                        failed(saas, today.minusDays(1)),
                        drills(saas, now),
                        UsageMeter.bytes(saas.usage().total(today).backupSizeBytes()),
                        largest(saas, today)));
    }

    private static List<OperationsView.Row> failed(Saas saas, LocalDate from) {
        Filter<Operation> failed = Filter.and(
                Filter.equal(Operation.KIND, OperationKind.BACK_UP_TENANT),
                Filter.equal(Operation.STATE, OperationState.FAILED),
                Filter.compare(
                        Operation.CREATED_AT,
                        Filter.Operator.GREATER_OR_EQUAL,
                        from.atStartOfDay().toInstant(ZoneOffset.UTC)));
        return OperationRows.of(
                saas,
                saas.operations()
                        .list(Query.where(failed)
                                .orderByDescending(Operation.CREATED_AT)
                                .page(0, SHOWN)));
    }

    /** Each type is searched separately, so that the index on the type and the time is used. */
    private static List<Drill> drills(Saas saas, Instant now) {
        return Stream.of(EventType.BACKUP_DRILLED, EventType.BACKUP_DRILL_FAILED)
                .flatMap(type -> saas
                        .events()
                        .list(Query.where(Filter.and(
                                        Filter.equal(Event.TYPE, type),
                                        Filter.compare(Event.AT, Filter.Operator.GREATER_OR_EQUAL, now.minus(DRILLS))))
                                .orderByDescending(Event.AT)
                                .page(0, SHOWN))
                        .stream())
                .sorted(Comparator.comparing(Event::at).reversed())
                .limit(SHOWN)
                .map(FleetBackupsPage::drill)
                .toList();
    }

    private static Drill drill(Event event) {
        TenantId tenant = event.tenantId();
        String error = event.details().get("error");
        return new Drill(
                tenant == null ? 0 : tenant.value(),
                event.details().getOrDefault("name", ""),
                Moment.of(event.at()),
                error == null ? "The backup can be restored" : "Failed: " + error,
                error == null);
    }

    /** A database has no usage of today before its size was read, so that of yesterday counts then. */
    private static List<Large> largest(Saas saas, LocalDate today) {
        Filter<Usage> lately = Filter.in(
                Usage.DAY,
                Stream.of(today, today.minusDays(1))
                        .map(each -> each.atStartOfDay().toInstant(ZoneOffset.UTC))
                        .toList());
        List<TenantId> candidates = saas
                .usage()
                .list(Query.where(lately)
                        .orderByDescending(Usage.BACKUP_SIZE_BYTES)
                        .page(0, 2 * SHOWN))
                .stream()
                .map(Usage::tenantId)
                .distinct()
                .toList();
        Map<TenantId, Usage> latest = new LinkedHashMap<>();
        saas.usage()
                .list(Query.where(Filter.and(lately, Filter.in(Usage.TENANT_ID, candidates)))
                        .orderBy(Usage.DAY))
                .forEach(each -> latest.put(each.tenantId(), each));
        latest.values().removeIf(each -> each.backupSizeBytes() == 0);
        Map<CustomerId, String> customers =
                customers(saas, latest.values().stream().toList());
        List<Large> largest = new ArrayList<>();
        latest.values().stream()
                .sorted(Comparator.comparing(Usage::backupSizeBytes).reversed())
                .limit(SHOWN)
                .forEach(each -> largest.add(new Large(
                        each.tenantId().value(),
                        each.name(),
                        name(customers, each.customerId()),
                        UsageMeter.bytes(each.backupSizeBytes()))));
        return largest;
    }

    private static Map<CustomerId, String> customers(Saas saas, List<Usage> usage) {
        List<CustomerId> ids = usage.stream()
                .map(Usage::customerId)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        Map<CustomerId, String> names = new HashMap<>();
        saas.customers()
                .list(Query.where(Filter.in(Customer.ID, ids)))
                .forEach(each -> names.put(each.id(), each.name()));
        return names;
    }

    private static String name(Map<CustomerId, String> customers, @Nullable CustomerId id) {
        return id == null ? "" : customers.getOrDefault(id, "");
    }
}
