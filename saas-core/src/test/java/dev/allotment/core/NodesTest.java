// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.allotment.Node;
import dev.allotment.Saas;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nodes report that they are alive, and are forgotten when they stop or die. */
class NodesTest {
    private final Fixture fixture = new Fixture();
    private final Instant start = fixture.clock.instant();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aNodeIsListedFromItsStartUntilItStops() {
        Saas other = fixture.builder(fixture.storage).node("node-b").open();
        assertThat(fixture.saas.maintenance().nodes())
                .extracting(Node::name, Node::version, Node::lastSeenAt)
                .containsExactly(tuple("node-a", "development", start), tuple("node-b", "development", start));

        other.close();

        assertThat(fixture.saas.maintenance().nodes()).extracting(Node::name).containsExactly("node-a");
    }

    @Test
    void aNodeReportsEveryTenSecondsWithItsLeases() {
        for (int seconds : new int[] {9, 1}) {
            fixture.seconds(seconds);
            fixture.clock.advance(Duration.ofSeconds(seconds));
            fixture.saas.maintenance().renewLeases();

            assertThat(fixture.saas.maintenance().nodes())
                    .extracting(Node::lastSeenAt)
                    .containsExactly(seconds == 9 ? start : start.plusSeconds(10));
        }
    }

    @Test
    void aNodeIsForgottenTenMinutesAfterItsDeathAndComesBackIfItOnlySlept() {
        Saas sleeps = fixture.builder(fixture.storage).node("node-b").open();
        fixture.clock.advance(Duration.ofMinutes(10).plusSeconds(1));
        fixture.seconds(601);

        fixture.saas.maintenance().run();
        assertThat(fixture.saas.maintenance().nodes()).extracting(Node::name).containsExactly("node-a");

        sleeps.maintenance().renewLeases();
        assertThat(fixture.saas.maintenance().nodes()).extracting(Node::name).containsExactly("node-a", "node-b");
        sleeps.close();
    }
}
