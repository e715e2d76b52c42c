// SPDX-License-Identifier: Apache-2.0
package dev.allotment.micrometer;

import dev.allotment.DatabaseLoad;
import dev.allotment.ServerId;
import dev.allotment.TemplateId;
import dev.allotment.Tenant;
import dev.allotment.backup.BackupDrills;
import dev.allotment.fleet.Server;
import dev.allotment.fleet.ServerStatus;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Meters of what the catalog says. Thread-safe. */
final class CatalogMeters {
    private enum Measure {
        CONNECTIONS(Meter.Type.GAUGE, "connections", "Connections of the application", DatabaseLoad::connections),
        OLDEST_TRANSACTION(
                Meter.Type.GAUGE,
                "transaction.seconds",
                "Age of the oldest open transaction of the application",
                load -> seconds(load.oldestTransaction())),
        LOCKS(
                Meter.Type.GAUGE,
                "locks",
                "Locks of the application in the lock table of the server",
                DatabaseLoad::locks),
        PREPARED(
                Meter.Type.GAUGE,
                "prepared",
                "Prepared transactions that have not ended",
                DatabaseLoad::preparedTransactions),
        TEMPORARY(
                Meter.Type.COUNTER,
                "temporary.bytes",
                "Bytes written to temporary files",
                DatabaseLoad::temporaryBytes),
        TRANSACTIONS(Meter.Type.COUNTER, "transactions", "Transactions", DatabaseLoad::transactions),
        ACTIVE(
                Meter.Type.COUNTER,
                "active.seconds",
                "How long sessions have run statements",
                load -> seconds(load.activeTime()));

        private final Meter.Type type;
        private final String name;
        private final String description;
        private final Function<DatabaseLoad, @Nullable Number> value;

        Measure(Meter.Type type, String name, String description, Function<DatabaseLoad, @Nullable Number> value) {
            this.type = type;
            this.name = name;
            this.description = description;
            this.value = value;
        }

        /** The value of a database; 0 if it is not measured: such databases are not shown. */
        double of(DatabaseLoad load) {
            Number measured = value.apply(load);
            return measured == null ? 0 : measured.doubleValue();
        }
    }

    private static final double MILLIS = 1000;

    private final SaasMetrics metrics;
    private final MeterRegistry registry;
    /** Each shows these numbers, and no others. */
    private final List<Consumer<Map<Tags, Number>>> all = new ArrayList<>();

    private final MultiGauge up;
    private final MultiGauge databases;
    private final MultiGauge capacity;
    private final MultiCounter ended;
    private final MultiGauge tenants;
    private final MultiGauge sizes;
    private final MultiGauge nodes;
    private final MultiGauge operations;
    private final MultiGauge oldest;
    private final MultiGauge waiting;
    private final MultiGauge failing;
    private final MultiGauge oldestEvent;
    private final MultiGauge spares;
    private final MultiGauge wanted;
    private final MultiGauge ready;
    private final MultiGauge bytes;
    private final MultiGauge plannedBytes;
    private final MultiGauge overdueBackups;
    private final MultiGauge oldestOverdueBackup;
    private final MultiGauge failedBackups;
    private final MultiGauge drilled;
    private final MultiGauge overdueDrills;
    private final MultiGauge failedDrills;
    /** What the databases that take the most of a server take of it. */
    private final Map<Measure, Consumer<Map<Tags, Number>>> loads = new EnumMap<>(Measure.class);

    private boolean closed;

