// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
final class PostgresRestoredCatalogTest extends RestoredCatalogContract {
    static Stream<LifeStep> operations() {
        return operations(LifeStep.CREATE_FROM_SPARE, LifeStep.RENAME);
    }

    static Stream<LifeStep> killed() {
        return operations(LifeStep.CREATE_FROM_SPARE);
    }

    @TempDir
    Path folder;

    @Override
    Ground ground(String server) {
        return new PostgresGround(server, folder.resolve(server));
    }
}
