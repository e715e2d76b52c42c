// SPDX-License-Identifier: Apache-2.0
package dev.allotment.openfeature;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.util.Map;
import org.junit.jupiter.api.Tag;

@Tag("slow")
final class PostgresEntitlementsTest extends EntitlementStories {
    private EmbeddedPostgres postgres;

    @Override
    String backend() {
        return "postgres";
    }

    @Override
    Map<String, String> newCatalog() throws Exception {
        postgres = EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
        String url = "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres";
        return Map.of("url", url, "user", "postgres", "password", "postgres");
    }

    @Override
    void end() throws Exception {
        postgres.close();
    }
}
