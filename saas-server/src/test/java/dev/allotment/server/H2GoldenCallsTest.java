// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.util.List;

class H2GoldenCallsTest extends GoldenCallsContract {
    @Override
    List<String> backend() {
        return List.of("--data", "memory");
    }

    @Override
    List<GoldenProtocol> protocols() {
        return List.of(GoldenProtocol.values());
    }
}
