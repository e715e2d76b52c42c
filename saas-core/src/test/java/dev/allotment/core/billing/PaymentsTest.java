// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.billing;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.CreateTenant;
import dev.allotment.Customer;
import dev.allotment.CustomerId;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.PaymentTerms;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SelfService;
import dev.allotment.SwitchPlan;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.access.ApiKeyHolder;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.NewApiKey;
import dev.allotment.backup.RestoreBackup;
import dev.allotment.billing.Payment;
import dev.allotment.billing.PaymentReport;
import dev.allotment.billing.PaymentState;
import dev.allotment.billing.ReportedPayment.Outcome;
import dev.allotment.billing.TenantPayment;
import dev.allotment.core.Concurrently;
import dev.allotment.core.Fixture;
import dev.allotment.core.internal.parameter.MainParameters;
import dev.allotment.core.internal.tenant.change.SuspensionSchedule;
import dev.allotment.testing.InterruptibleBackend;
import dev.allotment.testing.ProcessKilled;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What follows if a customer does not pay, and if it does. */
class PaymentsTest {
    private static final String PAY = "https://pay.example.com/1";

    private final Fixture fixture = new Fixture();
    private final Saas saas = fixture.saas;
    private final Plan plan = fixture.plan(Plan.builder("Gold")
            .dbNameTemplate("gold-%i.example.com")
            .published(true)
            .paymentTerms(PaymentTerms.parse("notify 0 3 7, suspend 14")));
    private final User owner = fixture.signUp("owner@example.com");
    private final Tenant shop = tenant(plan, owner);

    @AfterEach
    void close() {
        fixture.close();
    }

    private Tenant tenant(Plan on, User by) {
        return saas.tenants().create(CreateTenant.onPlan(on).owner(by).build()).tenant();
    }

    private Outcome report(User customer, PaymentState state) {
        return report(PaymentReport.ofCustomer(customer.customerId(), state).payUrl(PAY));
    }

    private Outcome report(PaymentReport.Builder report) {
        Outcome outcome = saas.payments().report(report.build()).outcome();
        fixture.clock.advance(Duration.ofSeconds(1));
        return outcome;
    }

    private void days(int days) {
        fixture.clock.advance(Duration.ofDays(days));
        saas.maintenance().run();
    }

    private Tenant now(Tenant tenant) {
        return saas.tenants().get(tenant.id());
    }

    private List<Event> events(EventType type) {
        return saas.events().list(Query.where(Filter.equal(Event.TYPE, type)).orderBy(Event.ID));
    }

    private List<String> notices() {
        return events(EventType.PAYMENT_DUE).stream()
                .map(each -> each.details().getOrDefault("day", ""))
                .toList();
    }

    @Test
    void announcesSuspendsAndOpensAgain() {
        Instant start = fixture.clock.instant();
        assertThat(report(owner, PaymentState.PAST_DUE)).isEqualTo(Outcome.CHANGED);
        saas.maintenance().run();
        saas.maintenance().run();
        assertThat(notices()).containsExactly("0");
        assertThat(events(EventType.PAYMENT_DUE).get(0).details())
                .containsEntry("customer", owner.customerId().toString())
                .containsEntry("since", start.toString())
                .containsEntry("suspendsAt", start.plus(Duration.ofDays(14)).toString());
        for (int day = 1; day < 14; day++) {
            days(1);
            assertThat(now(shop).state()).as("on day " + day).isEqualTo(TenantState.OPEN);
        }
        assertThat(notices()).containsExactly("0", "3", "7");

        days(1);
        assertThat(now(shop).state()).isEqualTo(TenantState.SUSPENDED);
        assertThat(now(shop).suspendedFor()).containsExactly("unpaid");
        assertThat(saas.database(shop.name()).parameters().value("saas_client.suspended"))
                .contains("1");
        days(100);
        assertThat(now(shop).state()).as("money alone never deletes").isEqualTo(TenantState.SUSPENDED);

        try (Saas node = fixture.builder(fixture.storage)
                .node("node-b")
                .executor(Runnable::run)
                .open()) {
            node.payments()
                    .report(PaymentReport.ofCustomer(owner.customerId(), PaymentState.PAID)
                            .build());
        }
        assertThat(now(shop).state()).as("without the maintenance").isEqualTo(TenantState.OPEN);
        assertThat(now(shop).suspendedFor()).isEmpty();
        assertThat(events(EventType.PAYMENT_CHANGED))
                .extracting(each -> each.details().get("to"))
                .containsExactly("past_due", "paid");
        assertThat(events(EventType.TENANT_SUSPENDED))
                .singleElement()
                .satisfies(each -> assertThat(each.details()).containsEntry("cause", "unpaid"));
        assertThat(events(EventType.TENANT_RESUMED)).hasSize(1);
    }

