// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** How long the work of a node that was killed waits, by the real clock. */
final class TakeoverTimeTest {
    private static final Duration PROMISED = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    @Test
    void theOtherHasTakenOverAfterHalfAMinute(TestReporter reporter) throws Exception {
        try (TwoNodes nodes = new TwoNodes(folder)) {
            String interrupted = nodes.killOneAmidst();
            long killed = System.nanoTime();
            nodes.other.send("maintain");

            nodes.await(interrupted);
            Duration taken = Duration.ofNanos(System.nanoTime() - killed);
            reporter.publishEntry("taken over after", taken.toString());
            assertThat(taken).isLessThan(PROMISED);
            nodes.other.send("advance 31", "ADVANCED");
            nodes.await(TwoNodes.NOT_TOLD);
            nodes.assertNothingIsLost();
        }
    }
}
