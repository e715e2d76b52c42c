// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import dev.allotment.tck.BackendContract;
import dev.allotment.tck.BackendFixture;
import java.util.Objects;
import java.util.function.Supplier;

/** The kit for one variant at a time; run by {@link BrokenVariantsTest} only, and in its thread. */
class BrokenKit extends BackendContract {
    private static final ThreadLocal<Supplier<BackendFixture>> FIXTURES = new ThreadLocal<>();

    static void use(Supplier<BackendFixture> fixtures) {
        FIXTURES.set(fixtures);
    }

    @Override
    protected BackendFixture newFixture() {
        return Objects.requireNonNull(FIXTURES.get(), "BrokenVariantsTest says what to test")
                .get();
    }
}
