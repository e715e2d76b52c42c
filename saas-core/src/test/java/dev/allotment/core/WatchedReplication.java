// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

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

/** See {@link WatchedBackend}. */
record WatchedReplication(Replication storage, Consumer<String> steps) implements Replication {
    @Override
    public ReplicationSource source(DatabaseRef database) {
        return storage.source(database);
    }

    @Override
    public List<String> obstacles(ReplicationSource source) {
        return storage.obstacles(source);
    }

    @Override
    public void send(DatabaseRef database, String name, Consumer<? super InputStream> receiver) {
        run("replicate", () -> storage.send(database, name, receiver));
    }

    @Override
    public void follow(DatabaseRef copy, String name, ReplicationSource source) {
        run("follow", () -> storage.follow(copy, name, source));
    }

    @Override
    public @Nullable String followed(DatabaseRef copy) {
        return storage.followed(copy);
    }

    @Override
    public long behind(DatabaseRef database, String name, Duration most) {
        return get("behind", () -> storage.behind(database, name, most));
    }

    @Override
    public void hasten(DatabaseRef copy) {
        run("hasten", () -> storage.hasten(copy));
    }

    @Override
    public boolean settle(DatabaseRef database, String name, String newName) {
        return get("settle", () -> storage.settle(database, name, newName));
    }

    @Override
    public Map<String, String> counters(DatabaseRef database, String name) {
        return get("counters", () -> storage.counters(database, name));
    }

    @Override
    public void unfollow(DatabaseRef copy, Map<String, String> counters) {
        run("unfollow", () -> storage.unfollow(copy, counters));
    }

    @Override
    public Set<UUID> operations() {
        return storage.operations();
    }

    @Override
    public void end(UUID operation, long before, @Nullable DatabaseRef database) {
        run(before == Long.MAX_VALUE ? "end" : "end earlier", () -> storage.end(operation, before, database));
    }

    private void run(String method, Runnable call) {
        steps.accept("before " + method);
        call.run();
        steps.accept("after " + method);
    }

    private <T> T get(String method, Supplier<T> call) {
        steps.accept("before " + method);
        T result = call.get();
        steps.accept("after " + method);
        return result;
    }
}
