// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import dev.allotment.tck.BackendContract;
import dev.allotment.tck.BackendFixture;
import java.util.Objects;
import java.util.function.Supplier;

/** The kit for one variant at a time. Only {@link BrokenVariantsTest} runs it, in its own thread. */
class BrokenKit extends BackendContract {
    private static final ThreadLocal<Supplier<BackendFixture>> FIXTURES = new ThreadLocal<>();

    static void use(Supplier<BackendFixture> fixtures) {
        FIXTURES.set(fixtures);
    }

    @Override
    protected BackendFixture newFixture() {
        return Objects.requireNonNull(FIXTURES.get(), "BrokenVariantsTest sets the fixture first")
                .get();
    }
}
