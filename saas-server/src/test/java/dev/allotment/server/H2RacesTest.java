// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

class H2RacesTest {
    @Nested
    class WithTheUsualPool extends RacesContract {
        @TempDir
        private static Path data;

        @Override
        List<String> backend() {
            return List.of("--data", data.resolve("data").toString());
        }
    }

    @Nested
    class WithAPoolOfTwo extends RacesContract {
        @TempDir
        private static Path data;

        @Override
        List<String> backend() throws Exception {
            Path config = Files.writeString(
                    data.resolve("config"), "backend.pool.size = 2\nbackend.client.connections = 2\n");
            return List.of("--data", data.resolve("data").toString(), "--config", config.toString());
        }
    }
}
