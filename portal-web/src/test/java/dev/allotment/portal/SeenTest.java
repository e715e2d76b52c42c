// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Plan;
import dev.allotment.portal.web.Seen;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two processes have the same text of what a page showed. */
final class SeenTest {
    /** Something with a map that keeps its order. */
    public record Shown(String name, Map<String, Integer> numbers) {}

    private static Shown shown(String first, int one, String second, int two) {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        numbers.put(first, one);
        numbers.put(second, two);
        return new Shown("a", numbers);
    }

    @Test
    void theOrderOfAMapDoesNotCount() {
        String seen = Seen.of(shown("x", 1, "y", 2));

        assertThat(Seen.of(shown("y", 2, "x", 1))).isEqualTo(seen);
        assertThat(Seen.of(shown("x", 2, "y", 1))).isNotEqualTo(seen);
        assertThat(Seen.of(List.of(shown("y", 2, "x", 1)))).isEqualTo(Seen.of(List.of(shown("x", 1, "y", 2))));
    }

    @Test
    void eachTermOfAPlanCounts() {
        Plan plan = Plan.builder("Gold").entitlement("api", true).build();
        String seen = Seen.of(plan);

        assertThat(Seen.of(plan.toBuilder().build())).isEqualTo(seen);
        assertThat(Seen.of(plan.toBuilder().entitlement("api", false).build())).isNotEqualTo(seen);
        assertThat(Seen.of(plan.toBuilder().maxUsers(1).build())).isNotEqualTo(seen);
    }

    @Test
    void theOrderOfAListCounts() {
        assertThat(Seen.of(List.of("a", "b"))).isNotEqualTo(Seen.of(List.of("b", "a")));
    }
}
