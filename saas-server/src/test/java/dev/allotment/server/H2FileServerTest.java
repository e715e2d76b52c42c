// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

class H2FileServerTest extends ServerContract {
    @TempDir
    private static Path data;

    @Override
    List<String> backend() {
        return List.of("--data", data.toString());
    }

    @Override
    boolean restoresForeignDumps() {
        return false;
    }
}
