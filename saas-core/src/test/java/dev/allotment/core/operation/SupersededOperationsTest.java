// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.operation;

import static dev.allotment.core.Refusals.assertRefusal;
import static dev.allotment.core.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ConfigurationChange;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SwitchPlan;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.Points;
import dev.allotment.core.Story;
import dev.allotment.core.Story.Request;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.testing.InterruptibleBackend;
import dev.allotment.testing.ProcessKilled;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Execution(ExecutionMode.CONCURRENT)
final class SupersededOperationsTest {
    private static final Map<String, BiConsumer<Saas, TenantId>> CLOSINGS = new TreeMap<>(Map.of(
            "suspends",
            (saas, id) -> assertThat(saas.tenants().suspend(id).state()).isEqualTo(TenantState.SUSPENDED),
            "retains",
            (saas, id) -> {
                saas.parameters().set(Parameter.RETENTION_DAYS, "7");
                assertThat(saas.tenants().delete(id).state()).isEqualTo(TenantState.RETAINED);
            },
            "purges",
            (saas, id) -> assertThat(saas.tenants().purge(id).state()).isEqualTo(TenantState.DELETED)));

    private static final List<Story> SUPERSEDED = List.of(
            Story.CONFIGURE,
            Story.CONFIGURE_SUSPENDING,
            Story.SWITCH_PLAN,
            Story.UPDATE,
            Story.RESUME,
            Story.SUSPEND,
            Story.RESTORE,
            Story.RESTORE_IN_PLACE,
            Story.RENAME);

    static Stream<Arguments> cases() {
        return SUPERSEDED.stream()
                .flatMap(story -> CLOSINGS.keySet().stream().map(closing -> Arguments.of(story, closing)));
    }

    /** A node stalls at every step of an operation, another one closes the tenant, and the first one resumes. */
    @ParameterizedTest(name = "{0}, and another node {1} the tenant")
    @MethodSource("cases")
    void doNoHarmWhenTheyResume(Story story, String closing) {
        boolean stalled = true;
        for (int step = Points.first(story); stalled; step += Points.STRIDE) {
            try (Fixture fixture = Story.fixture()) {
                Request request = story.begin(fixture);
                stalled = closeMeanwhile(fixture, request, step, closing);
                Consistency.check(fixture.storage);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("stalled at step " + step + ": " + e.getMessage(), e);
            }
        }
    }

    private static boolean closeMeanwhile(Fixture fixture, Request request, int stalling, String closing) {
        AtomicInteger step = new AtomicInteger();
        AtomicBoolean closed = new AtomicBoolean();
        fixture.backend.watch(passed -> {
            // A node that stalls inside a transaction makes others wait, or the database ends its connection.
            if (!passed.startsWith("in ") && step.getAndIncrement() == stalling) {
                Saas other = fixture.builder(fixture.storage).node("node-b").open();
                List<Operation> running = running(other);
                if (running.stream().anyMatch(each -> each.kind() == OperationKind.RENAME_TENANT)) {
                    // A rename is waited for while its node lives.
                    fixture.clock.advance(OperationLeases.LEASE);
                }
                for (Operation each : running) {
                    CLOSINGS.get(closing).accept(other, each.tenantId());
                    assertThat(other.operations().get(each.id()).state()).isNotEqualTo(OperationState.RUNNING);
                    closed.set(true);
                }
            }
        });
        try {
            request.act().accept(fixture.saas);
        } catch (SaasException stopped) {
            assertThat(closed)
                    .as("it fails because it was superseded: " + stopped)
                    .isTrue();
            assertThat(stopped.retryable() || stopped.code().equals(ErrorCodes.TENANT_STATE))
                    .as("not a definite refusal: " + stopped)
                    .isTrue();
        } finally {
            fixture.backend.unwatch();
        }
        return step.get() > stalling;
    }

    private static List<Operation> running(Saas saas) {
        return saas.operations().list(Query.where(Filter.equal(Operation.STATE, OperationState.RUNNING)));
    }

    private final Fixture fixture = Story.fixture();
    private final Saas saas = fixture.saas;

    @AfterEach
    void close() {
        fixture.backend.unwatch();
        fixture.close();
    }

