// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.tck.BackendContract;
import dev.allotment.tck.BackendFixture;
import java.io.IOException;
import org.junit.jupiter.api.Tag;

/** The kit on files, with two connections that are not in autocommit mode. */
@Tag("slow")
class H2DiskSmallPoolKitTest extends BackendContract {
    @Override
    protected BackendFixture newFixture() throws IOException {
        return H2Fixture.onDisk(2, false);
    }
}
