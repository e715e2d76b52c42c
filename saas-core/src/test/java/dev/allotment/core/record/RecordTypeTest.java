// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.spi.backend.RecordType;
import org.junit.jupiter.api.Test;

/** Tests the reflection on Java records, and what happens if a record's own code throws. */
class RecordTypeTest {
    /** A record that does not accept every value. */
    public record Picky(long id, Wrapped value) {}

    /** Refuses negative values. */
    public record Wrapped(int value) {
        public Wrapped {
            if (value < 0) {
                throw new UnsupportedOperationException("Below zero");
            }
        }
    }

    /** A record that only this package can create. */
    record Hidden(long id, String name) {}

    private final RecordType<Picky> type = RecordType.of(Picky.class, "picky");

    @Test
    void recreatesARecordFromItsValues() {
        Picky record = new Picky(7, new Wrapped(3));
        assertThat(type.values(record)).containsExactly(7L, 3);
        assertThat(type.create(type.values(record))).isEqualTo(record);
    }

    @Test
    void passesOnWhatARecordThrows() {
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
