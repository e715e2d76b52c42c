// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.server;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.core.Fixture;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.testing.MemoryBackend;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server whose databases have reached the bytes that are planned for it gets no more, if another one has room. */
final class PlannedBytesTest {
    private final Fixture fixture = new Fixture();
    private final MemoryBackend storage = MemoryBackend.withServers("second");
    private final Saas saas = fixture.builder(storage).open();
    private final User owner = saas.accounts()
            .signUp(SignUp.builder("owner@example.com", "Owner", Fixture.PASSWORD)
                    .build());
    private final Plan plan =
            saas.plans().create(Plan.builder("Plan").maxDatabasesPerCustomer(10).build());

    @AfterEach
    void close() {
        saas.close();
        fixture.close();
    }

    private Tenant create(String name) {
        return saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).name(name).build())
                .tenant();
    }

    private void grow(Tenant tenant, long bytes) {
        storage.catalog().transact(tx -> {
            StoredTenant row =
                    tx.records(RecordTypes.TENANTS).lock(tenant.id().value()).orElseThrow();
            tx.records(RecordTypes.TENANTS)
                    .update(row.toBuilder().databaseSizeBytes(bytes).build());
            return null;
        });
        fixture.seconds(61);
        saas.maintenance().run();
    }

    @Test
    void aFullServerGetsNewDatabasesOnlyIfNoOtherHasRoom() {
        Server first = saas.servers().findByName(Server.DEFAULT_NAME).orElseThrow();
        saas.servers()
                .update(
                        first.id(),
                        each -> each.toBuilder()
                                .labels(Map.of(Server.DISK_LABEL, "2"))
                                .build());
        Server second = saas.servers()
                .create(Server.builder("second").weight(1).capacity(10).build());
        Tenant large = create("large");
        assertThat(large.serverId()).isEqualTo(first.id());
        grow(large, 1_999_999_999);
        assertThat(create("small").serverId()).isEqualTo(first.id());

        grow(large, 2_000_000_000);

        assertThat(create("elsewhere").serverId()).isEqualTo(second.id());
        assertThat(saas.servers().status(first.id()).databaseBytes()).isGreaterThanOrEqualTo(2_000_000_000);
        saas.servers()
                .update(second.id(), each -> each.toBuilder().draining(true).build());
        assertThat(create("last").serverId()).isEqualTo(first.id());
    }

    @Test
    void theLabelIsANumber() {
        Server first = saas.servers().findByName(Server.DEFAULT_NAME).orElseThrow();
        assertRefusal(() -> saas.servers()
                        .update(
                                first.id(),
                                each -> each.toBuilder()
                                        .labels(Map.of(Server.DISK_LABEL, "large"))
                                        .build()))
                .isEqualTo(ErrorCodes.SERVER_INVALID);
    }
}
