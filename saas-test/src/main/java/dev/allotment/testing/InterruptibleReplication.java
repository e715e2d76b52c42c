// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Replication;
import dev.allotment.spi.backend.ReplicationSource;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** See {@link InterruptibleBackend}. */
record InterruptibleReplication(Replication storage, Lifeline lifeline) implements Replication {
    @Override
    public ReplicationSource source(DatabaseRef database) {
        lifeline.checkAlive();
        return storage.source(database);
    }

    @Override
    public List<String> obstacles(ReplicationSource source) {
        lifeline.checkAlive();
        return storage.obstacles(source);
    }

    @Override
    public void send(DatabaseRef database, String name, Consumer<? super InputStream> receiver) {
        lifeline.pass();
        storage.send(database, name, receiver);
        lifeline.pass();
    }

    @Override
    public void follow(DatabaseRef copy, String name, ReplicationSource source) {
        changing(() -> {
            storage.follow(copy, name, source);
            return true;
        });
    }

    @Override
    public @Nullable String followed(DatabaseRef copy) {
        lifeline.checkAlive();
        return storage.followed(copy);
    }

    @Override
    public long behind(DatabaseRef database, String name, Duration most) {
        lifeline.pass();
        return storage.behind(database, name, most);
    }

    @Override
    public void hasten(DatabaseRef copy) {
        lifeline.pass();
        storage.hasten(copy);
    }

    @Override
    public boolean settle(DatabaseRef database, String name, String newName) {
        return changing(() -> storage.settle(database, name, newName));
    }

    @Override
    public Map<String, String> counters(DatabaseRef database, String name) {
        lifeline.pass();
        return storage.counters(database, name);
    }

    @Override
    public void unfollow(DatabaseRef copy, Map<String, String> counters) {
        changing(() -> {
            storage.unfollow(copy, counters);
            return true;
        });
    }

    @Override
    public Set<UUID> operations() {
        lifeline.checkAlive();
        return storage.operations();
    }

    @Override
    public void endEarlier(DatabaseRef database, String name) {
        changing(() -> {
            storage.endEarlier(database, name);
            return true;
        });
    }

    @Override
    public void end(UUID operation, @Nullable DatabaseRef database) {
        changing(() -> {
            storage.end(operation, database);
            return true;
        });
    }

    private boolean changing(Supplier<Boolean> call) {
        lifeline.pass();
        boolean result = call.get();
        lifeline.pass();
        return result;
    }
}
