// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.AdoptTenant;
import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.DuplicateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SwitchPlan;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.Usage;
import dev.allotment.UsageRecords;
import dev.allotment.User;
import dev.allotment.access.MemberId;
import dev.allotment.access.NewMember;
import dev.allotment.core.Fixture;
import dev.allotment.core.internal.tenant.change.SuspensionSchedule;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class UsageTest {
    private static final long MEGABYTE = 1024 * 1024;

    private final Fixture fixture = new Fixture();
    private final Saas saas = fixture.saas;
    private User owner;
    private Tenant tenant;

    @BeforeEach
    void create() {
        fixture.clock.set(Instant.parse("2026-01-30T10:00:00Z"));
        owner = fixture.signUp("owner@example.com");
        Plan plan = saas.plans()
                .create(Plan.builder("Shop")
                        .dbNameTemplate("shop-%i.example.com")
                        .storageLimitMb(5)
                        .blockOnStorageExceed(true)
                        .build());
        tenant = saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).build())
                .tenant();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private List<Usage> usage(Saas view) {
        return view.usage().list(Query.all().orderBy(Usage.DAY).orderBy(Usage.ID));
    }

    private List<EventType> told() {
        return saas.events().list(Query.where(Filter.equal(Event.TENANT_ID, tenant.id()))).stream()
                .map(Event::type)
                .toList();
    }

    private MemberId hire(String login) {
        return saas.database(tenant.name())
                .members()
                .create(NewMember.builder(login, login).password("password").build())
                .id();
    }

    @Test
    void recordsPeaksAndLastValuesPerDayInUtc() {
        MemberId worker = hire("worker");
        fixture.clock.advance(Duration.ofHours(7));
        saas.maintenance().run();
        saas.database(tenant.name()).members().delete(worker);
        fixture.clock.advance(Duration.ofHours(6));
        saas.maintenance().run();
        fixture.clock.advance(Duration.ofHours(6));
        saas.maintenance().run();
        saas.tenants().reportFileStorage(tenant.id(), 3 * MEGABYTE);
        saas.tenants().reportFileStorage(tenant.id(), MEGABYTE);
        saas.tenants().delete(tenant.id());

        List<Usage> usage = usage(saas);
        assertThat(usage)
                .extracting(Usage::day)
                .containsExactly(Instant.parse("2026-01-30T00:00:00Z"), Instant.parse("2026-01-31T00:00:00Z"));
        assertThat(usage).extracting(Usage::peakUsers).containsExactly(2, 1);
        assertThat(usage).extracting(Usage::users).containsExactly(1, 1);
        assertThat(usage.get(1).peakFileSizeBytes()).isEqualTo(3 * MEGABYTE);
        assertThat(usage.get(1).fileSizeBytes()).isEqualTo(MEGABYTE);
        assertThat(usage).allSatisfy(each -> {
            assertThat(each.name()).isEqualTo(tenant.name());
            assertThat(each.customerId()).isEqualTo(owner.customerId());
            assertThat(each.planId()).isEqualTo(tenant.planId());
        });
    }

    @Test
    void isReadFirstAMinuteAfterCreation() {
        Tenant copy = saas.tenants()
                .duplicate(DuplicateTenant.builder(tenant.id()).name("copy").build())
                .tenant();
        fixture.clock.advance(Duration.ofSeconds(59));
        assertThat(saas.maintenance().run()).isZero();
        assertThat(saas.tenants().list(Query.all()))
                .extracting(Tenant::syncedAt)
                .containsOnlyNulls();

        fixture.clock.advance(Duration.ofSeconds(1));
        assertThat(saas.maintenance().run()).isEqualTo(2);

        assertThat(saas.maintenance().run()).isZero();
        assertThat(saas.tenants().list(Query.all())).allSatisfy(each -> {
            assertThat(each.syncedAt()).isEqualTo(fixture.clock.instant());
            assertThat(each.databaseSizeBytes()).isPositive();
        });
        assertThat(usage(saas))
                .hasSize(2)
                .allSatisfy(each -> assertThat(each.databaseSizeBytes()).isPositive());
        saas.tenants()
                .duplicate(DuplicateTenant.builder(copy.id()).name("third").build());
        assertThat(saas.tenants().findByName("third"))
                .hasValueSatisfying(each -> assertThat(each.syncedAt()).isNull());
    }

    @Test
    void countsTheStorageOfAnAdoptedDatabaseOnceItIsRead() {
        fixture.storage.putForeign("legacy");
        Tenant legacy = saas.tenants()
                .adopt(AdoptTenant.builder(tenant.serverId(), "legacy", Objects.requireNonNull(tenant.planId()))
                        .owner(owner.id())
                        .build())
                .tenant();
        fixture.storage.setSize("legacy", 6 * MEGABYTE);

        fixture.clock.advance(Duration.ofMinutes(1));
        saas.maintenance().run();
        saas.maintenance().run();

        assertThat(saas.tenants().get(legacy.id()).suspendedFor()).containsExactly(SuspensionSchedule.STORAGE);
        assertThat(usage(saas))
                .filteredOn(each -> each.tenantId().equals(legacy.id()))
                .extracting(Usage::databaseSizeBytes)
                .containsExactly(6 * MEGABYTE);
    }

    @Test
    void costsNothingIfNothingIsDue() {
        saas.maintenance().run();
        assertThat(saas.maintenance().run()).isZero();
        assertThat(usage(saas)).hasSize(1);
    }

    @Test
    void showsUsageToItsCustomerAndAdministratorsOnly() {
        Saas other = saas.actingAs(fixture.signUp("other@example.com").id());

        assertThat(usage(saas.actingAs(owner.id()))).hasSize(1);
        assertThat(usage(other)).isEmpty();
        List<String> lines = new ArrayList<>();
        other.usage().export(LocalDate.parse("2026-01-01"), LocalDate.parse("2026-12-31"), lines::add);
        assertThat(lines).hasSize(1);
        assertThatThrownBy(() -> saas.actingAs(owner.id()).tenants().reportFileStorage(tenant.id(), 0))
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED));
    }

    @Test
    void addsUpTheUsageOfADay() {
        saas.tenants().reportFileStorage(tenant.id(), 500);
        Usage only = usage(saas).get(0);
        LocalDate day = only.day().atOffset(ZoneOffset.UTC).toLocalDate();

        assertThat(saas.usage().total(day))
                .isEqualTo(new UsageRecords.Total(1, only.users(), only.databaseSizeBytes(), 500, 0));
        assertThat(saas.usage().total(day.plusDays(1))).isEqualTo(new UsageRecords.Total(0, 0, 0, 0, 0));
        assertThat(saas.actingAs(fixture.signUp("third@example.com").id())
                        .usage()
                        .total(day))
                .isEqualTo(new UsageRecords.Total(0, 0, 0, 0, 0));
    }

    @Test
    void exportsUsageAsCsvPageByPage() {
        for (int day = 0; day < 3; day++) {
            saas.tenants().sync(tenant.id());
            fixture.clock.advance(Duration.ofDays(1));
        }
        List<String> lines = new ArrayList<>();
        saas.usage().export(LocalDate.parse("2026-01-31"), LocalDate.parse("2026-02-01"), lines::add);

        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).startsWith("day,tenant_id,name,customer_id,plan_id,users,peak_users,");
        assertThat(lines.get(1)).startsWith("2026-01-31," + tenant.id() + "," + tenant.name() + ",");
        assertThat(lines.get(2)).startsWith("2026-02-01,").endsWith(",\"\",0,0");
        assertThatThrownBy(() ->
                        saas.usage().export(LocalDate.parse("2026-02-01"), LocalDate.parse("2026-01-31"), lines::add))
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.QUERY_INVALID));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lower")
    void reportsAnExceededLimitOnceWhenItIsLowered(String how, BiConsumer<Saas, Tenant> lowering) {
        TenantId id = tenant.id();
        saas.tenants().reportFileStorage(id, 4 * MEGABYTE);

        lowering.accept(saas, tenant);
        saas.maintenance().run();
        saas.tenants().reportFileStorage(id, 5 * MEGABYTE);

        assertThat(saas.events()
                        .list(Query.where(Filter.and(
                                Filter.equal(Event.TENANT_ID, id),
                                Filter.equal(Event.TYPE, EventType.TENANT_STORAGE_EXCEEDED)))))
                .singleElement()
                .satisfies(event ->
                        assertThat(event.details()).containsEntry("used", "4").containsEntry("limit", "3"));
        assertThat(saas.tenants().get(id).suspendedFor())
                .as(how)
                .isEqualTo(
                        saas.tenants().get(id).blockOnStorageExceed()
                                ? List.of(SuspensionSchedule.STORAGE)
                                : List.of());
    }

    static Stream<Arguments> lower() {
        return Stream.of(
                lowering(
                        "by a change",
                        (saas, tenant) -> saas.tenants()
                                .update(
                                        tenant.id(),
                                        each -> each.toBuilder()
                                                .storageLimitMb(3)
                                                .build())),
                lowering(
                        "by a configuration",
                        (saas, tenant) -> saas.configuration()
                                .apply(
                                        tenant.id(),
                                        ConfigurationChange.builder()
                                                .parameter(Parameter.STORAGE_LIMIT_MB, "3")
                                                .build())),
                lowering(
                        "by a plan that it is moved to all the same",
                        (saas, tenant) -> saas.tenants()
                                .switchPlan(SwitchPlan.builder(
                                                tenant.id(),
                                                saas.plans()
                                                        .create(Plan.builder("Small")
                                                                .storageLimitMb(3)
                                                                .build())
                                                        .id())
                                        .force(true)
                                        .build())));
    }

    private static Arguments lowering(String how, BiConsumer<Saas, Tenant> lowering) {
        return Arguments.of(how, lowering);
    }

    @Test
    void reportsAndBlocksExceededStorageAndResumesLater() {
        TenantId id = tenant.id();
        saas.tenants().reportFileStorage(id, 6 * MEGABYTE);
        saas.tenants().reportFileStorage(id, 7 * MEGABYTE);
        assertThat(told()).containsExactly(EventType.TENANT_CREATED, EventType.TENANT_STORAGE_EXCEEDED);
        assertThat(saas.tenants().get(id).state()).isEqualTo(TenantState.OPEN);

        saas.maintenance().run();
        assertThat(saas.tenants().get(id).suspendedFor()).containsExactly(SuspensionSchedule.STORAGE);

        saas.tenants().reportFileStorage(id, MEGABYTE);
        saas.maintenance().run();
        assertThat(saas.tenants().get(id).state()).isEqualTo(TenantState.OPEN);
        assertThat(told())
                .containsExactly(
                        EventType.TENANT_CREATED,
                        EventType.TENANT_STORAGE_EXCEEDED,
                        EventType.TENANT_SUSPENDED,
                        EventType.TENANT_RESUMED);
        assertThatThrownBy(() -> saas.tenants().reportFileStorage(id, -1))
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.CONFIGURATION_INVALID));
    }
}
