// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Parameter;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.RecordTypes;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Creations for the same customer do not wait for each other. */
final class SharedLockTest {
    @Test
    void severalTransactionsHaveASharedLockAtOnce() {
        try (PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
                Backend backend = fixture.open()) {
            Catalog catalog = backend.catalog();
            catalog.migrate();
            Parameter record = catalog.transact(
                    tx -> tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, "key", "value", false)));
            catalog.transact(one -> {
                one.records(RecordTypes.PARAMETERS).lockShared(record.id());
                assertThat(catalog.<Optional<Parameter>>transact(
                                other -> other.records(RecordTypes.PARAMETERS).lockShared(record.id())))
                        .contains(record);
                return null;
            });
        }
    }
}
