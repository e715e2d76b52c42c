// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.server;

import static org.assertj.core.api.Assertions.assertThatCode;

import dev.allotment.core.internal.base.CatalogGuard;
import dev.allotment.core.internal.base.GuardedCatalog;
import dev.allotment.core.internal.base.MaintenanceCalls;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.Databases;
import dev.allotment.testing.Forwarding;
import dev.allotment.testing.MemoryBackend;
import org.junit.jupiter.api.Test;

/** What stands between the core and every backend passes on every call. */
class GuardedForwardingTest {
    @Test
    void everyCallIsPassedOn() {
        assertThatCode(() -> {
                    // The guard knows the timeline, and the thread decides whether it does the maintenance.
                    Forwarding.check(
                            Catalog.class,
                            catalog -> new GuardedCatalog(guard(catalog), new MaintenanceCalls()),
                            "timeline",
                            "forMaintenance");
                    Catalog own = MemoryBackend.create().catalog();
                    Forwarding.check(
                            Databases.class,
                            databases -> new GuardedDatabases(databases, "server", guard(own), () -> 0L));
                })
                .doesNotThrowAnyException();
    }

    private static CatalogGuard guard(Catalog catalog) {
        return new CatalogGuard(catalog, true, () -> 0L);
    }
}
