// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import dev.allotment.spi.backend.Backend;
import dev.allotment.testing.MemoryBackend;
import java.util.function.Function;

/** Opens a memory backend with hooks, which may be wrapped in another backend. */
class HookedFixture extends MemoryFixture {
    private final TestHooks hooks;
    private final Function<HookedBackend, HookedBackend> around;

    HookedFixture(TestHooks hooks) {
        this(hooks, Function.identity());
    }

    HookedFixture(TestHooks hooks, Function<HookedBackend, HookedBackend> around) {
        this.hooks = hooks;
        this.around = around;
    }

    @Override
    public Backend open() {
        return around.apply(new HookedBackend(hooks));
    }

    @Override
    MemoryBackend memory(Backend backend) {
        return ((HookedBackend) backend).sound();
    }
}
