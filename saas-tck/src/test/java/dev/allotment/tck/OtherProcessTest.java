// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.tck.memory.MemoryFixture;
import org.junit.jupiter.api.Test;

final class OtherProcessTest {
    private static final String CLASS_PATH = "java.class.path";

    /** A launcher may have a class path of its own, which does not have the kit. */
    @Test
    void aProcessThatDoesNotFindItsClassesFailsAtOnceWithWhatItWrote() {
        String own = System.setProperty(CLASS_PATH, "nothing");
        try {
            assertThatThrownBy(() -> OtherProcess.start(new MemoryFixture()))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("ended at once")
                    .hasMessageContaining("ClassNotFoundException: " + OtherProcess.Child.class.getName());
        } finally {
            System.setProperty(CLASS_PATH, own);
        }
    }
}
