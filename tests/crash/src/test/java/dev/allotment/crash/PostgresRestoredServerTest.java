// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class PostgresRestoredServerTest extends RestoredServerContract {
    @TempDir
    Path folder;

    @Override
    Ground ground(String server) {
        return new PostgresGround(server, folder.resolve(server));
    }

    @Override
    ThrowingRunnable backUp(Ground ground) throws Exception {
        PostgresGround server = (PostgresGround) ground;
        Path copy = folder.resolve("copy");
        server.copyFiles(copy);
        return () -> server.restoreFiles(copy);
    }
}
