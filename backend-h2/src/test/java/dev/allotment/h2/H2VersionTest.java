// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import static org.assertj.core.api.Assertions.assertThat;

import org.h2.Driver;
import org.junit.jupiter.api.Test;

class H2VersionTest {
    @Test
    void newerVersionsThanTheLastSafeOneLoseCommits() {
        assertThat(H2Backend.losesCommits(2, 5)).isTrue();
        assertThat(H2Backend.losesCommits(3, 0)).isTrue();
        assertThat(H2Backend.losesCommits(2, 3)).isFalse();
        assertThat(H2Backend.losesCommits(1, 9)).isFalse();
    }

    @Test
    void theVersionOfThisBuildLosesNoCommits() {
        Driver driver = new Driver();
        assertThat(H2Backend.losesCommits(driver.getMajorVersion(), driver.getMinorVersion()))
                .isFalse();
    }
}
