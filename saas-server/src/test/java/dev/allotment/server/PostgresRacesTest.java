// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

class PostgresRacesTest {
    @Nested
    class WithTheUsualPool extends RacesContract {
        private final SharedPostgres postgres;

        WithTheUsualPool() throws IOException {
            postgres = new SharedPostgres();
        }

        @Override
        List<String> backend() {
            return postgres.options();
        }

        @AfterAll
        @Override
        void stop() {
            super.stop();
            postgres.close();
        }
    }

    @Nested
    class WithAPoolOfTwo extends RacesContract {
        @TempDir
        private static Path folder;

        private final SharedPostgres postgres;

        WithAPoolOfTwo() throws IOException {
            postgres = new SharedPostgres();
        }

        @Override
        List<String> backend() throws IOException {
            Path config = Files.writeString(
                    folder.resolve("config"), "backend.pool.size = 2\nbackend.client.connections = 2\n");
            List<String> options = new ArrayList<>(postgres.options());
            options.addAll(List.of("--config", config.toString()));
            return options;
        }

        @AfterAll
        @Override
        void stop() {
            super.stop();
            postgres.close();
        }
    }
}
