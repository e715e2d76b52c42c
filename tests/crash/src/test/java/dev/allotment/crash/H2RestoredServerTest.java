// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class H2RestoredServerTest extends RestoredServerContract {
    @TempDir
    Path folder;

    @Override
    Ground ground(String server) {
        return new H2Ground(server, folder.resolve(server));
    }

    @Override
    ThrowingRunnable backUp(Ground ground) throws Exception {
        Path files = folder.resolve(ground.server());
        Path copy = folder.resolve("copy");
        PostgresGround.run("cp", "-a", files.toString(), copy.toString());
        return () -> {
            PostgresGround.run("rm", "-rf", files.toString());
            PostgresGround.run("cp", "-a", copy.toString(), files.toString());
        };
    }
}