    @Test
    void sendsOnlyTheNewestNoticeAfterAnOutage() {
        report(owner, PaymentState.PAST_DUE);
        days(8);
        assertThat(notices()).containsExactly("7");
        fixture.clock.advance(Duration.ofDays(-6));
        saas.maintenance().run();
        days(10);
        assertThat(notices()).as("a clock that was set back repeats nothing").containsExactly("7");
    }

    @Test
    void countsAgainAfterAPayment() {
        report(owner, PaymentState.PAST_DUE);
        days(4);
        report(owner, PaymentState.PAID);
        saas.maintenance().run();
        fixture.clock.advance(Duration.ofDays(20));
        report(owner, PaymentState.PAST_DUE);
        saas.maintenance().run();
        assertThat(notices()).containsExactly("3", "0");
        assertThat(now(shop).state()).isEqualTo(TenantState.OPEN);
    }

    @Test
    void sendsACustomerWithManyTenantsEachNoticeOnceFromAnyNode() {
        for (int i = 0; i < 5; i++) {
            tenant(plan, owner);
        }
        try (Saas other = fixture.builder(fixture.storage).node("node-b").open()) {
            report(owner, PaymentState.PAST_DUE);
            for (int day = 0; day <= 8; day++) {
                List<Saas> nodes = List.of(saas, other);
                assertThat(Concurrently.run(2, i -> nodes.get(i).maintenance().run()))
                        .allSatisfy(each -> assertThat(each.error()).isNull());
                saas.maintenance().run();
                fixture.clock.advance(Duration.ofDays(1));
            }
        }
        assertThat(notices()).containsExactly("0", "3", "7");
    }

    @Test
    void suspendsAtOnceWhatThePaymentSystemHasGivenUp() {
        report(owner, PaymentState.PAST_DUE);
        days(2);
        Instant since = payment(owner).since();
        report(owner, PaymentState.UNPAID);
        assertThat(payment(owner).since()).as("the clock is not restarted").isEqualTo(since);
        saas.maintenance().run();
        assertThat(now(shop).suspendedFor()).containsExactly("unpaid");

        report(owner, PaymentState.PAST_DUE);
        saas.maintenance().run();
        assertThat(now(shop).state()).isEqualTo(TenantState.OPEN);
        days(12);
        assertThat(now(shop).suspendedFor()).containsExactly("unpaid");
    }

    private Payment payment(User customer) {
        return saas.payments().ofCustomer(customer.customerId()).orElseThrow();
    }

    @Test
    void opensNothingThatIsClosedForAnotherReason() {
        saas.tenants()
                .update(
                        shop.id(),
                        each -> each.toBuilder()
                                .blockOnExpiration(true)
                                .expiresAt(fixture.clock.instant())
                                .build());
        Tenant second = tenant(plan, owner);
        saas.tenants().suspend(second.id());
        report(owner, PaymentState.UNPAID);
        saas.maintenance().run();
        assertThat(now(shop).suspendedFor()).containsExactlyInAnyOrder("expired", "unpaid");
        assertThat(now(second).suspendedFor()).containsExactlyInAnyOrder("manual", "unpaid");

        report(owner, PaymentState.PAID);
        saas.maintenance().run();
        assertThat(now(shop).suspendedFor()).containsExactly("expired");
        assertThat(now(second).suspendedFor()).containsExactly("manual");

        report(owner, PaymentState.UNPAID);
        saas.maintenance().run();
        saas.tenants().resume(second.id());
        assertThat(now(second).suspendedFor())
                .as("an administrator resumes what administrators have suspended")
                .containsExactly("unpaid");
        saas.tenants().extend(shop.id(), null, "a gift");
        saas.maintenance().run();
        assertThat(now(shop).suspendedFor()).containsExactly("unpaid");
    }

