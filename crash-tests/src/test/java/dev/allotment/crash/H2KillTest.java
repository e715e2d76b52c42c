// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class H2KillTest extends KillContract {
    @TempDir
    Path folder;

    @Override
    Ground ground() {
        return new H2Ground(folder);
    }

    @Override
    int kills() {
        return number("allotment.crash.kills.h2", 5);
    }
}