    CatalogMeters(SaasMetrics metrics, MeterRegistry registry) {
        this.metrics = metrics;
        this.registry = registry;
        up = gauge("server.up", "Whether the database server answered the last check");
        databases = gauge("server.databases", "Databases on the server: of tenants, templates and spares");
        capacity = gauge("server.capacity", "The planned number of databases of the server");
        bytes = gauge("server.database.bytes", "Sizes of the databases of tenants on the server, as last read");
        plannedBytes = gauge("server.capacity.bytes", "The bytes of databases that are planned for the server");
        ended = counter(
                "server.sessions.ended", "Sessions of applications that this process ended because they took too much");
        tenants = gauge("tenants", "Tenants with a database, by state");
        sizes = gauge(
                "tenant.database.bytes",
                "Size of the database when its usage was last read, for the largest of each server");
        nodes = gauge("nodes", "Nodes that have reported within the last ten minutes, by program version");
        operations = gauge("operations", "Unfinished operations: working, or failed and waiting to be retried");
        oldest = gauge("operations.oldest.seconds", "Age of the oldest unfinished operation, by kind");
        waiting = gauge("events.waiting", "Events that are still to be delivered, by listener");
        failing = gauge("events.failing", "Events whose delivery has failed, by listener");
        oldestEvent = gauge("events.oldest.seconds", "Age of the oldest event to be delivered, by listener");
        spares = gauge("spares", "Spare databases that are ready to be claimed, by server and template");
        wanted = gauge("spares.wanted", "Spares that there should be, by template and bound server");
        ready = gauge("spares.ready", "Spares that are ready, by template and bound server");
        overdueBackups = gauge(
                "backups.overdue", "Tenants whose scheduled backup has been due for more than an hour, at most 1000");
        oldestOverdueBackup =
                gauge("backups.overdue.oldest.seconds", "For how long the backup has been due that waits longest");
        failedBackups = gauge("backups.failed", "Backups that have failed within the last 24 hours");
        overdueDrills =
                gauge("backup.drills.overdue", "Tenants that have waited for a restore drill longer than they should");
        drilled = gauge(
                "backup.drill.last.success.timestamp.seconds",
                "When a restore drill last succeeded, as Unix time; 0: never");
        failedDrills = gauge("backup.drills.failed", "Restore drills that have failed since one succeeded");
        for (Measure measure : Measure.values()) {
            String name = "tenant." + measure.name;
            String description = measure.description + ", for the databases of each server with the most";
            loads.put(
                    measure,
                    measure.type == Meter.Type.COUNTER
                            ? counter(name, description)::show
                            : numbers(gauge(name, description)));
        }
    }

    private MultiGauge gauge(String name, String description) {
        MultiGauge gauge =
                MultiGauge.builder("allotment." + name).description(description).register(registry);
        all.add(numbers(gauge));
        return gauge;
    }

    private Consumer<Map<Tags, Number>> numbers(MultiGauge gauge) {
        return values -> rows(gauge, values.entrySet(), each -> metrics.row(each.getKey(), each.getValue()));
    }

    private MultiCounter counter(String name, String description) {
        MultiCounter counter = new MultiCounter(metrics, registry, "allotment." + name, description);
        all.add(counter::show);
        return counter;
    }

    private static @Nullable Number seconds(@Nullable Duration duration) {
        return duration == null ? null : (Number) (duration.toMillis() / MILLIS);
    }

    synchronized void show(CatalogReading reading, Instant now) {
        if (closed) {
            return;
        }
        List<ServerStatus> servers = reading.statuses();
        rows(up, servers, each -> row(each, each.health().up() ? 1 : 0));
        rows(databases, servers, each -> row(each, each.databases()));
        rows(capacity, servers, each -> row(each, each.server().capacity()));
        rows(bytes, servers, each -> row(each, each.databaseBytes()));
        rows(
                plannedBytes,
                servers.stream()
                        .filter(each -> each.server().plannedBytes() > 0)
                        .toList(),
                each -> row(each, each.server().plannedBytes()));
        ended.show(servers.stream().collect(Collectors.toMap(CatalogMeters::tags, ServerStatus::endedSessions)));
        rows(
                tenants,
                reading.tenants().byState().entrySet(),
                each -> metrics.row(Tags.of("state", word(each.getKey())), each.getValue()));
        sizes.register(byServer(reading.largest(), this::sizes), true);
        loads.forEach((measure, meters) -> meters.accept(most(measure, reading.load())));
        rows(
                nodes,
                reading.nodes().entrySet(),
                each -> metrics.row(Tags.of("version", each.getKey()), each.getValue()));
        operations.register(
                List.of(
                        metrics.row(Tags.of("state", "working"), reading.working()),
                        metrics.row(Tags.of("state", "failing"), reading.failing())),
                true);
        rows(
                oldest,
                reading.oldest().entrySet(),
                each -> metrics.row(Tags.of("kind", word(each.getKey())), age(each.getValue(), now)));
        rows(waiting, reading.backlogs(), each -> metrics.row(Tags.of("listener", each.listener()), each.waiting()));
        rows(failing, reading.backlogs(), each -> metrics.row(Tags.of("listener", each.listener()), each.failing()));
        rows(
                oldestEvent,
                reading.backlogs(),
                each -> metrics.row(Tags.of("listener", each.listener()), age(each.oldestAt(), now)));
        showSpares(reading);
        if (reading.backups().exist()) {
            showBackups(reading.backups(), now);
            overdueDrills.register(
                    List.of(metrics.row(Tags.empty(), reading.backups().drills().overdue())), true);
        }
        showDrills(reading.backups().drills());
    }

