// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.ServerId;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.RecordTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class InterruptibleBackendTest {
    private static final Server SERVER =
            Server.builder(Server.DEFAULT_NAME).id(new ServerId(1)).sequence(1).build();
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(1, 1));

    private final MemoryBackend storage = MemoryBackend.create();
    private final InterruptibleBackend process = InterruptibleBackend.over(storage);

    @Test
    void aProcessThatIsNotKilledPassesAllItsPoints() {
        work(process);
        assertThat(process.points()).isEqualTo(7);
        assertThat(process.killed()).isFalse();
    }

    @Test
    void eachStopLeavesWhatWasDoneBeforeIt() {
        List<String> left = new ArrayList<>();
        for (int n = 0; n <= 7; n++) {
            MemoryBackend disk = MemoryBackend.create();
            InterruptibleBackend life = InterruptibleBackend.over(disk);
            life.killAfter(n);
            try {
                work(life);
                assertThat(n).isEqualTo(7);
            } catch (ProcessKilled e) {
                assertThat(life.killed()).isTrue();
                assertThat(life.points()).isEqualTo(n);
            }
            left.add(parameters(disk) + " " + disk.databases(SERVER).exists(SHOP.name()));
        }
        assertThat(left)
                .containsExactly(
                        "0 false", // before the first commit
                        "1 false", "1 false", // before create
                        "1 true", "1 true", // before the second commit
                        "2 true", "2 true", // before exists
                        "2 true");
    }

    @Test
    void theDeadDoNothingMore() {
        process.killAfter(0);
        assertThatThrownBy(() -> work(process)).isInstanceOf(ProcessKilled.class);
        assertThatThrownBy(() -> work(process)).isInstanceOf(ProcessKilled.class);
        assertThatThrownBy(process::health).isInstanceOf(ProcessKilled.class);
        assertThatThrownBy(() -> process.killAfter(9)).isInstanceOf(ProcessKilled.class);
    }

    @Test
    void closingAProcessLeavesItsStorageOpen() {
        process.close();
        assertThat(storage.health().up()).isTrue();
    }

    private static void work(Backend backend) {
        insert(backend, "one");
        backend.databases(SERVER).create(SHOP);
        insert(backend, "two");
        assertThat(backend.databases(SERVER).exists(SHOP.name())).isTrue();
    }

    private static void insert(Backend backend, String key) {
        backend.catalog()
                .transact(tx -> tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, key, "value", false)));
    }

    private static long parameters(Backend backend) {
        return backend.catalog()
                .<Long>transact(tx -> tx.records(RecordTypes.PARAMETERS).count(Filter.all()));
    }
}
