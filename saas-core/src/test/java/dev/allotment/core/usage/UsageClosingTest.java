// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.usage;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.Usage;
import dev.allotment.UsageMetrics;
import dev.allotment.core.Fixture;
import dev.allotment.fleet.Node;
import dev.allotment.hook.SaasListener;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.testing.InterruptibleBackend;
import dev.allotment.testing.ProcessKilled;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class UsageClosingTest {
    private static final long MEGABYTE = 1024 * 1024;
    private static final LocalDate FIRST = LocalDate.parse("2026-03-01");

    private final Fixture fixture = new Fixture();
    private final Saas saas = fixture.saas;
    private final Tenant tenant = fixture.tenant();

    UsageClosingTest() {
        fixture.clock.advance(Duration.ofMinutes(1));
        run();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private void run() {
        saas.maintenance().run();
    }

    private void at(String time) {
        fixture.clock.set(Instant.parse(time));
        run();
    }

    private Usage usage(Tenant of, LocalDate day) {
        return saas.usage()
                .list(Query.where(Filter.and(
                        Filter.equal(Usage.TENANT_ID, of.id()),
                        Filter.equal(Usage.DAY, day.atStartOfDay(ZoneOffset.UTC).toInstant()))))
                .get(0);
    }

    private List<LocalDate> days(Tenant of) {
        return saas
                .usage()
                .list(Query.where(Filter.equal(Usage.TENANT_ID, of.id())).orderBy(Usage.DAY))
                .stream()
                .map(each -> LocalDate.ofInstant(each.day(), ZoneOffset.UTC))
                .toList();
    }

    private List<Event> closed() {
        return saas.events()
                .list(Query.where(Filter.equal(Event.TYPE, EventType.USAGE_CLOSED))
                        .orderBy(Event.ID));
    }

    /** What was closed: the tenant, the day and the revision. */
    private List<String> revisions() {
        return closed().stream()
                .map(each -> each.tenantId() + " " + each.details().get("day") + " "
                        + each.details().get("revision"))
                .toList();
    }

    private static List<LocalDate> from(LocalDate first, int days) {
        return Stream.iterate(first, each -> each.plusDays(1)).limit(days).toList();
    }

    @Test
    void aDayIsClosedTwoHoursAfterItsEndWithWhatTheEventNeeds() {
        saas.tenants().reportFileStorage(tenant.id(), 3 * MEGABYTE + 1);
        saas.tenants().reportFileStorage(tenant.id(), MEGABYTE);
        at("2026-03-02T01:59:59Z");
        assertThat(usage(tenant, FIRST).revision()).isZero();
        assertThat(closed()).isEmpty();

        at("2026-03-02T02:00:00Z");
        run();

        Usage usage = usage(tenant, FIRST);
        assertThat(usage.revision()).isEqualTo(1);
        assertThat(usage.closeAt()).isNull();
        assertThat(closed()).singleElement().satisfies(event -> {
            assertThat(event.tenantId()).isEqualTo(tenant.id());
            assertThat(event.details())
                    .containsEntry("usage", Long.toString(usage.id()))
                    .containsEntry("day", "2026-03-01")
                    .containsEntry("revision", "1")
                    .containsEntry("value." + UsageMetrics.SEATS, "1")
                    .containsEntry("value." + UsageMetrics.TENANT_DAYS, "1")
                    .containsEntry("value." + UsageMetrics.BACKUP_MB, "0");
            assertThat(Long.parseLong(event.details().get("value." + UsageMetrics.STORAGE_MB_MAX)))
                    .as("rounded up")
                    .isEqualTo((usage.peakDatabaseSizeBytes() + 3 * MEGABYTE + MEGABYTE) / MEGABYTE);
            assertThat(event.details().keySet())
                    .as("there is no revision before")
                    .noneMatch(key -> key.startsWith("before."));
        });
    }

    @Test
    void daysWithoutAReadingAreClosedWithTheNumbersThatAreKnown() {
        saas.tenants().reportFileStorage(tenant.id(), 7 * MEGABYTE);
        at("2026-03-08T12:00:00Z");

        assertThat(days(tenant)).isEqualTo(from(FIRST, 8));
        assertThat(revisions())
                .isEqualTo(from(FIRST, 7).stream()
                        .map(day -> tenant.id() + " " + day + " 1")
                        .toList());
        assertThat(usage(tenant, FIRST.plusDays(3)).fileSizeBytes()).isEqualTo(7 * MEGABYTE);
    }

    @Test
    void aTenantHasUsageOnTheDaysOnWhichItExists() {
        saas.parameters().set(Parameter.RETENTION_DAYS, "3");
        at("2026-03-03T12:00:00Z");
        Tenant later = fixture.tenant("later.example.com");
        saas.tenants().delete(tenant.id());
        at("2026-03-05T12:00:00Z");
        fixture.clock.advance(Duration.ofDays(5));
        run();
        run();

        assertThat(days(tenant)).as("it was retained, then deleted for good").isEqualTo(from(FIRST, 3));
        assertThat(saas.tenants().get(tenant.id()).state().hasDatabase()).isFalse();
        assertThat(days(later)).isEqualTo(from(FIRST.plusDays(2), 8));
        assertThat(revisions()).hasSize(3 + 7).doesNotHaveDuplicates();
    }

    @Test
    void aTenantIsNotBilledForDaysOnWhichItWasRetained() {
        saas.parameters().set(Parameter.RETENTION_DAYS, "30");
        at("2026-03-02T12:00:00Z");
        saas.tenants().delete(tenant.id());
        fixture.clock.set(Instant.parse("2026-03-06T12:00:00Z"));
        saas.tenants().restore(tenant.id());
        at("2026-03-08T12:00:00Z");

        assertThat(days(tenant))
                .containsSequence(LocalDate.parse("2026-03-06"), LocalDate.parse("2026-03-07"))
                .startsWith(FIRST, FIRST.plusDays(1))
                .doesNotContain(FIRST.plusDays(2), FIRST.plusDays(3), FIRST.plusDays(4));
    }

    @Test
    void listenersReceiveClosedDaysOnlyIfTheyWantThem() {
        Map<String, List<EventType>> received = new ConcurrentHashMap<>();
        Saas node = fixture.builder(fixture.storage)
                .node("node-l")
                .listener(new Listening("usual", false, received))
                .listener(new Listening("usage", true, received))
                .open();
        fixture.clock.set(Instant.parse("2026-03-02T12:00:00Z"));
        node.tenants().suspend(tenant.id());
        node.maintenance().run();

        assertThat(received.get("usual")).contains(EventType.TENANT_SUSPENDED).doesNotContain(EventType.USAGE_CLOSED);
        assertThat(received.get("usage")).contains(EventType.USAGE_CLOSED);
    }

    private record Listening(String name, boolean all, Map<String, List<EventType>> received) implements SaasListener {
        @Override
        public boolean receives(EventType type) {
            return all || SaasListener.super.receives(type);
        }

        @Override
        public void on(Event event) {
            received.computeIfAbsent(name, any -> new CopyOnWriteArrayList<>()).add(event.type());
        }
    }

    @Test
    void noDayIsClosedWhileANodeOfAnEarlierVersionRuns() {
        Node earlier = new Node(0, "earlier", "0", -1, Instant.parse("2026-03-02T12:00:00Z"));
        fixture.storage.catalog().transact(tx -> tx.records(RecordTypes.NODES).insert(earlier));
        at("2026-03-02T12:00:00Z");
        assertThat(closed()).isEmpty();

        fixture.storage
                .catalog()
                .transact(tx -> tx.records(RecordTypes.NODES).deleteAll(Filter.equal(Node.NAME, "earlier")));
        run();
        assertThat(closed()).hasSize(1);
    }

    @Test
    void aLateReadingGivesTheNextRevision() {
        saas.tenants().reportFileStorage(tenant.id(), 5 * MEGABYTE);
        at("2026-03-02T12:00:00Z");
        Usage first = usage(tenant, FIRST);
        fixture.clock.set(Instant.parse("2026-03-01T20:00:00Z"));
        saas.tenants().reportFileStorage(tenant.id(), 9 * MEGABYTE);
        at("2026-03-02T13:00:00Z");

        Usage second = usage(tenant, FIRST);
        assertThat(second.revision()).isEqualTo(2);
        assertThat(closed()).hasSize(2);
        long before = UsageMetrics.of(first).get(UsageMetrics.STORAGE_MB);
        assertThat(closed().get(1).details())
                .containsEntry("revision", "2")
                .containsEntry("value." + UsageMetrics.STORAGE_MB, Long.toString(before + 4))
                .containsEntry("before." + UsageMetrics.STORAGE_MB, Long.toString(before));

        fixture.clock.set(Instant.parse("2026-03-01T21:00:00Z"));
        saas.tenants().reportFileStorage(tenant.id(), 9 * MEGABYTE);
        at("2026-03-02T14:00:00Z");
        assertThat(closed()).as("the same numbers").hasSize(2);
    }

    @Test
    void aClockThatWasAheadLeavesNoGap() {
        at("2026-03-11T12:00:00Z");
        at("2026-03-03T12:00:00Z");
        Tenant other = fixture.tenant("other.example.com");
        at("2026-03-12T12:00:00Z");

        assertThat(days(tenant)).isEqualTo(from(FIRST, 12));
        assertThat(days(other)).isEqualTo(from(FIRST.plusDays(2), 10));
        assertThat(usage(other, FIRST.plusDays(5)).revision()).isEqualTo(1);
        assertThat(revisions()).doesNotHaveDuplicates();
    }

    @Test
    void theDaysOfEarlierVersionsAreNotClosedExceptYesterday() {
        at("2026-03-05T12:00:00Z");
        fixture.storage.catalog().transact(tx -> {
            tx.records(RecordTypes.USAGE_POSITIONS).deleteAll(Filter.all());
            tx.records(RecordTypes.EVENTS).deleteAll(Filter.equal(Event.TYPE, EventType.USAGE_CLOSED));
            tx.records(RecordTypes.USAGE)
                    .list(Query.all())
                    .forEach(each -> tx.records(RecordTypes.USAGE)
                            .update(each.toBuilder()
                                    .revision(0)
                                    .closeAt(null)
                                    .closed(Map.of())
                                    .build()));
            return null;
        });
        run();

        assertThat(revisions()).containsExactly(tenant.id() + " 2026-03-04 1");
        at("2026-03-06T12:00:00Z");
        assertThat(revisions()).containsExactly(tenant.id() + " 2026-03-04 1", tenant.id() + " 2026-03-05 1");
    }

    @Test
    void usageIsClosedBeforeItIsDeletedAsOld() {
        saas.parameters().set(Parameter.USAGE_RETENTION_DAYS, "1");
        fixture.clock.advance(Duration.ofDays(4));
        fixture.nanos.addAndGet(TimeUnit.HOURS.toNanos(2));
        run();

        assertThat(revisions())
                .isEqualTo(from(FIRST, 4).stream()
                        .map(day -> tenant.id() + " " + day + " 1")
                        .toList());
        fixture.nanos.addAndGet(TimeUnit.HOURS.toNanos(2));
        run();
        assertThat(days(tenant)).isEqualTo(from(FIRST.plusDays(4), 1));
    }

    @Test
    void eachRevisionHasOneEventIfTwoNodesCloseAtOnce() throws Exception {
        for (int i = 0; i < 5; i++) {
            fixture.tenant("shop-" + i + ".example.com");
        }
        Saas other = fixture.builder(fixture.storage).node("node-b").open();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int day = 0; day < 10; day++) {
                fixture.clock.advance(Duration.ofDays(1));
                List<Future<Integer>> both = Stream.of(saas, other)
                        .map(node -> threads.submit(() -> node.maintenance().run()))
                        .toList();
                for (Future<Integer> each : both) {
                    each.get(30, TimeUnit.SECONDS);
                }
            }
        } finally {
            threads.shutdownNow();
        }
        run();

        assertThat(revisions()).doesNotHaveDuplicates().hasSize(6 * 10);
    }

    @Test
    void eachRevisionHasOneEventWhereverTheNodeIsKilled() {
        int kills = 0;
        boolean interrupted = true;
        for (int n = 0; interrupted; n += 3) {
            fixture.clock.advance(Duration.ofDays(1));
            InterruptibleBackend process = InterruptibleBackend.over(fixture.storage);
            Saas node = fixture.builder(process).node("node-b").open();
            process.killAfter(n);
            try {
                node.maintenance().run();
                interrupted = process.killed();
            } catch (ProcessKilled expected) {
                interrupted = true;
            }
            kills += interrupted ? 1 : 0;
        }
        run();

        int over = (int) ChronoUnit.DAYS.between(
                FIRST, fixture.clock.instant().atOffset(ZoneOffset.UTC).toLocalDate());
        assertThat(kills).isGreaterThan(5);
        assertThat(revisions()).doesNotHaveDuplicates().hasSize(over);
        assertThat(days(tenant)).isEqualTo(from(FIRST, over + 1));
    }

    @Test
    void anAdministratorCorrectsADayThatWasClosed() {
        assertRefusal(() -> correct(usage(tenant, FIRST), 4, "too early")).isEqualTo(ErrorCodes.USAGE_DAY_OPEN);
        at("2026-03-02T12:00:00Z");
        Usage wrong = usage(tenant, FIRST);
        Saas owner = saas.actingAs(Objects.requireNonNull(tenant.ownerId()));

        assertRefusal(() -> owner.usage().correct(wrong.id(), each -> each, "mine"))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> correct(wrong, -1, "less")).isEqualTo(ErrorCodes.USAGE_INVALID);
        assertRefusal(() -> correct(wrong, 1, " ")).isEqualTo(ErrorCodes.USAGE_INVALID);
        assertRefusal(() -> saas.usage()
                        .correct(
                                wrong.id(),
                                each -> each.toBuilder().peakUsers(0).build(),
                                "below"))
                .isEqualTo(ErrorCodes.USAGE_INVALID);
        correct(wrong, 4, "Two people shared a login.");
        run();

        assertThat(usage(tenant, FIRST).revision()).isEqualTo(2);
        assertThat(closed().get(1).details())
                .containsEntry("value." + UsageMetrics.SEATS, "4")
                .containsEntry("before." + UsageMetrics.SEATS, "1");
        assertThat(saas.events().list(Query.where(Filter.equal(Event.TYPE, EventType.USAGE_CORRECTED))))
                .singleElement()
                .satisfies(event -> assertThat(event.details())
                        .containsEntry("day", "2026-03-01")
                        .containsEntry("reason", "Two people shared a login."));
    }

    private void correct(Usage usage, int users, String reason) {
        saas.usage()
                .correct(
                        usage.id(),
                        each -> each.toBuilder().users(users).peakUsers(users).build(),
                        reason);
    }

    @Test
    void metricsHaveNames() {
        Set<String> names = new HashSet<>(UsageMetrics.of(usage(tenant, FIRST)).keySet());
        assertThat(names).hasSize(7).allMatch(UsageMetrics::isMetric);
        assertThat(UsageMetrics.isMetric("records.crm.lead")).isTrue();
        assertThat(UsageMetrics.isMetric("records.")).isFalse();
        assertThat(UsageMetrics.isMetric("users")).isFalse();
    }
}
