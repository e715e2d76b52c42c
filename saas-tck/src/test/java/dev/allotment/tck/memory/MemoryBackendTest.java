// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import dev.allotment.tck.BackendContract;
import dev.allotment.tck.BackendFixture;

class MemoryBackendTest extends BackendContract {
    @Override
    protected BackendFixture newFixture() {
        return new MemoryFixture();
    }
}
