// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.spi.protocol.FailureReference;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FailureReferenceTest {
    @Test
    void isTheIdOfTheRequest() {
        String longest = "aZ9._-".repeat(10) + "1234";
        assertThat(FailureReference.of(longest)).isEqualTo(longest);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "two words",
                "<b>",
                "line\nbreak",
                "1234567890123456789012345678901234567890123456789012345678901234x"
            })
    void isMadeIfTheLoggingContextHasAnotherText(String text) {
        assertThat(UUID.fromString(FailureReference.of(text)).toString()).isNotEqualTo(text);
    }
}
