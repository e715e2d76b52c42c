// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.tenant;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.CustomerId;
import dev.allotment.DuplicateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PreviewCopyTest {
    private final Fixture fixture = new Fixture();
    private final Saas saas = fixture.saas;
    private final Plan plan = fixture.plan(Plan.builder("Shop").maxDatabasesPerCustomer(3));
    private final Tenant shop = saas.tenants()
            .create(CreateTenant.onPlan(plan)
                    .owner(fixture.signUp("owner@example.com"))
                    .name("shop")
                    .build())
            .tenant();

    @BeforeEach
    void retain() {
        saas.parameters().set(Parameter.RETENTION_DAYS, "7");
        saas.parameters().set(Parameter.NOTIFY_IN_ADVANCE, "3");
    }

    @AfterEach
    void close() {
        Consistency.check(fixture.storage);
        fixture.close();
    }

    private Tenant preview(Tenant source, String name, int hours) {
        return saas.tenants()
                .duplicate(DuplicateTenant.builder(source.id())
                        .name(name)
                        .preview(hours)
                        .build())
                .tenant();
    }

    private TenantState state(Tenant tenant) {
        return saas.tenants().get(tenant.id()).state();
    }

    private boolean exists(String name) {
        return fixture.storage.databases(saas.servers().get(new ServerId(1))).exists(name);
    }

    private List<EventType> events(TenantId id) {
        return saas.events().list(Query.where(Filter.equal(Event.TENANT_ID, id)).orderBy(Event.ID)).stream()
                .map(Event::type)
                .filter(each -> each != EventType.USAGE_CLOSED)
                .toList();
    }

    @Test
    void isDeletedForGoodWhenItExpires() {
        Tenant preview = preview(shop, "look", 48);

        assertThat(preview.previewOf()).isEqualTo(shop.id());
        assertThat(preview.expiresAt()).isEqualTo(fixture.clock.instant().plus(Duration.ofDays(2)));
        assertThat(saas.tenants().list(Query.where(Filter.equal(Tenant.PREVIEW_OF, shop.id()))))
                .containsExactly(preview);
        assertThat(saas.database("look").parameters().value(Parameter.NEUTRALISED))
                .contains("mail");
        fixture.clock.advance(Duration.ofDays(2).minusNanos(1000));
        saas.maintenance().run();
        assertThat(state(preview)).isEqualTo(TenantState.OPEN);

        fixture.clock.advance(Duration.ofNanos(1000));
        saas.maintenance().run();

        assertThat(state(preview)).isEqualTo(TenantState.DELETED);
        assertThat(exists("look")).isFalse();
        assertThat(saas.tenants().proofOfDeletion(preview.id())).isPresent();
        assertThat(saas.maintenance().run()).isZero();
        assertThat(events(preview.id()))
                .as("without a notice")
                .containsExactly(EventType.TENANT_DUPLICATED, EventType.TENANT_DELETED);
        assertThat(state(shop)).isEqualTo(TenantState.OPEN);
        assertThat(preview(shop, "look", 1).name()).as("the name is free").isEqualTo("look");
    }

    @Test
    void isDeletedForGoodAfterItsSource() {
        Tenant preview = preview(shop, "look", 48);
        Tenant second = preview(preview, "closer-look", 48);
        saas.tenants().delete(shop.id());
        saas.maintenance().run();
        assertThat(state(preview)).as("while its source is retained").isEqualTo(TenantState.OPEN);

        saas.tenants().purge(shop.id());
        saas.maintenance().run();
        saas.maintenance().run();

        assertThat(state(preview)).isEqualTo(TenantState.DELETED);
        assertThat(state(second)).isEqualTo(TenantState.DELETED);
        assertThat(events(preview.id()))
                .containsExactly(EventType.TENANT_DUPLICATED, EventType.TENANT_EXTENDED, EventType.TENANT_DELETED);
    }

    @Test
    void isDeletedForGoodEvenIfItsSourceIsDeletedWhileItIsMade() {
        fixture.neutraliser = (copy, tx) -> saas.tenants().purge(shop.id());

        Tenant preview = preview(shop, "look", 48);
        saas.maintenance().run();

        assertThat(state(preview)).isEqualTo(TenantState.DELETED);
    }

    @Test
    void isNotRetainedIfItIsDeletedEarlier() {
        Tenant preview = preview(shop, "look", 48);

        assertThat(saas.tenants().delete(preview.id()).state()).isEqualTo(TenantState.DELETED);
    }

    @Test
    void isKeptAsLongAsAnAdministratorSays() {
        Tenant preview = preview(shop, "look", 1);
        saas.tenants().extend(preview.id(), null, "the customer wants it");
        fixture.clock.advance(Duration.ofDays(400));
        saas.maintenance().run();
        assertThat(state(preview)).isEqualTo(TenantState.OPEN);

        Tenant kept = saas.tenants()
                .duplicate(DuplicateTenant.builder(preview.id()).name("kept").build())
                .tenant();

        assertThat(kept.previewOf()).isNull();
    }

    @Test
    void isNotDeletedAfterItsSourceIfAnAdministratorKeepsIt() {
        Tenant endless = preview(shop, "endless", 1);
        Tenant ordinary = preview(shop, "ordinary", 1);
        saas.tenants().extend(endless.id(), null, "the customer wants it");
        assertRefusal(() -> saas.tenants()
                        .update(
                                ordinary.id(),
                                each -> each.toBuilder().previewOf(endless.id()).build()))
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        assertThat(saas.tenants()
                        .update(
                                ordinary.id(),
                                each -> each.toBuilder().previewOf(null).build())
                        .previewOf())
                .isNull();

        saas.tenants().purge(shop.id());
        fixture.clock.advance(Duration.ofHours(2));
        saas.maintenance().run();

        assertThat(state(endless)).isEqualTo(TenantState.OPEN);
        assertThat(state(ordinary)).isEqualTo(TenantState.OPEN);
        assertThat(saas.tenants().delete(ordinary.id()).state()).isEqualTo(TenantState.RETAINED);
    }

    @Test
    void isAnOrdinaryTenantOnceItBelongsToAnotherCustomer() {
        Tenant preview = preview(shop, "look", 1);
        CustomerId other = saas.customers().create("Other", null).id();

        saas.tenants()
                .update(preview.id(), each -> each.toBuilder().customerId(other).build());
        saas.tenants().purge(shop.id());
        saas.maintenance().run();

        assertThat(state(preview)).isEqualTo(TenantState.OPEN);
    }

    @Test
    void countsAgainstTheLimitOfThePlan() {
        preview(shop, "look", 1);
        preview(shop, "closer-look", 2);

        assertRefusal(() -> preview(shop, "another", 1)).isEqualTo(ErrorCodes.PLAN_LIMIT_REACHED);

        fixture.clock.advance(Duration.ofHours(1));
        saas.maintenance().run();
        assertThat(preview(shop, "another", 1).state()).isEqualTo(TenantState.OPEN);
    }

    @Test
    void existsForAnHourToThirtyDays() {
        for (int hours : new int[] {-1, 0, DuplicateTenant.MAX_PREVIEW_HOURS + 1}) {
            assertRefusal(() -> preview(shop, "look", hours)).isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        }
        assertRefusal(() -> saas.tenants()
                        .duplicate(DuplicateTenant.builder(shop.id())
                                .preview(1)
                                .expirationHours(null)
                                .build()))
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        assertThat(preview(shop, "look", DuplicateTenant.MAX_PREVIEW_HOURS).expiresAt())
                .isEqualTo(fixture.clock.instant().plus(Duration.ofDays(30)));
    }
}
