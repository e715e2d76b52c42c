// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.Points;
import dev.allotment.core.Story;
import dev.allotment.core.Story.Request;
import dev.allotment.core.internal.operation.OperationLeases;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@Execution(ExecutionMode.CONCURRENT)
final class FailingStepTest {
    @ParameterizedTest(name = "{0}")
    @EnumSource(Story.class)
    void leavesNothingBehindIfAStepFailsOnce(Story story) {
        failEverywhere(story, (step, failing) -> step == failing);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.allotment.core.Story#some")
    void leavesNothingBehindIfTheDatabaseStaysDown(Story story) {
        failEverywhere(story, (step, failing) -> step >= failing);
    }

    private interface Outage {
        boolean at(int step, int failing);
    }

    private static void failEverywhere(Story story, Outage outage) {
        int failing = Points.first(story);
        boolean failed = true;
        while (failed) {
            try (Fixture fixture = Story.fixture()) {
                Request request = story.begin(fixture);
                int last = failing;
                failing += Points.STRIDE;
                failed = fail(fixture, request, step -> outage.at(step, last));
                fixture.clock.advance(OperationLeases.LEASE);
                fixture.saas.operations().recover();
                Consistency.check(fixture.storage);
                request.repeat().accept(fixture.saas);
                Consistency.check(fixture.storage);
            }
        }
        assertThat(failing).as("steps to fail at").isGreaterThan(6);
    }

    private static boolean fail(Fixture fixture, Request request, IntPredicate outage) {
        AtomicInteger step = new AtomicInteger();
        AtomicInteger failures = new AtomicInteger();
        fixture.backend.watch(passed -> {
            if (outage.test(step.getAndIncrement())) {
                failures.incrementAndGet();
                throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "unreachable", null);
            }
        });
        try {
            request.act().accept(fixture.saas);
        } catch (SaasException expected) {
            assertThat(failures)
                    .as("it fails because a step failed: " + expected)
                    .hasPositiveValue();
        } finally {
            fixture.backend.unwatch();
        }
        return failures.get() > 0;
    }
}
