// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.spi.backend.RecordType;
import org.junit.jupiter.api.Test;

/** What is read off a Java record, and what comes of its own code. */
class RecordTypeTest {
    /** One that does not take everything. */
    public record Picky(long id, Wrapped value) {}

    /** Refuses what is negative. */
    public record Wrapped(int value) {
        public Wrapped {
            if (value < 0) {
                throw new UnsupportedOperationException("Below zero");
            }
        }
    }

    /** Nobody but this package may make one. */
    record Hidden(long id, String name) {}

    private final RecordType<Picky> type = RecordType.of(Picky.class, "picky");

    @Test
    void putsTogetherWhatItTookApart() {
        Picky record = new Picky(7, new Wrapped(3));
        assertThat(type.values(record)).containsExactly(7L, 3);
        assertThat(type.create(type.values(record))).isEqualTo(record);
    }

    @Test
    void whatARecordThrowsComesOutAsItIs() {
        assertThatThrownBy(() -> type.create(new Object[] {7L, -1}))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessage("Below zero");
    }

    @Test
    void refusesOneThatOnlyItsPackageMayMake() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RecordType.of(Hidden.class, "hidden"))
                .withMessageContaining("not a public record of an exported package");
    }
}
