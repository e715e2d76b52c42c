// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Operations;
import dev.allotment.Query;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.Story;
import dev.allotment.core.Story.Request;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ClockJumpTest {
    /** Some, and the one that takes over an operation that no node has claimed yet. */
    static Set<Story> stories() {
        Set<Story> stories = EnumSet.of(Story.CREATE_WHERE_THE_TEMPLATE_IS_MISSING);
        stories.addAll(Story.some());
        return stories;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("stories")
    void survivesAJumpForwardsDuringAnotherRecovery(Story story) {
        jumpEverywhere(story, Duration.ofDays(1));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("stories")
    void survivesAJumpBackwardsDuringAnotherRecovery(Story story) {
        jumpEverywhere(story, Duration.ofDays(-1));
    }

    private static void jumpEverywhere(Story story, Duration jump) {
        int jumping = 0;
        boolean jumped = true;
        while (jumped) {
            try (Fixture fixture = Story.fixture()) {
                Request request = story.begin(fixture);
                AtomicInteger step = new AtomicInteger();
                int last = jumping++;
                fixture.backend.watch(passed -> {
                    if (!passed.startsWith("in ") && step.getAndIncrement() == last) {
                        fixture.clock.advance(jump);
                        fixture.saas.operations().recover();
                    }
                });
                request.act().accept(fixture.saas);
                fixture.backend.unwatch();
                awaitBackground(fixture.saas.operations());
                jumped = step.get() > last;
                Consistency.check(fixture.storage);
            }
        }
        assertThat(jumping).as("steps to jump at").isGreaterThan(4);
    }

    private static void awaitBackground(Operations operations) {
        operations
                .list(Query.where(Filter.equal(Operation.STATE, OperationState.RUNNING)))
                .forEach(each -> operations.await(each.id(), Duration.ofSeconds(30)));
    }
}
