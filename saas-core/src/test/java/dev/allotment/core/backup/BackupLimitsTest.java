// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.backup;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.BackupSchedule;
import dev.allotment.CreateTenant;
import dev.allotment.DuplicateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.backup.Backup;
import dev.allotment.backup.BackupUsage;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.hook.TenantFiles;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class BackupLimitsTest {
    private static final int LIMIT = 1;
    private static final long MEGABYTE = 1024L * 1024L;

    private final Fixture fixture = new Fixture();
    /** Each tenant has a file that makes a backup a little larger than half of the limit. */
    private final Saas saas =
            fixture.builder(fixture.backend).tenantFiles(new LargeFiles()).open();

    private final User owner = fixture.signUp("owner@example.com");
    private final Saas own = saas.actingAs(owner.id());
    private final Plan plan = fixture.plan(Plan.builder("Limited")
            .published(true)
            .backups(BackupSchedule.parse("every 24h keep 30d"))
            .backupLimitMb(LIMIT));
    private final Tenant shop = create(plan, "shop.example.com");

    private static final class LargeFiles implements TenantFiles {
        private final byte[] bytes = new byte[(int) MEGABYTE / 2 + 50_000];

        LargeFiles() {
            new Random(1).nextBytes(bytes);
        }

        @Override
        public Stream<String> list(UUID tenant) {
            return Stream.of("large");
        }

        @Override
        public InputStream open(UUID tenant, String name) {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public void create(UUID tenant) {}

        @Override
        public void write(UUID tenant, String name, InputStream content) {}

        @Override
        public void replace(UUID tenant, UUID by) {}

        @Override
        public void delete(UUID tenant) {}
    }

    @AfterEach
    void close() {
        fixture.backend.unwatch();
        Consistency.check(fixture.storage);
        saas.close();
        fixture.close();
    }

    private Tenant create(Plan of, String name) {
        return saas.tenants()
                .create(CreateTenant.onPlan(of).owner(owner).name(name).build())
                .tenant();
    }

    private Backup backUp(Saas by, Tenant tenant) {
        fixture.clock.advance(Duration.ofMinutes(1));
        return by.backups().create(tenant.id(), null);
    }

    private int backUpAfter(Duration time) {
        fixture.clock.advance(time);
        return saas.maintenance().makeBackups();
    }

    private List<Event> events(EventType type) {
        return saas.events().list(Query.where(Filter.equal(Event.TYPE, type)));
    }

    private static long stored(List<Backup> backups) {
        return backups.stream().mapToLong(Backup::storedBytes).sum();
    }

    @Test
    void whatBackupsTakeIsKnownWithoutReadingTheStore() {
        Tenant second = create(plan, "second.example.com");
        Tenant elsewhere = create(fixture.plan(Plan.builder("Other")), "elsewhere.example.com");
        Backup first = backUp(saas, shop);
        backUp(saas, shop);
        long others = stored(List.of(backUp(saas, second)));
        long third = stored(List.of(backUp(saas, elsewhere)));
        fixture.backend.watch(step -> assertThat(step).isNotIn("before read", "before list of files"));

        BackupUsage usage = own.backups().usage(shop.id());

        fixture.backend.unwatch();
        long both = stored(saas.backups().list(shop.id()));
        assertThat(both).isGreaterThan(LIMIT * MEGABYTE);
        assertThat(usage).isEqualTo(new BackupUsage(both, both + others + third, both + others, LIMIT));
        assertThat(usage.limitReached()).isTrue();
        assertThat(saas.usage()
                        .total(fixture.clock.instant().atOffset(ZoneOffset.UTC).toLocalDate())
                        .backupSizeBytes())
                .isEqualTo(both + others + third);
        User stranger = fixture.signUp("stranger@example.com");
        assertRefusal(() -> saas.actingAs(stranger.id()).backups().usage(shop.id()))
                .isEqualTo(ErrorCodes.RECORD_MISSING);

        Tenant copy = saas.tenants()
                .duplicate(DuplicateTenant.builder(shop.id()).name("copy").build())
                .tenant();
        assertThat(own.backups().usage(copy.id()).tenantBytes()).isZero();
        saas.backups().delete(shop.id(), first.id());
        assertThat(own.backups().usage(shop.id()).tenantBytes()).isEqualTo(both - first.storedBytes());
        saas.tenants().purge(second.id());
        assertThat(own.backups().usage(shop.id()).planBytes()).isEqualTo(both - first.storedBytes());
    }

    @Test
    void ownersAreRefusedAtTheLimitButNeitherAdministratorsNorRestores() {
        Tenant second = create(plan, "second.example.com");
        Backup first = backUp(own, shop);
        backUp(own, second);

        assertRefusal(() -> backUp(own, shop)).isEqualTo(ErrorCodes.BACKUP_LIMIT_REACHED);
        assertRefusal(() -> backUp(own, second)).isEqualTo(ErrorCodes.BACKUP_LIMIT_REACHED);

        assertThat(own.backups().restoreInPlace(shop.id(), first.id(), null).uuid())
                .isEqualTo(shop.uuid());
        backUp(saas, second);
        saas.plans()
                .update(
                        plan.id(),
                        each -> each.toBuilder().backupLimitMb(LIMIT * 4).build());
        backUp(own, second);
    }

    @Test
    void twoBackupsAtOnceDoNotExceedTheLimitBothOfThem() {
        Tenant second = create(plan, "second.example.com");
        fixture.backend.once(
                "before send",
                () -> assertRefusal(() -> own.backups().create(second.id(), null))
                        .isEqualTo(ErrorCodes.TENANT_BUSY));
        backUp(own, shop);
        backUp(own, second);
    }

    @Test
    void scheduledBackupsReplaceThoseThatAreOlderThanAWeekOrAreSkipped() {
        assertThat(backUpAfter(Duration.ZERO)).isOne();
        assertThat(backUpAfter(Duration.ofDays(1))).isOne();
        List<Instant> both = times();

        for (int day = 2; day <= 7; day++) {
            assertThat(backUpAfter(Duration.ofDays(1))).as("day %s", day).isZero();
            assertThat(saas.maintenance().makeBackups()).isZero();
        }
        assertThat(times()).isEqualTo(both);
        assertThat(events(EventType.BACKUP_SKIPPED)).hasSize(6).allSatisfy(event -> {
            assertThat(event.tenantId()).isEqualTo(shop.id());
            assertThat(event.details()).containsEntry("limit", Integer.toString(LIMIT));
        });

        assertThat(backUpAfter(Duration.ofDays(1))).isOne();

        assertThat(times()).hasSize(2).contains(both.get(0), fixture.clock.instant());
        assertThat(events(EventType.BACKUP_DELETED))
                .singleElement()
                .satisfies(event -> assertThat(event.details()).containsEntry("reason", "limit"));
    }

    @Test
    void noScheduledBackupIsDeletedIfOthersFillTheLimitAnyway() {
        assertThat(backUpAfter(Duration.ZERO)).isOne();
        assertThat(backUpAfter(Duration.ofDays(1))).isOne();
        List<Instant> both = times();
        Tenant second = create(plan, "second.example.com");
        backUp(saas, second);
        backUp(saas, second);

        assertThat(backUpAfter(Duration.ofDays(8))).isZero();

        assertThat(times()).isEqualTo(both);
        assertThat(events(EventType.BACKUP_DELETED)).isEmpty();
        assertThat(events(EventType.BACKUP_SKIPPED))
                .extracting(Event::tenantId)
                .containsExactlyInAnyOrder(shop.id(), second.id());
    }

    @Test
    void aStalledNodeCountsNoBackupsOfATenantThatWasDeletedForGoodMeanwhile() {
        Tenant second = create(plan, "second.example.com");
        AtomicReference<String> last = new AtomicReference<>("");
        AtomicInteger reads = new AtomicInteger();
        fixture.backend.watch(step -> {
            boolean counted = step.equals("before catalog") && last.get().equals("before read");
            last.set(step);
            // First, its manifest is read back. Then all of them are read, and their sizes are recorded.
            if (counted && isAnyListed() && reads.incrementAndGet() == 2) {
                try (Saas other =
                        fixture.builder(fixture.storage).node("node-b").open()) {
                    other.tenants().purge(shop.id());
                }
            }
        });

        assertRefusal(() -> backUp(saas, shop)).isEqualTo(ErrorCodes.OPERATION_IN_PROGRESS);

        assertThat(reads).hasValueGreaterThanOrEqualTo(2);
        assertThat(own.backups().usage(second.id())).isEqualTo(new BackupUsage(0, 0, 0, LIMIT));
        assertThat(saas.usage()
                        .total(fixture.clock.instant().atOffset(ZoneOffset.UTC).toLocalDate())
                        .backupSizeBytes())
                .isZero();
    }

    private boolean isAnyListed() {
        return !fixture.saas.backups().list(shop.id()).isEmpty();
    }

    private List<Instant> times() {
        return saas.backups().list(shop.id()).stream().map(Backup::createdAt).toList();
    }
}
