// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.tck.BackendContract;
import dev.allotment.tck.BackendFixture;

/** The kit in memory, with two connections. */
class H2MemorySmallPoolKitTest extends BackendContract {
    @Override
    protected BackendFixture newFixture() {
        return H2Fixture.inMemory(2, true);
    }
}
