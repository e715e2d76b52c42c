// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
final class H2RestoredCatalogTest extends RestoredCatalogContract {
    static Stream<LifeStep> operations() {
        return operations(LifeStep.CREATE_FROM_SPARE, LifeStep.RENAME, LifeStep.RETAIN_AND_RESTORE, LifeStep.DUPLICATE);
    }

    static Stream<LifeStep> killed() {
        return operations(LifeStep.CREATE_FROM_SPARE, LifeStep.RENAME);
    }

    @TempDir
    Path folder;

    @Override
    Ground ground(String server) {
        return new H2Ground(server, folder.resolve(server));
    }
}
