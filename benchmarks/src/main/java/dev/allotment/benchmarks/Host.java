// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import dev.allotment.Saas;
import dev.allotment.core.Allotment;
import java.util.Map;

/** A host that does nothing but to open a control plane, and to say how long that took, in nanoseconds. */
public final class Host {
    private Host() {}

    /** Opens one in memory. */
    public static void main(String[] args) {
        long begun = System.nanoTime();
        try (Saas saas =
                Allotment.builder().backend("h2", Map.of("memory", "true")).open()) {
            System.out.println("opened in " + (System.nanoTime() - begun));
            saas.health();
        }
    }
}
