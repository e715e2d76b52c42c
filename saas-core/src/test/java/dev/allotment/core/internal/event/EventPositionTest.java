// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventPositionTest {
    private static void assertIsRead(EventPosition position) {
        EventPosition read = EventPosition.parse(position.text());

        assertThat(read.last()).isEqualTo(position.last());
        assertThat(read.missing()).isEqualTo(position.missing());
    }

    @Test
    void aTextHasTheMissingIds() {
        assertIsRead(new EventPosition(0));
        assertIsRead(new EventPosition(42));
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            EventPosition position = new EventPosition(random.nextInt(50));
            for (int i = random.nextInt(20); i >= 0; i--) {
                position.pass(position.last() + 1 + random.nextInt(30));
            }
            assertIsRead(position);
        }
    }

    @Test
    void aLongRunOfMissingIdsIsAShortText() {
        EventPosition position = new EventPosition(1);
        position.pass(9000);

        assertThat(position.missing()).hasSize(8998);
        assertThat(position.text()).hasSizeLessThan(20);
        assertIsRead(position);
    }

    @Test
    void theTextOfManyRunsFitsIntoAnAddress() {
        EventPosition position = new EventPosition(0);
        for (int i = 1; i <= 3000; i++) {
            position.pass(2L * i);
        }

        assertThat(position.text()).hasSizeLessThan(4000);
        assertThat(EventPosition.parse(position.text()).missing())
                .as("the latest ones")
                .hasSize(1000)
                .contains(5999L)
                .doesNotContain(1L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "7",
                "a.",
                "-1.",
                "7.0.",
                "7.9.",
                "7.1",
                "7.1-0.",
                "7.1--1.",
                "7.1-9.",
                "7.1-1-1.",
                "99999.1-zzzz.",
                "7.1-"
            })
    void anotherTextIsRefused(String text) {
        assertThatThrownBy(() -> EventPosition.parse(text)).isInstanceOf(NumberFormatException.class);
    }
}
