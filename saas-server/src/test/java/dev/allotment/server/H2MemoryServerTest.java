// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.util.List;

class H2MemoryServerTest extends ServerContract {
    @Override
    List<String> backend() {
        return List.of("--data", "memory");
    }

    @Override
    boolean restoresForeignDumps() {
        return false;
    }
}
