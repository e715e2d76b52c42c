// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.maintenance;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.billing.Payment;
import dev.allotment.billing.PaymentState;
import dev.allotment.core.Fixture;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.hook.SaasListener;
import dev.allotment.spi.backend.RecordTypes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RetentionTest {
    private final Fixture fixture = new Fixture();
    private final Saas saas = fixture.saas;
    private final Plan plan = fixture.plan();

    @AfterEach
    void close() {
        fixture.close();
    }

    private Tenant tenant(String name) {
        return saas.tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(fixture.signUp(name + "@example.com"))
                        .name(name)
                        .build())
                .tenant();
    }

    /** Lets days pass, and the hour after which a node looks again. */
    private void pass(int days) {
        fixture.clock.advance(Duration.ofDays(days));
        fixture.nanos.addAndGet(TimeUnit.DAYS.toNanos(days));
    }

    private void runAll() {
        saas.maintenance().run();
    }

    private long count(dev.allotment.spi.backend.RecordType<?> type) {
        return fixture.storage.catalog().transact(tx -> tx.records(type).count(Filter.all()));
    }

    @Test
    void eventsAreDeletedAfterTheirTimeExceptForProofsOfDeletion() {
        saas.parameters().set(Parameter.EVENT_RETENTION_DAYS, "10");
        Tenant gone = tenant("gone");
        saas.tenants().purge(gone.id());
        runAll();
        pass(9);
        runAll();
        assertThat(saas.events().count(Filter.equal(Event.TYPE, EventType.TENANT_CREATED)))
                .isEqualTo(1);

        pass(2);
        tenant("later");
        runAll();

        assertThat(saas.events().list(Query.where(Filter.equal(Event.TENANT_ID, gone.id()))))
                .extracting(Event::type)
                .filteredOn(each -> each != EventType.USAGE_CLOSED)
                .containsExactly(EventType.TENANT_DELETED);
        assertThat(saas.tenants().proofOfDeletion(gone.id())).isPresent();
        assertThat(saas.events().count(Filter.equal(Event.TYPE, EventType.TENANT_CREATED)))
                .as("what is younger stays")
                .isEqualTo(1);
    }

    @Test
    void usageIsDeletedAfterItsTime() {
        saas.parameters().set(Parameter.USAGE_RETENTION_DAYS, "10");
        tenant("shop");
        assertThat(saas.usage().count(Filter.all())).isEqualTo(1);
        pass(5);
        runAll();
        assertThat(saas.usage().count(Filter.all()))
                .as("of the first day, yesterday, and today")
                .isEqualTo(3);
        pass(6);
        runAll();
        assertThat(saas.usage().count(Filter.all()))
                .as("of 7 days ago, the days since, and today")
                .isEqualTo(8);
    }

    @Test
    void paymentStatesWithoutACustomerOrTenantAreDeleted() {
        saas.parameters().set(Parameter.RETENTION_DAYS, "30");
        Tenant gone = tenant("gone");
        Tenant retained = tenant("retained");
        saas.tenants().purge(gone.id());
        Tenant other = tenant("other");
        saas.tenants().delete(retained.id());
        List<Payment> kept = List.of(
                payment(gone.customerId(), null),
                payment(retained.customerId(), retained.id()),
                payment(null, other.id()));
        // As nodes that do not know payments leave them.
        payment(new CustomerId(999), null);
        payment(gone.customerId(), gone.id());
        payment(new CustomerId(999), new TenantId(999));
        assertThat(payments()).hasSize(6);

        pass(1);
        runAll();

        assertThat(payments()).containsExactlyElementsOf(kept);
    }

    private Payment payment(CustomerId customer, TenantId tenant) {
        Instant now = fixture.clock.instant();
        return fixture.storage
                .catalog()
                .transact(tx -> tx.records(RecordTypes.PAYMENTS)
                        .insert(Payment.builder(PaymentState.PAID, now, now)
                                .customerId(customer)
                                .tenantId(tenant)
                                .build()));
    }

    private List<Payment> payments() {
        return saas.payments().list(Query.where(Filter.<Payment>all()).orderBy(Payment.ID));
    }

    @Test
    void operationsAreKeptAsLongAsTheirMarkersNeedThem() {
        assertRefusal(() -> saas.parameters().set(Parameter.OPERATION_RETENTION_DAYS, "119"))
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
    }

    @Test
    void nothingIsDeletedWithoutATime() {
        for (String key : List.of(
                Parameter.EVENT_RETENTION_DAYS,
                Parameter.OPERATION_RETENTION_DAYS,
                Parameter.USAGE_RETENTION_DAYS,
                Parameter.DELIVERY_RETENTION_DAYS)) {
            saas.parameters().set(key, "0");
            assertRefusal(() -> saas.parameters().set(key, "soon")).isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        }
        tenant("shop");
        long events = saas.events().count(Filter.all());
        long operations = count(RecordTypes.OPERATIONS);

        pass(5_000);
        runAll();

        assertThat(saas.events().count(Filter.all())).isGreaterThanOrEqualTo(events);
        assertThat(count(RecordTypes.OPERATIONS)).isGreaterThanOrEqualTo(operations);
    }

    @Test
    void theResultsOfACampaignStayAsLongAsTheCampaign() {
        saas.parameters().set(Parameter.OPERATION_RETENTION_DAYS, "120");
        tenant("shop");
        try (Saas acting = fixture.builder(fixture.storage)
                .tenantAction("greet", (view, tenant) -> {})
                .open()) {
            Operation campaign = acting.campaigns()
                    .start(Campaign.of(CampaignChange.action("greet")).build());
            acting.maintenance().run();
            pass(100);
            acting.campaigns().retry(campaign.id());
            acting.maintenance().run();
            Filter<Operation> results = Filter.equal(Operation.CAMPAIGN, campaign.id());

            pass(21);
            acting.maintenance().run();
            assertThat(acting.operations().count(results)).isOne();
            assertThat(acting.operations().find(campaign.id())).isPresent();

            pass(100);
            acting.maintenance().run();
            assertThat(acting.operations().count(results)).isZero();
            assertThat(acting.operations().find(campaign.id())).isEmpty();
        }
    }

    /** A database server has the token of the last operation. If the catalog did not know it, it would seem restored. */
    @Test
    void aCatalogKnowsTheOperationsThatItHasDeleted() {
        saas.parameters().set(Parameter.OPERATION_RETENTION_DAYS, "120");
        tenant("shop");
        assertThat(count(RecordTypes.OPERATIONS)).isPositive();

        pass(121);
        runAll();

        assertThat(count(RecordTypes.OPERATIONS)).isZero();
        try (Saas next = fixture.open(fixture.storage)) {
            pass(1);
            next.maintenance().run();
            assertThat(next.reconciliation()
                            .check(new dev.allotment.ServerId(1))
                            .findings())
                    .isEmpty();
            assertThat(next.events().count(Filter.equal(Event.TYPE, EventType.CATALOG_RESTORED)))
                    .isZero();
        }
    }

    @Test
    void anIdempotencyKeyCountsAsLongAsItsOperation() {
        saas.parameters().set(Parameter.OPERATION_RETENTION_DAYS, "120");
        Plan first = saas.plans().create(Plan.builder("Once").build(), "key");
        pass(119);
        runAll();
        assertThat(saas.plans().create(Plan.builder("Once").build(), "key")).isEqualTo(first);
        pass(2);
        runAll();
        assertThat(saas.plans().create(Plan.builder("Once").build(), "key").id())
                .isNotEqualTo(first.id());
    }

    private static SaasListener failing(String name, List<Long> told) {
        return new SaasListener() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public void on(Event event) {
                told.add(event.id());
                throw new IllegalStateException("It never succeeds");
            }
        };
    }

    @Test
    void deliveriesThatFailForTooLongOrHaveNoListenerAreGivenUp() {
        List<Long> told = new ArrayList<>();
        try (Saas failing = fixture.builder(fixture.storage)
                        .listener(failing("broken", told))
                        .listener(failing("removed", told))
                        .open();
                Saas later = fixture.builder(fixture.storage)
                        .listener(failing("broken", told))
                        .open()) {
            failing.accounts()
                    .signUp(dev.allotment.SignUp.builder("a@example.com", "A", Fixture.PASSWORD)
                            .build());
            assertThat(count(RecordTypes.DELIVERIES)).isEqualTo(2);
            pass(31);
            later.maintenance().runDue();
            assertThat(count(RecordTypes.DELIVERIES))
                    .as("the listener that is there was not asked yet")
                    .isEqualTo(1);
            later.maintenance().deliver("broken");
            assertThat(told).hasSize(1);
            pass(1);
            later.maintenance().runDue();
            assertThat(count(RecordTypes.DELIVERIES)).isZero();
        }
    }

    @Test
    void anEventIsKeptUntilItsListenersHaveReceivedIt() {
        saas.parameters().set(Parameter.EVENT_RETENTION_DAYS, "10");
        Filter<Event> signedUp = Filter.equal(Event.TYPE, EventType.SIGNED_UP);
        List<Long> told = new ArrayList<>();
        try (Saas node = fixture.builder(fixture.storage)
                .listener(new SaasListener() {
                    @Override
                    public String name() {
                        return "slow";
                    }

                    @Override
                    public void on(Event event) {
                        told.add(event.id());
                    }
                })
                .open()) {
            node.accounts()
                    .signUp(dev.allotment.SignUp.builder("a@example.com", "A", Fixture.PASSWORD)
                            .build());
            pass(11);
            node.maintenance().runDue();
            assertThat(node.events().count(signedUp)).isPositive();
            node.maintenance().deliver("slow");
            assertThat(told).hasSize(1);
            pass(1);
            node.maintenance().runDue();
            assertThat(node.events().count(signedUp)).isZero();
        }
    }

    @Test
    void whoHasDeletedATenantIsKnownAsLongAsItIsRetained() {
        saas.parameters().set(Parameter.RETENTION_DAYS, "30");
        saas.parameters().set(Parameter.EVENT_RETENTION_DAYS, "10");
        Tenant tenant = tenant("shop");
        saas.tenants().delete(tenant.id());
        pass(11);
        runAll();
        assertThat(saas.events().list(Query.where(Filter.equal(Event.TENANT_ID, tenant.id()))))
                .extracting(Event::type)
                .filteredOn(each -> each != EventType.USAGE_CLOSED)
                .containsExactly(EventType.TENANT_RETAINED);
    }

    @Test
    void oldRecordsAreDeletedInPartsByTheNextCalls() {
        saas.parameters().set(Parameter.EVENT_RETENTION_DAYS, "10");
        fixture.storage.catalog().transact(tx -> {
            for (int i = 0; i < 2_500; i++) {
                tx.records(RecordTypes.EVENTS)
                        .insert(new Event(
                                0,
                                new UUID(7, i),
                                fixture.clock.instant(),
                                EventType.SIGNED_UP,
                                "visitor",
                                null,
                                null,
                                null,
                                Map.of()));
            }
            return null;
        });
        pass(11);
        Filter<Event> old = Filter.equal(Event.ACTOR, "visitor");
        runAll();
        assertThat(saas.events().count(old)).isBetween(1_000L, 1_600L);
        runAll();
        runAll();
        assertThat(saas.events().count(old)).isZero();
    }
}
