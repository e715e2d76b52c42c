// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.tck.BackendContract;
import dev.allotment.tck.BackendFixture;

/** The kit in memory, with connections that are not in autocommit mode. */
class H2MemoryKitTest extends BackendContract {
    @Override
    protected BackendFixture newFixture() {
        return H2Fixture.inMemory(10, false);
    }
}
