// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.operation;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.DuplicateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.LongAction;
import dev.allotment.core.LongAction.Request;
import dev.allotment.core.Story;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.testing.InterruptibleBackend;
import dev.allotment.testing.ProcessKilled;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class AsyncOperationsTest {
    /** A start does not wait for these. */
    private static final Set<LongAction> COPIES =
            EnumSet.of(LongAction.DUPLICATE, LongAction.DUPLICATE_ELSEWHERE, LongAction.EXPORT, LongAction.MOVE);

    @ParameterizedTest(name = "{0}")
    @EnumSource(LongAction.class)
    void runsOnTheEmbeddersExecutor(LongAction action) {
        Queue<Runnable> executor = new ArrayDeque<>();
        try (Fixture fixture = Story.fixture();
                Saas saas =
                        fixture.builder(fixture.storage).executor(executor::add).open()) {
            Request request = action.prepare(fixture);
            Operation begun = request.begin().apply(saas);
            assertThat(begun.state()).isEqualTo(OperationState.RUNNING);
            assertThat(begun.step()).isEqualTo("queued");

            executor.remove().run();
            Operation done = saas.operations().await(begun.id(), Duration.ZERO);
            assertThat(done.state()).isEqualTo(OperationState.DONE);
            assertThat(done.percent()).isEqualTo(100);
            request.done().accept(saas);
            Consistency.check(fixture.storage);
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(LongAction.class)
    void runsInTheMaintenanceOfAnyNodeFromStoredInputAlone(LongAction action) {
        try (Fixture fixture = Story.fixture();
                Saas other = fixture.builder(fixture.storage).node("node-b").open()) {
            Request request = action.prepare(fixture);
            Operation begun = request.begin().apply(fixture.saas);

            other.maintenance().run();
            assertThat(fixture.saas.operations().get(begun.id()).state()).isEqualTo(OperationState.DONE);
            request.done().accept(fixture.saas);
            Consistency.check(fixture.storage);
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(LongAction.class)
    void cancelsAnOperationForGoodBeforeItStarts(LongAction action) {
        Queue<Runnable> executor = new ArrayDeque<>();
        try (Fixture fixture = Story.fixture();
                Saas saas =
                        fixture.builder(fixture.storage).executor(executor::add).open()) {
            Request request = action.prepare(fixture);
            Operation begun = request.begin().apply(saas);
            assertThat(saas.operations().cancel(begun.id()).cancelRequested()).isTrue();

            executor.remove().run();
            cancelled(fixture, request, begun);
            Operation second = request.begin().apply(fixture.saas);
            fixture.saas.operations().cancel(second.id());
            fixture.saas.maintenance().run();
            cancelled(fixture, request, second);

            assertThat(request.begin().apply(fixture.saas).step()).isEqualTo("queued");
            fixture.saas.maintenance().run();
            request.done().accept(saas);
        }
    }

    private static void cancelled(Fixture fixture, Request request, Operation begun) {
        Operation ended = fixture.saas.operations().get(begun.id());
        assertThat(ended.state()).isEqualTo(OperationState.FAILED);
        assertThat(ended.errorCode()).isEqualTo(ErrorCodes.OPERATION_CANCELLED);
        request.undone().accept(fixture.saas);
        Consistency.check(fixture.storage);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(LongAction.class)
    void isFinishedByTheNextProcessIfKilledBetweenAnyTwoSteps(LongAction action) {
        boolean killed = true;
        int point = 0;
        while (killed) {
            try (Fixture fixture = Story.fixture()) {
                Request request = action.prepare(fixture);
                int before = fixture.saas.operations().list(Query.all()).size();
                killed = kill(fixture, request, point++);
                Saas survivor = fixture.builder(fixture.storage).open();
                if (COPIES.contains(action)) {
                    fixture.clock.advance(OperationLeases.LEASE);
                    survivor.maintenance().recover();
                }
                Consistency.check(fixture.storage);
                if (survivor.operations().list(Query.all()).size() == before) {
                    request.undone().accept(survivor);
                    assertThat(request.begin().apply(survivor).step()).isEqualTo("queued");
                    survivor.maintenance().run();
                }
                request.done().accept(survivor);
                assertThat(survivor.operations().list(Query.all()))
                        .hasSizeGreaterThan(before)
                        .allMatch(each -> each.state() == OperationState.DONE);
                Consistency.check(fixture.storage);
            }
        }
        assertThat(point).as("points at which the process is killed").isGreaterThan(4);
    }

    private static boolean kill(Fixture fixture, Request request, int point) {
        InterruptibleBackend process = InterruptibleBackend.over(fixture.storage);
        Saas victim = fixture.builder(process).open();
        process.killAfter(point);
        try {
            assertThat(request.begin().apply(victim).step()).isEqualTo("queued");
            victim.maintenance().run();
            return false;
        } catch (ProcessKilled expected) {
            return true;
        }
    }

    @Test
    void skipsAGeneratedNameThatAForeignDatabaseHas() {
        try (Fixture fixture = new Fixture()) {
            Saas saas = fixture.saas;
            Plan plan =
                    fixture.plan(Plan.builder("Numbered").dbNameTemplate("n-%i").spares(1));
            CreateTenant wish = CreateTenant.onPlan(plan)
                    .owner(fixture.signUp("owner@example.com"))
                    .build();
            fixture.storage.putForeign("n-001");
            fixture.storage.putForeign("n-002");
            Operation empty = saas.async().create(wish);
            saas.maintenance().run();
            saas.templates().build(plan.id(), List.of());
            saas.maintenance().run();
            fixture.storage.putForeign("n-004");
            Operation spare = saas.async().create(wish);
            saas.maintenance().run();

            assertThat(List.of(empty, spare))
                    .extracting(each -> saas.operations().get(each.id()).state())
                    .containsOnly(OperationState.DONE);
            assertThat(saas.tenants().list(Query.all().orderBy(Tenant.ID)))
                    .extracting(Tenant::name)
                    .containsExactly("n-003", "n-005");
            assertThat(saas.templates().spares().claimed()).isEqualTo(1);
            Consistency.check(fixture.storage);
        }
    }

    @Test
    void returnsTheSameOperationForTheSameKey() {
        try (Fixture fixture = new Fixture()) {
            Saas saas = fixture.saas;
            Plan plan = fixture.plan();
            DuplicateTenant copy = DuplicateTenant.builder(fixture.tenant().id())
                    .idempotencyKey("copy")
                    .build();
            Operation copying = saas.async().duplicate(copy);
            Operation building = saas.async().buildTemplate(plan.id(), List.of(), "template");
            for (int i = 0; i < 2; i++) {
                assertThat(saas.async().duplicate(copy).id()).isEqualTo(copying.id());
                assertThat(saas.async()
                                .buildTemplate(plan.id(), List.of(), "template")
                                .id())
                        .isEqualTo(building.id());
                saas.maintenance().run();
            }
            assertThat(saas.tenants().duplicate(copy).operation()).isEqualTo(copying.id());
            assertThat(saas.tenants().count(Filter.all())).isEqualTo(2);
            assertRefusal(() -> saas.async()
                            .duplicate(copy.toBuilder().name("another").build()))
                    .isEqualTo(ErrorCodes.IDEMPOTENCY_MISMATCH);
        }
    }

    @Test
    void returnsAFinishedOperationIfThereIsNothingToDo() {
        try (Fixture fixture = new Fixture()) {
            Saas saas = fixture.saas;
            Tenant tenant = fixture.tenant();
            Operation renamed = saas.async().rename(tenant.id(), tenant.name());
            assertThat(renamed.state()).isEqualTo(OperationState.DONE);
            assertThat(renamed.percent()).isEqualTo(100);
            assertThat(renamed.tenantId()).isEqualTo(tenant.id());
            assertThat(saas.operations().get(renamed.id())).isEqualTo(renamed);
            saas.tenants().delete(tenant.id());
            assertThat(saas.async().delete(tenant.id()).state()).isEqualTo(OperationState.DONE);
            assertThat(saas.async().purge(tenant.id()).state()).isEqualTo(OperationState.DONE);
        }
    }

    @Test
    void reportsAConfigurationsResultWithoutItsSecrets() {
        try (Fixture fixture = Story.fixture()) {
            Saas saas = fixture.saas;
            Tenant tenant = fixture.tenant();
            ConfigurationChange wish = ConfigurationChange.builder()
                    .install("sale")
                    .grantOwner("sale.group_seller", "sale.nobody")
                    .hiddenParameter("payment.key", "hush-hush")
                    .build();
            Operation begun = saas.async().configure(tenant.id(), wish);
            assertThat(saas.operations().get(begun.id()).result().values()).noneMatch(each -> each.contains("hush"));
            assertThat(begun.toString()).doesNotContain("hush");

            saas.maintenance().run();
            assertThat(saas.operations().get(begun.id()).result())
                    .isEqualTo(Map.of(
                            "installed", "sale",
                            "updated", "",
                            "uninstalled", "",
                            "unknownGroupsToGrant", "sale.nobody",
                            "unknownGroupsToRevoke", ""));
            assertThat(Consistency.all(fixture.storage, RecordTypes.OPERATIONS))
                    .allSatisfy(each -> assertThat(each.input().values()).noneMatch(value -> value.contains("hush")));
            assertThat(saas.events().list(Query.where(Filter.equal(Event.TYPE, EventType.TENANT_CONFIGURED))))
                    .singleElement()
                    .satisfies(each -> assertThat(each.details()).containsOnlyKeys("install", "update", "uninstall"));
            assertThat(saas.database(tenant.name()).parameters().value("payment.key"))
                    .contains("hush-hush");
        }
    }

    @Test
    void refusesInvalidRequestsAtOnce() {
        try (Fixture fixture = new Fixture()) {
            Saas saas = fixture.saas;
            Tenant tenant = fixture.tenant();
            assertRefusal(() -> saas.async()
                            .configure(
                                    tenant.id(),
                                    ConfigurationChange.builder()
                                            .install("nothing")
                                            .build()))
                    .isEqualTo(ErrorCodes.ADDON_UNKNOWN);
            assertRefusal(() -> saas.async()
                            .configure(
                                    tenant.id(),
                                    ConfigurationChange.builder()
                                            .parameter("first", "x".repeat(90_000))
                                            .parameter("second", "x".repeat(90_000))
                                            .build()))
                    .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
            assertRefusal(() -> saas.async().restore(tenant.id())).isEqualTo(ErrorCodes.TENANT_STATE);
            saas.async().delete(tenant.id());
            assertRefusal(() -> saas.async().rename(tenant.id(), "new")).isEqualTo(ErrorCodes.TENANT_BUSY);

            Saas own = saas.actingAs(fixture.signUp("portal@example.com").id());
            assertRefusal(() -> own.async().delete(tenant.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
            assertRefusal(() -> own.async()
                            .create(CreateTenant.onPlan(fixture.plan()).build()))
                    .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        }
    }
}
