// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** Over JSON-2 only, since a server on PostgreSQL takes long to start; over every protocol in the long build. */
class PostgresGoldenCallsTest extends GoldenCallsContract {
    private static final boolean ALL = "all".equals(System.getProperty("allotment.golden.postgres"));

    private @Nullable SharedPostgres postgres;

    @Override
    List<String> backend() throws IOException {
        postgres = new SharedPostgres();
        return postgres.options();
    }

    @Override
    List<GoldenProtocol> protocols() {
        return ALL ? List.of(GoldenProtocol.values()) : List.of(GoldenProtocol.JSON_2);
    }

    @AfterEach
    void stop() {
        if (postgres != null) {
            postgres.close();
            postgres = null;
        }
    }
}
