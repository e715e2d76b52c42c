// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.allotment.Saas;
import dev.allotment.core.Fixture;
import dev.allotment.fleet.Node;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Nodes report that they are alive, and are forgotten when they stop or die. */
@Isolated
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
                .containsExactly(tuple("node-a", Saas.version(), start), tuple("node-b", Saas.version(), start));
        assertThat(Saas.version()).matches("\\d+\\.\\d+\\.\\d+.*");

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
    void aNodeThatSharesItsNameWithAnotherProcessSaysSo() {
        List<String> warnings = new CopyOnWriteArrayList<>();
        Logger logger = Logger.getLogger("dev.allotment.maintenance");
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                warnings.add(line.getLevel() + " " + line.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Saas twin = fixture.builder(fixture.storage).node("twin").open();
        logger.addHandler(handler);
        logger.setLevel(Level.WARNING);
        try {
            for (Saas each :
                    List.of(twin, fixture.builder(fixture.storage).node("twin").open(), twin, twin)) {
                fixture.clock.advance(Duration.ofSeconds(10));
                fixture.seconds(10);
                each.maintenance().renewLeases();
            }
        } finally {
            logger.setLevel(null);
            logger.removeHandler(handler);
            twin.close();
        }

        assertThat(warnings)
                .filteredOn(line -> line.contains("node twin"))
                .hasSize(2)
                .allMatch(line -> line.startsWith("WARNING Another process works on this catalog as node twin, too."));
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
