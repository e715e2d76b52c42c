// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ConfigurationChange;
import dev.allotment.Query;
import dev.allotment.Tenant;
import dev.allotment.core.Fixture;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.AppliedOperation;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The markers that operations leave in a tenant database are removed when nothing needs them any more. */
final class OutdatedMarkersTest {
    private static final UUID FORGOTTEN = new UUID(7, 6);
    private static final UUID UNKNOWN = new UUID(7, 7);

    private final Fixture fixture = new Fixture();
    private final Tenant tenant = fixture.tenant();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void markersAreRemovedNinetyDaysAfterTheirOperation() {
        mark(FORGOTTEN);
        change(20);
        mark(UNKNOWN);
        int old = markers().size();

        fixture.clock.advance(Duration.ofDays(89));
        fixture.saas.tenants().sync(tenant.id());
        assertThat(markers()).hasSize(old);

        change(1);
        fixture.clock.advance(Duration.ofDays(2));
        fixture.saas.tenants().sync(tenant.id());
        List<AppliedOperation> left = markers();
        assertThat(left)
                .as("the last change, and what a restored catalog would not know")
                .hasSize(2)
                .extracting(AppliedOperation::operation)
                .contains(UNKNOWN);

        change(1);
        assertThat(markers()).as("operations leave markers as before").hasSize(left.size() + 1);
    }

    private void mark(UUID operation) {
        databases()
                .transact(
                        ref(),
                        tx -> tx.records(RecordTypes.APPLIED_OPERATIONS).insert(new AppliedOperation(0, operation)));
    }

    private void change(int times) {
        for (int i = 0; i < times; i++) {
            fixture.saas
                    .configuration()
                    .apply(
                            tenant.id(),
                            ConfigurationChange.builder()
                                    .parameter("key", "value " + i)
                                    .build());
        }
    }

    private List<AppliedOperation> markers() {
        return databases()
                .transact(
                        ref(), tx -> tx.records(RecordTypes.APPLIED_OPERATIONS).list(Query.all()));
    }

    private DatabaseRef ref() {
        return new DatabaseRef(tenant.name(), tenant.uuid());
    }

    private Databases databases() {
        return fixture.storage.databases(Server.builder(Server.DEFAULT_NAME).build());
    }
}