    @Test
    void deletesATrialOnTheDayThatItHadBefore() {
        saas.parameters().set(MainParameters.DELETE_TRIALS_AFTER, "30");
        Plan trials = saas.plans()
                .update(plan.id(), each -> each.toBuilder().trialHours(24).build());
        Tenant trial = saas.tenants()
                .create(CreateTenant.onPlan(trials).owner(owner).trial(true).build())
                .tenant();
        report(owner, PaymentState.UNPAID);
        days(1);
        days(29);
        assertThat(now(trial).state()).isEqualTo(TenantState.SUSPENDED);
        days(1);
        assertThat(now(trial).state()).isEqualTo(TenantState.DELETED);
        assertThat(now(shop).state()).isEqualTo(TenantState.SUSPENDED);
    }

    @Test
    void ordersReportsByTheClockOfThePaymentSystem() {
        Instant at = fixture.clock.instant();
        assertThat(report(at(PaymentState.PAST_DUE, at.minusSeconds(60)))).isEqualTo(Outcome.CHANGED);
        assertThat(report(at(PaymentState.PAST_DUE, at.minusSeconds(60))))
                .as("the same delivery again")
                .isEqualTo(Outcome.UNCHANGED);
        assertThat(report(at(PaymentState.PAST_DUE, at.minusSeconds(50)))).isEqualTo(Outcome.UNCHANGED);
        assertThat(payment(owner).reportedAt()).isEqualTo(at.minusSeconds(50));
        assertThat(payment(owner).since()).isEqualTo(at.minusSeconds(60));
        assertThat(report(at(PaymentState.PAID, at.minusSeconds(55)))).isEqualTo(Outcome.OUTDATED);
        assertThat(report(at(PaymentState.PAID, at.minusSeconds(40)))).isEqualTo(Outcome.CHANGED);
        assertThat(report(at(PaymentState.PAST_DUE, at.minusSeconds(60))))
                .as("a replay of an old delivery")
                .isEqualTo(Outcome.OUTDATED);
        assertThat(payment(owner).state()).isEqualTo(PaymentState.PAID);
        assertThat(events(EventType.PAYMENT_CHANGED)).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "PAST_DUE UNPAID PAID, PAID",
        "PAID PAST_DUE UNPAID, PAID",
        "UNPAID PAID PAST_DUE, PAID",
        "PAST_DUE UNPAID, UNPAID",
        "UNPAID PAST_DUE, UNPAID"
    })
    void reportsOfTheSameTimeHaveTheSameResultInAnyOrder(String order, PaymentState result) {
        Instant at = fixture.clock.instant();
        for (String each : order.split(" ")) {
            report(at(PaymentState.valueOf(each), at));
        }
        assertThat(payment(owner).state()).isEqualTo(result);
    }

    private PaymentReport.Builder at(PaymentState state, Instant at) {
        return PaymentReport.ofCustomer(owner.customerId(), state).reportedAt(at);
    }

    @Test
    void aTenantsOwnStateComesBeforeThatOfItsCustomer() {
        Tenant second = tenant(plan, owner);
        report(PaymentReport.ofTenant(second.id(), PaymentState.PAID));
        report(owner, PaymentState.UNPAID);
        saas.maintenance().run();
        assertThat(now(shop).state()).isEqualTo(TenantState.SUSPENDED);
        assertThat(now(second).state()).isEqualTo(TenantState.OPEN);
        assertThat(saas.payments().applying(List.of(shop, second)))
                .hasEntrySatisfying(
                        shop.id(), each -> assertThat(each.payment().payUrl()).isEqualTo(PAY))
                .hasEntrySatisfying(
                        second.id(), each -> assertThat(each.suspendsAt()).isNull());

        report(PaymentReport.ofTenant(second.id(), PaymentState.UNPAID));
        report(owner, PaymentState.PAID);
        saas.maintenance().run();
        assertThat(now(shop).state()).isEqualTo(TenantState.OPEN);
        assertThat(now(second).suspendedFor()).containsExactly("unpaid");
    }

    @Test
    void aTenantLeavesItsDebtsToTheCustomerThatMadeThem() {
        User buyer = fixture.signUp("buyer@example.com");
        report(PaymentReport.ofTenant(shop.id(), PaymentState.UNPAID));
        saas.maintenance().run();
        assertThat(now(shop).state()).isEqualTo(TenantState.SUSPENDED);

        move(buyer.customerId());
        assertThat(now(shop).state()).isEqualTo(TenantState.OPEN);
        report(buyer, PaymentState.UNPAID);
        saas.maintenance().run();
        assertThat(now(shop).state()).isEqualTo(TenantState.SUSPENDED);
        report(buyer, PaymentState.PAID);
        saas.maintenance().run();
        move(owner.customerId());
        assertThat(now(shop).suspendedFor()).containsExactly("unpaid");
    }

    private void move(CustomerId customer) {
        saas.tenants()
                .update(shop.id(), each -> each.toBuilder().customerId(customer).build());
        saas.maintenance().run();
    }

    @Test
    void termsOfThePlanApplyToAllItsTenants() {
        report(owner, PaymentState.PAST_DUE);
        days(5);
        terms(PaymentTerms.of(List.of(4), 5));
        assertThat(now(shop).suspendedFor()).containsExactly("unpaid");
        terms(null);
        assertThat(now(shop).state()).isEqualTo(TenantState.OPEN);
        report(owner, PaymentState.UNPAID);
        days(100);
        assertThat(now(shop).state()).as("nothing follows").isEqualTo(TenantState.OPEN);
        assertThat(notices()).containsExactly("3", "4");
        assertThat(saas.plans().get(plan.id()).version()).isEqualTo(plan.version());
    }

    private void terms(@Nullable PaymentTerms terms) {
        saas.plans()
                .update(plan.id(), each -> each.toBuilder().paymentTerms(terms).build());
        saas.maintenance().run();
    }

    @Test
    void anotherPlanHasOtherTerms() {
        Plan free = fixture.plan(Plan.builder("Free").dbNameTemplate("free-%i.example.com"));
        report(owner, PaymentState.UNPAID);
        saas.maintenance().run();
        saas.tenants().switchPlan(SwitchPlan.builder(shop.id(), free.id()).build());
        saas.maintenance().run();
        assertThat(now(shop).state()).isEqualTo(TenantState.OPEN);
    }

    @Test
    void anOwnerCannotGetAroundIt() {
        Plan free = fixture.plan(
                Plan.builder("Free").dbNameTemplate("free-%i.example.com").published(true));
        report(owner, PaymentState.UNPAID);
        saas.maintenance().run();
        SelfService own = saas.actingAs(owner.id()).selfService();
        assertRefusal(() -> own.start(plan.id(), "more", null)).isEqualTo("payment.required");
        assertRefusal(() -> own.switchPlan(shop.id(), free.id(), free.version(), List.of()))
                .isEqualTo("payment.required");
        Tenant given = tenant(plan, owner);
        assertThat(given.state()).as("an administrator may").isEqualTo(TenantState.OPEN);
        saas.maintenance().run();
        assertThat(now(given).suspendedFor()).as("and the terms apply").containsExactly("unpaid");
    }

    @Test
    void anOwnerEscapesNoDebtOfATenant() {
        Plan slow = fixture.plan(Plan.builder("Slow")
                .dbNameTemplate("slow-%i.example.com")
                .paymentTerms(PaymentTerms.of(List.of(), 90))
                .published(true));
        Saas view = saas.actingAs(owner.id());
        SelfService own = view.selfService();
        RestoreBackup again = RestoreBackup.builder(
                        shop.id(), saas.backups().create(shop.id(), null).id())
                .name("again")
                .build();
        report(PaymentReport.ofTenant(shop.id(), PaymentState.PAST_DUE));
        assertRefusal(() -> own.switchPlan(shop.id(), slow.id(), slow.version(), List.of()))
                .as("it would be suspended later")
                .isEqualTo("payment.required");
        assertRefusal(() -> own.duplicate(shop.id(), "copy", null)).isEqualTo("payment.required");
        assertRefusal(() -> own.preview(shop.id(), "look", 24, null)).isEqualTo("payment.required");
        assertRefusal(() -> view.backups().restore(again)).isEqualTo("payment.required");
        report(PaymentReport.ofTenant(shop.id(), PaymentState.UNPAID));
        assertRefusal(() -> own.start(plan.id(), "more", null)).isEqualTo("payment.required");

        report(PaymentReport.ofTenant(shop.id(), PaymentState.PAID));
        assertThat(view.backups().restore(again).tenant().state()).isEqualTo(TenantState.OPEN);
    }

    @Test
    void anInvoiceDoesNotChangeWhatWasGivenUpInAnyOrder() {
        Instant at = fixture.clock.instant();
        report(at(PaymentState.PAST_DUE, at.minusSeconds(9)).invoice(true));
        report(at(PaymentState.UNPAID, at.minusSeconds(10)).payUrl(PAY));
        assertThat(payment(owner).state()).as("the older report decides").isEqualTo(PaymentState.UNPAID);
        report(at(PaymentState.PAID, at.minusSeconds(5)).invoice(true));
        assertThat(payment(owner).state()).isEqualTo(PaymentState.UNPAID);
        report(at(PaymentState.PAID, at.minusSeconds(7)));
        assertThat(payment(owner).state()).isEqualTo(PaymentState.PAID);
        assertThat(report(at(PaymentState.UNPAID, at.minusSeconds(8)))).isEqualTo(Outcome.OUTDATED);
    }

    @Test
    void aReportWithoutATimeIsNotLostToAClockThatWasAhead() {
        report(at(PaymentState.PAST_DUE, fixture.clock.instant().plusSeconds(600)));
        assertThat(report(owner, PaymentState.PAID)).isEqualTo(Outcome.CHANGED);
        report(owner, PaymentState.UNPAID);
        fixture.clock.advance(Duration.ofDays(-2));
        assertThat(report(owner, PaymentState.PAID))
                .as("a clock that was set back")
                .isEqualTo(Outcome.CHANGED);
        saas.maintenance().run();
        assertThat(payment(owner).dueAt()).isNull();
    }

    @Test
    void othersNeitherSeeNorReport() {
        report(owner, PaymentState.PAST_DUE);
        report(PaymentReport.ofTenant(shop.id(), PaymentState.PAST_DUE));
        Saas own = saas.actingAs(owner.id());
        Saas stranger = saas.actingAs(fixture.signUp("other@example.com").id());
        assertThat(own.payments().list(Query.all())).hasSize(2);
        assertThat(own.payments().applying(List.of(shop))).hasSize(1);
        assertThat(stranger.payments().list(Query.all())).isEmpty();
        assertThat(stranger.payments().ofCustomer(owner.customerId())).isEmpty();
        assertThat(stranger.payments().ofTenant(shop.id())).isEmpty();
        assertThat(stranger.payments().applying(List.of(shop))).isEmpty();
        for (Saas each : List.of(own, stranger)) {
            assertRefusal(() -> each.payments()
                            .report(PaymentReport.ofCustomer(owner.customerId(), PaymentState.PAID)
                                    .build()))
                    .isEqualTo("access.not-allowed");
        }
        assertThat(payment(owner).state()).isEqualTo(PaymentState.PAST_DUE);
    }

    @Test
    void aKeyForPaymentsDoesNothingElse() {
        User robot = fixture.administrator("robot@example.com");
        Saas view = acting(robot, ApiKeyScope.PAYMENTS);
        PaymentReport unpaid = PaymentReport.ofCustomer(owner.customerId(), PaymentState.UNPAID)
                .build();
        assertThat(view.payments().report(unpaid).outcome()).isEqualTo(Outcome.CHANGED);
        assertThat(view.payments().list(Query.all())).hasSize(1);
        assertRefusal(() -> view.tenants().list(Query.all())).isEqualTo("access.not-allowed");
        assertRefusal(() -> view.customers().list(Query.all())).isEqualTo("access.not-allowed");
        assertRefusal(() -> view.tenants().suspend(shop.id())).isEqualTo("access.not-allowed");
        assertRefusal(() -> view.database(shop.name())).isEqualTo("access.not-allowed");
        assertRefusal(() -> view.apiKeys().create(new NewApiKey("more", ApiKeyScope.EVERYTHING, null)))
                .isEqualTo("access.not-allowed");
        for (ApiKeyScope each : List.of(ApiKeyScope.READ_ONLY, ApiKeyScope.ofCustomer(owner.customerId()))) {
            assertThat(acting(robot, each).payments().list(Query.all())).hasSize(1);
            assertRefusal(() -> acting(robot, each).payments().report(unpaid)).isEqualTo("access.not-allowed");
        }
        assertThat(acting(robot, ApiKeyScope.ofPlan(plan.id())).payments().list(Query.all()))
                .isEmpty();
        assertRefusal(() -> acting(owner, ApiKeyScope.PAYMENTS).payments().report(unpaid))
                .isEqualTo("access.not-allowed");
    }

    private Saas acting(User user, ApiKeyScope scope) {
        Instant end = fixture.clock.instant().plus(Duration.ofDays(1));
        String secret = saas.actingAs(user.id())
                .apiKeys()
                .create(new NewApiKey("key", scope, end))
                .secret();
        ApiKeyHolder holder = saas.apiKeys().authenticate(secret, null).orElseThrow();
        return saas.actingAs(holder, null);
    }

    @Test
    void theCallIsShortHoweverManyTenantsFollow() {
        List<Tenant> many = new ArrayList<>(List.of(shop));
        for (int i = 0; i < 230; i++) {
            many.add(tenant(plan, owner));
        }
        report(owner, PaymentState.UNPAID);
        assertThat(states(many)).containsOnly(TenantState.OPEN);
        assertThat(payment(owner).dueAt()).isNotNull();
        try (Saas other = fixture.builder(fixture.storage).node("node-b").open()) {
            while (other.maintenance().run() > 0) {
                assertThat(other.isOpen()).isTrue();
            }
            assertThat(other.tenants().list(Query.where(Filter.equal(Tenant.STATE, TenantState.SUSPENDED))))
                    .as("another node continues")
                    .hasSize(many.size());
            assertThat(other.payments().ofCustomer(owner.customerId()).map(Payment::dueAt))
                    .isEmpty();
        }
    }

    /** Each point of the report and of what follows it at once, and some of the rest of the maintenance. */
    @Test
    void anotherNodeSuspendsEachTenantOnceWhereverTheNodeIsKilled() {
        List<Tenant> all = List.of(shop, tenant(plan, owner), tenant(plan, owner));
        int kills = 0;
        boolean interrupted = true;
        for (int n = 0; interrupted; n += n < 40 ? 1 : 10) {
            int before = events(EventType.TENANT_SUSPENDED).size();
            InterruptibleBackend process = InterruptibleBackend.over(fixture.storage);
            Saas node = fixture.builder(process).node("node-b").open();
            process.killAfter(n);
            try {
                node.payments()
                        .report(PaymentReport.ofCustomer(owner.customerId(), PaymentState.UNPAID)
                                .build());
                node.maintenance().run();
                interrupted = process.killed();
            } catch (ProcessKilled expected) {
                interrupted = true;
            }
            kills += interrupted ? 1 : 0;
            if (saas.payments()
                    .ofCustomer(owner.customerId())
                    .filter(each -> each.state() == PaymentState.UNPAID)
                    .isEmpty()) {
                // It was not answered, so the payment system sends it again.
                report(owner, PaymentState.UNPAID);
            }
            fixture.clock.advance(Duration.ofMinutes(1));
            saas.maintenance().run();
            assertThat(states(all)).as("killed after " + n).containsOnly(TenantState.SUSPENDED);
            assertThat(payment(owner).dueAt()).as("killed after " + n).isNull();
            assertThat(events(EventType.TENANT_SUSPENDED))
                    .as("killed after " + n)
                    .hasSize(before + all.size());

            report(owner, PaymentState.PAID);
            fixture.clock.advance(Duration.ofHours(1));
            saas.maintenance().run();
            saas.maintenance().run();
            assertThat(states(all)).as("killed after " + n).containsOnly(TenantState.OPEN);
        }
        assertThat(kills).isGreaterThan(40);
    }

    @Test
    void aStateThatANodeWithAClockAheadHasTakenIsFollowed() {
        report(owner, PaymentState.UNPAID);
        fixture.clock.advance(Duration.ofDays(1));
        Instant wrong = fixture.clock.instant();
        for (int n = 0; !Objects.requireNonNull(payment(owner).dueAt()).isAfter(wrong); n++) {
            InterruptibleBackend process = InterruptibleBackend.over(fixture.storage);
            Saas node = fixture.builder(process).node("node-b").open();
            process.killAfter(n);
            assertThatThrownBy(() -> node.maintenance().run()).isInstanceOf(ProcessKilled.class);
        }
        fixture.clock.advance(Duration.ofDays(-1));
        assertThat(now(shop).state()).isEqualTo(TenantState.OPEN);
        saas.maintenance().run();
        assertThat(now(shop).suspendedFor()).containsExactly("unpaid");
    }

    private List<TenantState> states(List<Tenant> tenants) {
        return tenants.stream().map(each -> now(each).state()).toList();
    }

    @Test
    void refusesWhatAPaymentSystemCannotMean() {
        Instant now = fixture.clock.instant();
        for (String url : List.of(
                "http://pay.example.com",
                "javascript:alert(1)",
                "https://user@pay.example.com/",
                "/pay",
                "https:pay",
                "https://pay.example.com/a b",
                "https://pay.example.com/" + "x".repeat(2000))) {
            assertInvalid(at(PaymentState.PAST_DUE, now).payUrl(url));
        }
        assertInvalid(at(PaymentState.PAID, now).reference("x".repeat(201)));
        assertInvalid(at(PaymentState.PAID, now).reference("a\nb"));
        assertInvalid(at(PaymentState.PAID, now.plus(Duration.ofHours(2))));
        assertInvalid(at(PaymentState.PAID, Instant.EPOCH));
        assertInvalid(at(PaymentState.PAID, now).since(now.plusSeconds(1)));
        assertInvalid(at(PaymentState.PAID, now).customerId(null).tenantId(null));
        assertInvalid(at(PaymentState.PAID, now).customerId(new CustomerId(1)).tenantId(new TenantId(1)));
        assertRefusal(() -> report(PaymentReport.ofCustomer(new CustomerId(999), PaymentState.PAID)))
                .isEqualTo("record.missing");
        assertRefusal(() -> report(PaymentReport.ofTenant(new TenantId(999), PaymentState.PAID)))
                .isEqualTo("record.missing");
        assertThat(saas.payments().list(Query.all())).isEmpty();
        assertThat(report(at(PaymentState.PAST_DUE, now).payUrl("http://localhost:8080/pay")))
                .isEqualTo(Outcome.CHANGED);
    }

    private void assertInvalid(PaymentReport.Builder report) {
        assertRefusal(() -> report(report)).isEqualTo("payment.invalid");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "suspend", "notify suspend 3", "notify 3 0, suspend 9", "suspend -1", "suspend 3651"})
    void refusesTermsThatMakeNoSense(String text) {
        assertRefusal(() -> PaymentTerms.parse(text)).isEqualTo("plan.invalid");
    }

    @Test
    void termsHaveOneForm() {
        PaymentTerms terms = PaymentTerms.of(List.of(0, 3, 7), 14);
        assertThat(PaymentTerms.parse(" Notify 0,3  7 SUSPEND 014 ")).isEqualTo(terms);
        assertThat(terms).hasToString("notify 0 3 7, suspend 14");
        assertThat(terms.noticeDays()).containsExactly(0, 3, 7);
        assertThat(terms.suspendAfterDays()).isEqualTo(14);
        assertThat(PaymentTerms.of(List.of(), 3)).hasToString("suspend 3");
        assertThat(PaymentTerms.parse("suspend 3").noticeDays()).isEmpty();
    }

    @Test
    void forgetsWhatItKnewWithTheRecord() {
        Customer customer = saas.customers().create("Left", null);
        report(PaymentReport.ofCustomer(customer.id(), PaymentState.PAST_DUE).payUrl(PAY));
        report(PaymentReport.ofTenant(shop.id(), PaymentState.PAST_DUE));
        saas.customers().delete(customer.id());
        saas.tenants().purge(shop.id());
        assertThat(saas.payments().list(Query.all())).isEmpty();
    }

    @Test
    void showsWhenATenantWillBeSuspended() {
        report(owner, PaymentState.PAST_DUE);
        TenantPayment applying =
                Objects.requireNonNull(saas.payments().applying(List.of(shop)).get(shop.id()));
        assertThat(applying.suspendsAt()).isEqualTo(payment(owner).since().plus(Duration.ofDays(14)));
        assertThat(SuspensionSchedule.CHECKED).contains("unpaid");
    }
}
