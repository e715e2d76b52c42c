// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import dev.allotment.tck.BackendFixture;
import java.util.function.Supplier;

/**
 * A backend that is broken in one way.
 *
 * @param what the defect
 * @param contract the part of the kit that must notice it
 * @param test the test in it that must fail
 */
record Variant(String what, Class<?> contract, String test, Supplier<BackendFixture> fixture) {
    static Variant of(String what, Class<?> contract, String test, Supplier<TestHooks> hooks) {
        return new Variant(what, contract, test, () -> new HookedFixture(hooks.get()));
    }
}
