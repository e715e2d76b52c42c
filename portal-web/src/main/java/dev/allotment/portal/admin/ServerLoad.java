// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.DatabaseLoad;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.fleet.Server;
import dev.allotment.fleet.ServerStatus;
import dev.allotment.portal.databases.TenantWords;
import dev.allotment.portal.databases.TenantWords.Badge;
import dev.allotment.portal.databases.UsageMeter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The databases of a server, and those of them with the highest load.
 *
 * @param databases how many there are, and how many the server is planned for; empty for a new server
 * @param warnings empty, or about too many databases
 * @param measures what the server measures
 * @param by the measure that they are sorted by; {@value #SIZE}: their size
 */
public record ServerLoad(
        String databases, List<Badge> warnings, List<LoadMeasure> measures, String by, List<Row> rows) {
    /** Sorts by the size of the databases, which is read less often than their load. */
    public static final String SIZE = "size";

    private static final int MOST = 10;

    public ServerLoad {
        warnings = List.copyOf(warnings);
        measures = List.copyOf(measures);
        rows = List.copyOf(rows);
    }

    /**
     * A database.
     *
     * @param id of its tenant
     * @param load a text for each of the measures
     */
    public record Row(long id, String name, List<String> load, String size) {
        public Row {
            load = List.copyOf(load);
        }
    }

    /** For a server that is not registered yet. */
    static ServerLoad none() {
        return new ServerLoad("", List.of(), List.of(), SIZE, List.of());
    }

    /** Returns how a page names a measure in its address. */
    public static String key(LoadMeasure measure) {
        return measure.name().toLowerCase(Locale.ROOT);
    }

    /** @param by the requested measure; any other text: the first one that the server measures */
    static ServerLoad of(Saas saas, Server server, String by) {
        List<DatabaseLoad> all = saas.servers().load(server.id());
        List<LoadMeasure> measures = Arrays.stream(LoadMeasure.values())
                .filter(measure -> all.stream().anyMatch(each -> measure.value(each) >= 0))
                .toList();
        Optional<LoadMeasure> wanted =
                measures.stream().filter(each -> key(each).equals(by)).findFirst();
        Optional<LoadMeasure> measure = by.equals(SIZE)
                ? Optional.empty()
                : wanted.or(() -> measures.stream().findFirst());
        Optional<ServerStatus> status = saas.servers().statuses().stream()
                .filter(each -> each.server().id().equals(server.id()))
                .findFirst();
        return new ServerLoad(
                status.map(each -> TenantWords.number(each.databases()) + " of " + TenantWords.number(server.capacity())
                                + " databases")
                        .orElse(""),
                status.map(ServerList::load).orElse(List.of()),
                measures,
                measure.map(ServerLoad::key).orElse(SIZE),
                measure.map(each -> highest(saas, all, measures, each))
                        .orElseGet(() -> largest(saas, server, all, measures)));
    }

    private static List<Row> largest(Saas saas, Server server, List<DatabaseLoad> all, List<LoadMeasure> measures) {
        Map<UUID, DatabaseLoad> loads =
                all.stream().collect(Collectors.toMap(DatabaseLoad::uuid, Function.identity(), (a, b) -> a));
        Filter<Tenant> here = Filter.and(
                Filter.equal(Tenant.SERVER_ID, server.id()),
                Filter.in(Tenant.STATE, List.of(TenantState.OPEN, TenantState.SUSPENDED)));
        return saas
                .tenants()
                .list(Query.where(here)
                        .orderByDescending(Tenant.DATABASE_SIZE_BYTES)
                        .page(0, MOST))
                .stream()
                .map(each -> row(each, loads.get(each.uuid()), measures))
                .toList();
    }

    /** Leaves out templates and spares, which no customer has. Reads as many names as are shown, or a few more. */
    private static List<Row> highest(
            Saas saas, List<DatabaseLoad> all, List<LoadMeasure> measures, LoadMeasure measure) {
        List<DatabaseLoad> sorted = all.stream()
                .sorted(Comparator.comparingLong(measure::value).reversed().thenComparing(DatabaseLoad::database))
                .toList();
        List<Row> rows = new ArrayList<>();
        for (int from = 0; from < sorted.size() && rows.size() < MOST; from += MOST) {
            List<DatabaseLoad> next = sorted.subList(from, Math.min(sorted.size(), from + MOST));
            Map<UUID, Tenant> tenants = saas
                    .tenants()
                    .list(Query.where(Filter.in(
                            Tenant.UUID, next.stream().map(DatabaseLoad::uuid).toList())))
                    .stream()
                    .collect(Collectors.toMap(Tenant::uuid, Function.identity()));
            for (DatabaseLoad each : next) {
                Tenant tenant = tenants.get(each.uuid());
                if (tenant != null && rows.size() < MOST) {
                    rows.add(row(tenant, each, measures));
                }
            }
        }
        return rows;
    }

    private static Row row(Tenant tenant, @Nullable DatabaseLoad load, List<LoadMeasure> measures) {
        return new Row(
                tenant.id().value(),
                tenant.name(),
                measures.stream()
                        .map(each -> load == null ? "" : each.text(load))
                        .toList(),
                tenant.syncedAt() == null ? "" : UsageMeter.bytes(tenant.databaseSizeBytes()));
    }
}
