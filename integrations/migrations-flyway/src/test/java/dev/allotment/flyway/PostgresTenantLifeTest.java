// SPDX-License-Identifier: Apache-2.0
package dev.allotment.flyway;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Part of a long run: each of these stories creates several databases. */
final class PostgresTenantLifeTest extends TenantSchemaLife {
    private static PostgresCatalogs catalogs;

    @BeforeAll
    static void start() throws IOException {
        catalogs = new PostgresCatalogs();
    }

    @AfterAll
    static void stop() throws IOException {
        catalogs.close();
    }

    @Override
    String backend() {
        return "postgres";
    }

    @Override
    Map<String, String> newCatalog() throws Exception {
        return catalogs.next();
    }
}
