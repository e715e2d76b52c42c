// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Saas;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.Story;
import dev.allotment.core.Story.Request;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.testing.InterruptibleBackend;
import dev.allotment.testing.ProcessKilled;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@Execution(ExecutionMode.CONCURRENT)
@Tag("slow")
final class KilledProcessTest {
    /** A start does not wait for these. */
    private static final Set<Story> LONG = EnumSet.of(
            Story.DUPLICATE,
            Story.DUPLICATE_ELSEWHERE,
            Story.CONFIGURE_AFTER_A_BACKUP,
            Story.MOVE,
            Story.MOVE_SUSPENDED,
            Story.MOVE_LIVE,
            Story.SWAP,
            Story.BACK_UP,
            Story.RESTORE_BACKUP,
            Story.RESTORE_IN_PLACE,
            Story.DRILL_BACKUP,
            Story.ERASE_CUSTOMER);

    @ParameterizedTest(name = "{0}")
    @EnumSource(Story.class)
    void isRepairedByTheSameNodeAfterARestart(Story story) {
        killEverywhere(story, fixture -> fixture.builder(fixture.storage).open());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.allotment.core.Story#some")
    void isRepairedByAnotherNodeAfterTheLeaseExpired(Story story) {
        killEverywhere(story, fixture -> {
            fixture.clock.advance(OperationLeases.LEASE);
            return fixture.builder(fixture.storage).node("node-b").open();
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.allotment.core.Story#some")
    void isRepairedAfterTheRepairingNodeIsKilledToo(Story story) {
        int stride = Boolean.getBoolean("allotment.exhaustive") ? 1 : 5;
        boolean killed = true;
        for (int first = 3; killed; first += stride) {
            boolean killedAgain = true;
            for (int second = 0; killedAgain; second++) {
                try (Fixture fixture = Story.fixture()) {
                    Request request = story.begin(fixture);
                    killed = kill(fixture, request, first);
                    killedAgain = killWhileRecovering(story, fixture, second);
                    settle(
                            story,
                            request,
                            fixture,
                            fixture.builder(fixture.storage).open());
                }
            }
        }
    }

    private static void killEverywhere(Story story, Function<Fixture, Saas> survivor) {
        int point = 0;
        boolean interrupted = true;
        while (interrupted) {
            try (Fixture fixture = Story.fixture()) {
                Request request = story.begin(fixture);
                interrupted = kill(fixture, request, point++);
                settle(story, request, fixture, survivor.apply(fixture));
            }
        }
        assertThat(point).as("points at which the process is killed").isGreaterThan(4);
    }

    private static boolean kill(Fixture fixture, Request request, int point) {
        InterruptibleBackend process = InterruptibleBackend.over(fixture.storage);
        Saas victim = fixture.builder(process).open();
        process.killAfter(point);
        try {
            request.act().accept(victim);
            return false;
        } catch (ProcessKilled expected) {
            return true;
        }
    }

    private static boolean killWhileRecovering(Story story, Fixture fixture, int point) {
        InterruptibleBackend process = InterruptibleBackend.over(fixture.storage);
        process.killAfter(point);
        try {
            recover(story, fixture, fixture.builder(process).open());
            return false;
        } catch (ProcessKilled expected) {
            return true;
        }
    }

    private static void recover(Story story, Fixture fixture, Saas started) {
        if (LONG.contains(story)) {
            fixture.clock.advance(OperationLeases.LEASE);
            started.maintenance().recover();
        }
    }

    private static void settle(Story story, Request request, Fixture fixture, Saas survivor) {
        recover(story, fixture, survivor);
        Consistency.check(fixture.storage);
        request.repeat().accept(survivor);
        Consistency.check(fixture.storage);
        assertThat(survivor.operations().recover())
                .as("nothing is left to recover")
                .isZero();
    }
}
