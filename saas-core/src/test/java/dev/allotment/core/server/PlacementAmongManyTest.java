// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.ServerId;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.core.Fixture;
import dev.allotment.fleet.Server;
import dev.allotment.fleet.ServerStatus;
import dev.allotment.testing.MemoryBackend;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Installations with more servers than are counted for each new database. */
final class PlacementAmongManyTest {
    private static final int SERVERS = 30;

    private final Fixture fixture = new Fixture();
    private final MemoryBackend storage = MemoryBackend.withServers(
            IntStream.rangeClosed(1, SERVERS).mapToObj(i -> "s" + i).toArray(String[]::new));
    private final Saas saas = fixture.open(storage);
    private final Saas other = fixture.builder(storage).node("node-b").open();
    private final Plan plan = saas.plans()
            .create(Plan.builder("Crowd").dbNameTemplate("c-%i.example.com").build());
    private final User owner = saas.accounts()
            .signUp(SignUp.builder("owner@example.com", "Owner", Fixture.PASSWORD)
                    .build());

    PlacementAmongManyTest() {
        saas.servers()
                .update(new ServerId(1), each -> each.toBuilder().active(false).build());
        for (int i = 1; i <= SERVERS; i++) {
            saas.servers().create(Server.builder("s" + i).capacity(100).build());
        }
    }

    @AfterEach
    void close() {
        other.close();
        saas.close();
        fixture.close();
    }

    private Tenant create(Saas node) {
        return node.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).build())
                .tenant();
    }

    @Test
    void databasesAreSpreadOverAllServers() {
        Map<ServerId, Integer> placed = new HashMap<>();
        for (int i = 0; i < 3 * SERVERS; i++) {
            placed.merge(create(saas).serverId(), 1, Integer::sum);
        }

        assertThat(placed.values()).hasSize(SERVERS).containsOnly(3);
        assertThat(other.servers().statuses())
                .filteredOn(each -> each.server().active())
                .extracting(ServerStatus::databases)
                .containsOnly(3L);
    }

    @Test
    void aServerThatAnotherNodeHasClosedGetsNoMoreDatabases() {
        create(saas);
        List<Server> servers = new ArrayList<>(other.servers().list(Query.all()));
        ServerId only = servers.get(SERVERS).id();
        for (Server server : servers) {
            if (!server.id().equals(only)) {
                other.servers()
                        .update(
                                server.id(),
                                each -> each.toBuilder().active(false).build());
            }
        }

        assertThat(create(saas).serverId()).isEqualTo(only);
    }

    @Test
    void theMaintenanceCountsAgainWhatOtherNodesHavePlaced() {
        create(saas);
        for (int i = 1; i < SERVERS; i++) {
            create(other);
        }
        for (int i = 0; i < 2; i++) {
            fixture.nanos.addAndGet(TimeUnit.SECONDS.toNanos(31));
            saas.maintenance().run();
        }

        Map<ServerId, Integer> placed = new HashMap<>();
        for (int i = 0; i < SERVERS; i++) {
            placed.merge(create(saas).serverId(), 1, Integer::sum);
        }
        assertThat(placed.values()).hasSize(SERVERS).containsOnly(1);
    }
}