    private void showBackups(CatalogReading.BackupNumbers backups, Instant now) {
        overdueBackups.register(List.of(metrics.row(Tags.empty(), backups.overdue())), true);
        oldestOverdueBackup.register(List.of(metrics.row(Tags.empty(), age(backups.dueSince(), now))), true);
        failedBackups.register(List.of(metrics.row(Tags.empty(), backups.failed())), true);
    }

    /** Shows nothing before the first drill. */
    private void showDrills(BackupDrills drills) {
        Instant succeeded = drills.succeededAt();
        if (succeeded != null || drills.failed() > 0) {
            drilled.register(
                    List.of(metrics.row(Tags.empty(), succeeded == null ? 0 : succeeded.getEpochSecond())), true);
            failedDrills.register(List.of(metrics.row(Tags.empty(), drills.failed())), true);
        }
    }

    private void showSpares(CatalogReading reading) {
        rows(
                spares,
                reading.warmPool().stock(),
                each -> metrics.row(spareTags(reading, each.server(), each.template()), each.ready()));
        rows(
                wanted,
                reading.warmPool().targets(),
                each -> metrics.row(spareTags(reading, each.server(), each.template()), each.wanted()));
        rows(
                ready,
                reading.warmPool().targets(),
                each -> metrics.row(spareTags(reading, each.server(), each.template()), each.ready()));
    }

    private static Tags spareTags(CatalogReading reading, @Nullable ServerId server, TemplateId template) {
        return Tags.of("server", reading.serverName(server), "template", template.toString());
    }

    /** The catalog does not answer, so its server is down, and nothing is known about the rest. */
    synchronized void forget() {
        if (closed) {
            return;
        }
        removeRows();
        up.register(List.of(metrics.row(Tags.of("server", Server.DEFAULT_NAME), 0)), true);
    }

    /** Removes all numbers for good: nothing is known about a server that is no longer watched. */
    synchronized void close() {
        closed = true;
        removeRows();
    }

    private void removeRows() {
        all.forEach(each -> each.accept(Map.of()));
    }

    private Stream<Row<?>> sizes(String server, List<Tenant> largest) {
        return largest.stream()
                .map(each -> metrics.row(Tags.of("server", server, "database", each.name()), each.databaseSizeBytes()));
    }

    private static Map<Tags, Number> most(Measure measure, Map<String, List<DatabaseLoad>> loads) {
        Map<Tags, Number> most = new LinkedHashMap<>();
        loads.forEach((server, load) -> load.stream()
                .filter(each -> measure.of(each) > 0)
                .sorted(Comparator.comparingDouble(measure::of).reversed())
                .limit(CatalogReading.MOST_LOADED)
                .forEach(each -> most.put(Tags.of("server", server, "database", each.database()), measure.of(each))));
        return most;
    }

    private static <T> List<Row<?>> byServer(
            Map<String, List<T>> values, BiFunction<String, List<T>, Stream<Row<?>>> rows) {
        List<Row<?>> all = new ArrayList<>();
        values.forEach((server, each) -> rows.apply(server, each).forEach(all::add));
        return all;
    }

    private static <T> void rows(MultiGauge gauge, Collection<T> values, Function<T, Row<?>> row) {
        List<Row<?>> rows = new ArrayList<>();
        values.forEach(each -> rows.add(row.apply(each)));
        gauge.register(rows, true);
    }

    private Row<?> row(ServerStatus status, Number value) {
        return metrics.row(tags(status), value);
    }

    private static Tags tags(ServerStatus status) {
        return Tags.of("server", status.server().name());
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static double age(@Nullable Instant since, Instant now) {
        return since == null ? 0 : Math.max(0, Duration.between(since, now).toMillis() / MILLIS);
    }
}
