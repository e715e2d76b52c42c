// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.DatabaseLoad;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.portal.databases.UsageMeter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The databases of a server with the highest load.
 *
 * @param by the measure that they are sorted by; {@value #SIZE}: their size
 * @param known whether the load of any database is known
 */
public record ServerLoad(String by, boolean known, List<Row> rows) {
    /** Sorts by the size of the databases, which is read less often than their load. */
    public static final String SIZE = "size";

    private static final int MOST = 10;

    public ServerLoad {
        rows = List.copyOf(rows);
    }

    /**
     * A database.
     *
     * @param id of its tenant; 0: it belongs to none
     * @param load a text for each {@link LoadMeasure}
     */
    public record Row(long id, String name, List<String> load, String size) {
        public Row {
            load = List.copyOf(load);
        }
    }

    /** For a server that is not registered yet. */
    static ServerLoad none() {
        return new ServerLoad(SIZE, false, List.of());
    }

    /** Returns how a page names a measure in its address. */
    public static String key(LoadMeasure measure) {
        return measure.name().toLowerCase(Locale.ROOT);
    }

    /** @param by the requested measure; any other text: connections */
    static ServerLoad of(Saas saas, ServerId server, String by) {
        List<DatabaseLoad> all = saas.servers().load(server);
        if (by.equals(SIZE)) {
            Map<UUID, DatabaseLoad> loads =
                    all.stream().collect(Collectors.toMap(DatabaseLoad::uuid, Function.identity(), (a, b) -> a));
            List<Row> rows = saas
                    .tenants()
                    .list(Query.where(Filter.and(
                                    Filter.equal(Tenant.SERVER_ID, server),
                                    Filter.in(Tenant.STATE, List.of(TenantState.OPEN, TenantState.SUSPENDED))))
                            .orderByDescending(Tenant.DATABASE_SIZE_BYTES)
                            .page(0, MOST))
                    .stream()
                    .map(each -> row(each.name(), each, loads.get(each.uuid())))
                    .toList();
            return new ServerLoad(SIZE, !all.isEmpty(), rows);
        }
        LoadMeasure measure = Arrays.stream(LoadMeasure.values())
                .filter(each -> key(each).equals(by))
                .findFirst()
                .orElse(LoadMeasure.CONNECTIONS);
        List<DatabaseLoad> most = all.stream()
                .sorted(Comparator.comparingLong(measure::value).reversed().thenComparing(DatabaseLoad::database))
                .limit(MOST)
                .toList();
        Map<UUID, Tenant> tenants = saas
                .tenants()
                .list(Query.where(Filter.in(
                        Tenant.UUID, most.stream().map(DatabaseLoad::uuid).toList())))
                .stream()
                .collect(Collectors.toMap(Tenant::uuid, Function.identity()));
        return new ServerLoad(
                key(measure),
                !all.isEmpty(),
                most.stream()
                        .map(each -> row(each.database(), tenants.get(each.uuid()), each))
                        .toList());
    }

    private static Row row(String name, @Nullable Tenant tenant, @Nullable DatabaseLoad load) {
        return new Row(
                tenant == null ? 0 : tenant.id().value(),
                name,
                Arrays.stream(LoadMeasure.values())
                        .map(each -> load == null ? "" : each.text(load))
                        .toList(),
                tenant == null || tenant.syncedAt() == null ? "" : UsageMeter.bytes(tenant.databaseSizeBytes()));
    }
}
