// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.operation;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.Points;
import dev.allotment.core.Refusals;
import dev.allotment.core.Story;
import dev.allotment.core.Story.Request;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.testing.InterruptibleBackend;
import dev.allotment.testing.ProcessKilled;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An administrator abandons every kind of operation at every step. */
@Execution(ExecutionMode.CONCURRENT)
final class AbandonedOperationsTest {
    @ParameterizedTest(name = "{0}")
    @EnumSource(Story.class)
    void stopTheNodeThatRunsThem(Story story) {
        boolean stalled = true;
        int abandoned = 0;
        for (int step = Points.first(story); stalled; step += Points.STRIDE) {
            try (Fixture fixture = Story.fixture()) {
                Request request = story.begin(fixture);
                List<OperationId> ids = new ArrayList<>();
                stalled = abandonMeanwhile(fixture, request, step, ids);
                assertLeft(fixture, ids);
                abandoned += ids.size();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("stalled at step " + step + ": " + e.getMessage(), e);
            }
        }
        assertThat(abandoned).isPositive();
    }

    private static boolean abandonMeanwhile(
            Fixture fixture, Request request, int stalling, List<OperationId> abandoned) {
        AtomicInteger step = new AtomicInteger();
        fixture.backend.watch(passed -> {
            // A node that stalls inside a transaction makes others wait, or the database ends its connection.
            if (!passed.startsWith("in ") && step.getAndIncrement() == stalling) {
                abandonAll(fixture.builder(fixture.storage).node("node-b").open(), abandoned);
            }
        });
        try {
            request.act().accept(fixture.saas);
        } catch (SaasException stopped) {
            assertThat(abandoned)
                    .as("it fails because it was abandoned: " + stopped)
                    .isNotEmpty();
            assertThat(stopped.retryable())
                    .as("not a definite refusal: " + stopped)
                    .isTrue();
        } finally {
            fixture.backend.unwatch();
        }
        return step.get() > stalling;
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(Story.class)
    void leaveOnlyWhatTheyName(Story story) {
        boolean killed = true;
        for (int point = Points.first(story); killed; point += Points.STRIDE) {
            try (Fixture fixture = Story.fixture()) {
                Request request = story.begin(fixture);
                killed = kill(fixture, request, point);
                List<OperationId> ids = new ArrayList<>();
                abandonAll(fixture.builder(fixture.storage).node("node-b").open(), ids);
                assertLeft(fixture, ids);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("killed at point " + point + ": " + e.getMessage(), e);
            }
        }
    }

    private static boolean kill(Fixture fixture, Request request, int point) {
        InterruptibleBackend process = InterruptibleBackend.over(fixture.storage);
        Saas victim = fixture.builder(process).node("node-c").open();
        process.killAfter(point);
        try {
            request.act().accept(victim);
            return false;
        } catch (ProcessKilled expected) {
            return true;
        }
    }

    private static List<Operation> running(Saas saas) {
        return saas.operations().list(Query.where(Filter.equal(Operation.STATE, OperationState.RUNNING)));
    }

    private static void abandonAll(Saas saas, List<OperationId> abandoned) {
        for (Operation each : running(saas)) {
            Operation ended = saas.operations().abandon(each.id(), "it is stuck");
            assertThat(ended.state()).isEqualTo(OperationState.FAILED);
            assertThat(ended.errorCode()).isEqualTo(ErrorCodes.OPERATION_ABANDONED);
            assertThat(ended.errorMessage()).contains("it is stuck", "check");
            assertThat(saas.events().list(Query.where(Filter.equal(Event.TYPE, EventType.OPERATION_ABANDONED))).stream()
                            .filter(event -> event.details()
                                    .get("operation")
                                    .equals(each.id().toString())))
                    .singleElement()
                    .satisfies(event -> assertThat(event.details())
                            .containsEntry("reason", "it is stuck")
                            .containsKey("remains"));
            abandoned.add(each.id());
        }
    }

    /** No tenant is busy, no matter what is left, and every database that the catalog does not know is named. */
    private static void assertLeft(Fixture fixture, List<OperationId> abandoned) {
        Saas saas = fixture.builder(fixture.storage).node("node-d").open();
        assertThat(running(saas)).isEmpty();
        StringBuilder named = new StringBuilder();
        for (OperationId id : abandoned) {
            Operation operation = saas.operations().get(id);
            assertThat(operation.errorCode())
                    .as("no node finished it afterwards")
                    .isEqualTo(ErrorCodes.OPERATION_ABANDONED);
            named.append(operation.result().get("remains"));
        }
        for (Tenant tenant : saas.tenants()
                .list(Query.where(Filter.in(Tenant.STATE, List.of(TenantState.OPEN, TenantState.SUSPENDED))))) {
            try {
                assertThat(saas.tenants().suspend(tenant.id()).state()).isEqualTo(TenantState.SUSPENDED);
            } catch (SaasException removed) {
                assertThat(removed.code()).isIn(ErrorCodes.DATABASE_UNKNOWN, ErrorCodes.DATABASE_FOREIGN);
            }
            assertThat(running(saas)).isEmpty();
            assertThat(saas.tenants().purge(tenant.id()).state()).isEqualTo(TenantState.DELETED);
        }
        Set<UUID> known = new HashSet<>();
        Consistency.all(fixture.storage, RecordTypes.TENANTS).forEach(each -> {
            assertThat(each.state()).as("no creation is left half done").isNotEqualTo(TenantState.DRAFT);
            if (each.state().hasDatabase()) {
                known.add(each.uuid());
            }
        });
        Consistency.all(fixture.storage, RecordTypes.TEMPLATES).forEach(each -> known.add(each.uuid()));
        Consistency.all(fixture.storage, RecordTypes.SPARES).forEach(each -> known.add(each.uuid()));
        for (Server server : saas.servers().list(Query.all())) {
            for (DatabaseRef database : fixture.storage.databases(server).list()) {
                if (!known.contains(database.uuid())) {
                    assertThat(named.toString()).contains(database.uuid().toString(), "\"" + server.name() + "\"");
                }
            }
        }
    }

    @Test
    void areEndedByAdministratorsOnly() {
        try (Fixture fixture = Story.fixture()) {
            CreateTenant wish = CreateTenant.onPlan(fixture.plan())
                    .owner(fixture.signUp("owner@example.com"))
                    .name("shop")
                    .idempotencyKey("key")
                    .build();
            Saas own = fixture.saas.actingAs(fixture.saas.accounts().list(Query.all()).stream()
                    .filter(each -> each.login().equals("owner@example.com"))
                    .findFirst()
                    .orElseThrow()
                    .id());
            fixture.backend.once("before create", () -> {
                OperationId id = running(fixture.saas).get(0).id();
                assertRefusal(() -> own.operations().abandon(id, "mine")).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
                assertRefusal(() -> fixture.saas.operations().abandon(id, " "))
                        .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
                fixture.saas.operations().abandon(id, "no patience");
            });
            SaasException stopped =
                    Refusals.refusal(() -> fixture.saas.tenants().create(wish));
            assertThat(stopped.code()).isEqualTo(ErrorCodes.OPERATION_ABANDONED);
            assertThat(stopped).hasMessageContaining("no patience").hasMessageContaining("shop");

            Tenant made = fixture.saas.tenants().create(wish).tenant();
            assertThat(made.name()).as("the same key starts again").isEqualTo("shop");
            Operation done = fixture.saas.operations().list(Query.all()).stream()
                    .filter(each -> each.state() == OperationState.DONE)
                    .findFirst()
                    .orElseThrow();
            assertThat(fixture.saas.operations().abandon(done.id(), "late")).isEqualTo(done);
            assertRefusal(() -> fixture.saas.operations().abandon(new OperationId(99), "none"))
                    .isEqualTo(ErrorCodes.RECORD_MISSING);
        }
    }
}
