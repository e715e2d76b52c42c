// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.tck.BackendFixture;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class H2InterruptedThreadTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop", new UUID(0, 1));

    /**
     * Java closes a file that an interrupted thread uses. H2 would then treat the database as broken, for all
     * threads.
     */
    @Test
    void aDatabaseSurvivesAnInterruptionWithinATransaction(@TempDir Path folder) {
        try (Backend backend = new H2BackendProvider().open(Settings.of(Map.of("path", folder.toString())))) {
            backend.catalog().migrate();
            Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);
            databases.create(SHOP);
            for (int i = 0; i < 10; i++) {
                Parameter parameter = new Parameter(0, "parameter " + i, "x".repeat(10_000), false);
                backend.catalog().transact(tx -> {
                    Thread.currentThread().interrupt();
                    return tx.records(RecordTypes.PARAMETERS).insert(parameter);
                });
                Thread.interrupted();
                databases.transact(SHOP, tx -> {
                    Thread.currentThread().interrupt();
                    return tx.records(RecordTypes.PARAMETERS).insert(parameter);
                });
                Thread.interrupted();
            }

            assertThat(backend.catalog()
                            .<Long>transact(
                                    tx -> tx.records(RecordTypes.PARAMETERS).count(Filter.all())))
                    .isEqualTo(10);
            assertThat(databases.<Long>transact(
                            SHOP, tx -> tx.records(RecordTypes.PARAMETERS).count(Filter.all())))
                    .isEqualTo(10);
        }
    }
}