    /** An application that holds a lock inside its database until its sessions are closed. */
    private AtomicInteger locked(String... steps) {
        AtomicInteger waited = new AtomicInteger();
        AtomicBoolean closed = new AtomicBoolean();
        fixture.backend.watch(passed -> {
            if (passed.equals("after close")) {
                closed.set(true);
            } else if (passed.equals("after open")) {
                closed.set(false);
            } else if (List.of(steps).contains(passed) && !closed.get()) {
                waited.incrementAndGet();
                throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "waited too long", null);
            }
        });
        return waited;
    }

    @Test
    void updateClosesTheSessionsThatAreInItsWay() {
        Tenant tenant = fixture.tenant();
        AtomicInteger waited = locked("before transact");

        Tenant changed = saas.tenants()
                .update(tenant.id(), each -> each.toBuilder().maxUsers(9).build());

        assertThat(waited).hasValue(1);
        assertThat(changed.maxUsers()).isEqualTo(9);
        assertThat(fixture.storage.isOpen(tenant.name())).isTrue();
        assertThat(running(saas)).isEmpty();
    }

    @Test
    void configurationThatIsLockedOutIsUndone() {
        Tenant tenant = fixture.tenant();
        locked("before transact", "before configure");
        assertRefusal(() -> saas.configuration()
                        .apply(
                                tenant.id(),
                                ConfigurationChange.builder().maxUsers(3).build()))
                .isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
        assertThat(running(saas)).isEmpty();
        assertThat(fixture.storage.isOpen(tenant.name())).isTrue();
    }

    /** The process is killed at every step of a configuration that has to close the database to get through. */
    @Test
    void databaseThatAKilledProcessHasClosedIsReopened() {
        boolean killed = true;
        for (int point = 0; killed; point++) {
            try (Fixture other = Story.fixture()) {
                Tenant tenant = other.tenant();
                InterruptibleBackend process = InterruptibleBackend.over(other.backend);
                Saas victim = other.builder(process).node("node-b").open();
                AtomicBoolean closed = new AtomicBoolean();
                other.backend.watch(passed -> {
                    closed.compareAndSet(false, passed.equals("after close"));
                    if (passed.equals("before transact") && !closed.get()) {
                        throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "waited too long", null);
                    }
                });
                process.killAfter(point);
                try {
                    victim.configuration()
                            .apply(
                                    tenant.id(),
                                    ConfigurationChange.builder().maxUsers(3).build());
                    killed = false;
                } catch (ProcessKilled expected) {
                    assertThat(expected).isNotNull();
                }
                other.backend.unwatch();
                other.clock.advance(OperationLeases.LEASE);
                other.saas.operations().recover();
                assertThat(running(other.saas)).isEmpty();
                assertThat(other.storage.isOpen(tenant.name()))
                        .as("killed at point " + point)
                        .isTrue();
            }
        }
    }

    /** Leaves an operation that fails at each attempt. */
    private void leaveStuck(Tenant tenant) {
        fixture.backend.watch(passed -> {
            if (passed.equals("before transact")) {
                throw SaasException.conflict(ErrorCodes.DATABASE_FOREIGN + "x", "broken");
            }
        });
        SaasException failure = refusal(() -> saas.tenants()
                .update(tenant.id(), each -> each.toBuilder().maxUsers(9).build()));
        assertThat(failure.code()).isEqualTo(ErrorCodes.OPERATION_UNFINISHED);
        assertThat(failure.category()).isEqualTo(ErrorCategory.UNAVAILABLE);
        assertThat(failure.retryable()).isTrue();
        fixture.backend.unwatch();
        assertThat(running(saas)).hasSize(1);
    }

    @Test
    void stuckUpdateDoesNotKeepATenantFromExpiring() {
        Tenant tenant = fixture.tenant();
        saas.tenants()
                .update(
                        tenant.id(),
                        each -> each.toBuilder()
                                .blockOnExpiration(true)
                                .expiresAt(fixture.clock.instant().plus(Duration.ofMinutes(5)))
                                .build());
        leaveStuck(tenant);
        assertRefusal(() -> saas.tenants().resume(tenant.id())).isEqualTo(ErrorCodes.TENANT_BUSY);
        fixture.clock.advance(Duration.ofMinutes(5));
        fixture.backend.watch(passed -> {
            if (passed.equals("before transact")) {
                throw new IllegalStateException("broken for ever");
            }
        });

        saas.maintenance().runDue();

        assertThat(saas.tenants().get(tenant.id()).state()).isEqualTo(TenantState.SUSPENDED);
        assertThat(fixture.storage.isOpen(tenant.name())).isFalse();
        assertThat(saas.tenants().purge(tenant.id()).state()).isEqualTo(TenantState.DELETED);
    }

    @Test
    void stuckUpdateCanBeCancelledAndIsToldLater() {
        Tenant tenant = fixture.tenant();
        leaveStuck(tenant);
        Operation stuck = running(saas).get(0);

        saas.operations().cancel(stuck.id());
        saas.maintenance().runDue();

        assertThat(saas.operations().get(stuck.id()).errorCode()).isEqualTo(ErrorCodes.OPERATION_CANCELLED);
        assertThat(running(saas)).isEmpty();
        assertThat(saas.database(tenant.name()).parameters().value(Parameter.MAX_USERS))
                .as("told by the next reading")
                .contains("9");
    }

    @Test
    void configurationThatWasSupersededSaysWhetherItWasApplied() {
        for (String step : List.of("before configure", "after configure")) {
            Tenant tenant = fixture.tenant("at-" + step.substring(0, 2));
            fixture.backend.once(step, () -> saas.tenants().suspend(tenant.id()));
            SaasException answer = refusal(() -> saas.configuration()
                    .apply(
                            tenant.id(),
                            ConfigurationChange.builder().install("sale").build()));
            assertThat(answer.code()).isEqualTo(ErrorCodes.OPERATION_SUPERSEDED);
            Operation configuring = saas
                    .operations()
                    .list(Query.where(Filter.equal(Operation.KIND, OperationKind.CONFIGURE_TENANT)))
                    .stream()
                    .filter(each -> tenant.id().equals(each.tenantId()))
                    .findFirst()
                    .orElseThrow();
            assertThat(configuring.state()).isEqualTo(OperationState.FAILED);
            boolean applied = step.startsWith("after");
            assertThat(configuring.result()).containsEntry("applied", Boolean.toString(applied));
            assertThat(saas.database(tenant.name())
                            .groups()
                            .findByXmlId("sale.group_seller")
                            .isPresent())
                    .isEqualTo(applied);
        }
        Consistency.check(fixture.storage);
    }

    /** The catalog follows the database, whose add-ons are those of one of the two plans. */
    @Test
    void tenantIsOnThePlanThatASupersededSwitchGaveItsDatabase() {
        for (String step : List.of("before configure", "after configure")) {
            Tenant tenant = fixture.tenant("at-" + step.substring(0, 2));
            Plan larger = fixture.plan(Plan.builder("Larger " + step).maxUsers(8));
            saas.templates().build(larger.id(), List.of("sale"));
            fixture.backend.once(step, () -> saas.tenants().suspend(tenant.id()));
            assertRefusal(() -> saas.tenants()
                            .switchPlan(
                                    SwitchPlan.builder(tenant.id(), larger.id()).build()))
                    .isEqualTo(ErrorCodes.OPERATION_SUPERSEDED);

            Tenant after = saas.tenants().get(tenant.id());
            boolean applied = step.startsWith("after");
            assertThat(after.state()).isEqualTo(TenantState.SUSPENDED);
            assertThat(larger.id().equals(after.planId())).isEqualTo(applied);
            assertThat(after.maxUsers() == 8).isEqualTo(applied);
            assertThat(saas.database(tenant.name()).parameters().value(Parameter.MAX_USERS))
                    .isEqualTo(Optional.of(Integer.toString(after.maxUsers())));
            assertThat(saas.database(tenant.name())
                            .groups()
                            .findByXmlId("sale.group_seller")
                            .isPresent())
                    .isEqualTo(applied);
            assertThat(
                            saas
                                    .events()
                                    .list(Query.where(Filter.equal(Event.TYPE, EventType.TENANT_PLAN_SWITCHED)))
                                    .stream()
                                    .filter(each -> tenant.id().equals(each.tenantId())))
                    .hasSize(applied ? 1 : 0);
        }
        Consistency.check(fixture.storage);
    }
}
