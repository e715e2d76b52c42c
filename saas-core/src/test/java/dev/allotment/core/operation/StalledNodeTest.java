// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.Points;
import dev.allotment.core.Story;
import dev.allotment.core.Story.Request;
import dev.allotment.core.internal.operation.OperationLeases;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Execution(ExecutionMode.CONCURRENT)
@Tag("slow")
final class StalledNodeTest {
    private static final String NOTHING = "does nothing more";
    /** A second process by mistake: it takes over at once what it takes for the work of a dead predecessor. */
    private static final String HAS_ITS_NAME = "has its name";

    private static final String RESTORES = "restores it";

    /** What the other node does with each tenant that it finds, before the stalled one wakes up. */
    private static final Map<String, BiConsumer<Saas, Tenant>> MEANWHILE = new TreeMap<>(Map.of(
            "suspends it",
            (saas, tenant) -> saas.tenants().suspend(tenant.id()),
            "resumes it",
            (saas, tenant) -> saas.tenants().resume(tenant.id()),
            "changes its limits",
            (saas, tenant) -> saas.tenants()
                    .update(tenant.id(), each -> each.toBuilder().maxUsers(9).build()),
            "deletes it",
            (saas, tenant) -> saas.tenants().delete(tenant.id()),
            RESTORES,
            (saas, tenant) -> saas.tenants().restore(tenant.id())));

    static Stream<Arguments> cases() {
        Stream<Arguments> all = Stream.of(Story.values()).map(story -> Arguments.of(story, NOTHING));
        Stream<Arguments> some = Story.some().stream()
                .flatMap(story -> MEANWHILE.keySet().stream().map(meanwhile -> Arguments.of(story, meanwhile)));
        Stream<Arguments> twins = Stream.of(Story.values()).map(story -> Arguments.of(story, HAS_ITS_NAME));
        return Stream.of(all, some, Stream.of(Arguments.of(Story.RETAIN, RESTORES)), twins)
                .flatMap(cases -> cases);
    }

    @ParameterizedTest(name = "{0}, and the other node {1}")
    @MethodSource("cases")
    void doesNoHarmWhenItResumesAfterATakeover(Story story, String meanwhile) {
        boolean stalled = true;
        for (int step = Points.first(story); stalled; step += Points.STRIDE) {
            try (Fixture fixture = Story.fixture()) {
                Request request = story.begin(fixture);
                stalled = stall(fixture, request, step, meanwhile);
                Consistency.check(fixture.storage);
                if (meanwhile.equals(NOTHING) || meanwhile.equals(HAS_ITS_NAME)) {
                    request.repeat().accept(fixture.saas);
                    Consistency.check(fixture.storage);
                }
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("stalled at step " + step + ": " + e.getMessage(), e);
            }
        }
    }

    private static boolean stall(Fixture fixture, Request request, int stalling, String meanwhile) {
        AtomicInteger step = new AtomicInteger();
        fixture.backend.watch(passed -> {
            // If a node stalls inside a transaction, others wait for it, or the database ends its connection.
            if (!passed.startsWith("in ") && step.getAndIncrement() == stalling) {
                if (!meanwhile.equals(HAS_ITS_NAME)) {
                    fixture.clock.advance(OperationLeases.LEASE);
                }
                takeOver(fixture, meanwhile);
            }
        });
        try {
            request.act().accept(fixture.saas);
        } catch (SaasException overtaken) {
            assertThat(step.get())
                    .as("it fails because it stalled: " + overtaken)
                    .isGreaterThan(stalling);
        } finally {
            fixture.backend.unwatch();
        }
        return step.get() > stalling;
    }

    private static void takeOver(Fixture fixture, String meanwhile) {
        Saas other = fixture.builder(fixture.storage)
                .node(meanwhile.equals(HAS_ITS_NAME) ? "node-a" : "node-b")
                .open();
        // At its start, a node leaves to the maintenance what may take hours.
        other.operations().recover();
        List<TenantState> states = meanwhile.equals(RESTORES)
                ? List.of(TenantState.RETAINED)
                : List.of(TenantState.OPEN, TenantState.SUSPENDED);
        BiConsumer<Saas, Tenant> act = MEANWHILE.getOrDefault(meanwhile, (saas, tenant) -> {});
        other.tenants().list(Query.where(Filter.in(Tenant.STATE, states))).forEach(tenant -> act.accept(other, tenant));
    }
}
