// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
final class H2KillTest extends KillContract {
    @TempDir
    Path folder;

    @Override
    Ground ground(String server) {
        return new H2Ground(server, folder.resolve(server));
    }

    @Override
    int kills() {
        return number("allotment.crash.kills.h2", 4);
    }
}
