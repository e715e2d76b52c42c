// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.FencingToken;
import dev.allotment.spi.backend.Replication;
import dev.allotment.spi.backend.ReplicationSource;
import java.io.InputStream;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Replicates from one server in this process to another one. A copy gets the changes when it is asked whether it has
 * them. It follows a replication for as long as its source keeps that, or longer, like a copy on a real server.
 *
 * @param replications what this server keeps as a source: the place of the database, by the name of the replication
 * @param token null: changes are not compared
 */
record MemoryReplication(
        MemoryDatabases databases,
        Map<String, MemoryPlace> replications,
        @Nullable FencingToken token) implements Replication {
    private static final long LARGE = 256L << 20;
    private static final int UUID_DIGITS = 32;

    /** The places of the copies in this process, by the name of the replication. */
    private static final Map<String, MemoryPlace> COPIES = new ConcurrentHashMap<>();

    @Override
    public ReplicationSource source(DatabaseRef database) {
        return new ReplicationSource(
                database.name(), databases.size(database) < LARGE ? List.of("the database is small") : List.of());
    }

    @Override
    public List<String> obstacles(ReplicationSource source) {
        return List.of();
    }

    @Override
    public void send(DatabaseRef database, String name, Consumer<? super InputStream> receiver) {
        replications.put(name, databases.place(database));
        databases.send(database, receiver);
    }

    @Override
    public void follow(DatabaseRef copy, String name, ReplicationSource source) {
        fenced().close(copy);
        COPIES.put(name, databases.place(copy));
    }

    @Override
    public @Nullable String followed(DatabaseRef copy) {
        if (databases.find(copy.uuid()) == null || !databases.exists(copy.name())) {
            return null;
        }
        MemoryPlace place = databases.place(copy);
        return COPIES.entrySet().stream()
                .filter(each -> each.getValue() == place)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }

    @Override
    public long behind(DatabaseRef database, String name, Duration most) {
        MemoryPlace copy = COPIES.get(name);
        MemoryPlace original = replications.get(name);
        if (copy == null || original == null) {
            throw MemoryProblems.notReplicated(database.name());
        }
        copy.restore(original.committed());
        return 0;
    }

    @Override
    public void hasten(DatabaseRef copy) {
        // The copy gets all changes at once.
    }

    @Override
    public boolean settle(DatabaseRef database, String name, String newName) {
        DatabaseRef settled = new DatabaseRef(newName, database.uuid());
        if (!settled.equals(databases.find(database.uuid()))) {
            fenced().close(database);
            fenced().rename(database, newName);
            behind(database, name, Duration.ZERO);
        }
        return true;
    }

    @Override
    public Map<String, String> counters(DatabaseRef database, String name) {
        return Map.of();
    }

    @Override
    public void unfollow(DatabaseRef copy, Map<String, String> counters) {
        String name = followed(copy);
        if (name != null) {
            COPIES.remove(name);
        }
    }

    @Override
    public Set<UUID> operations() {
        return replications.keySet().stream().map(MemoryReplication::operation).collect(Collectors.toSet());
    }

    private static UUID operation(String name) {
        String digits = name.substring(0, UUID_DIGITS);
        return new UUID(
                new BigInteger(digits.substring(0, UUID_DIGITS / 2), 16).longValue(),
                new BigInteger(digits.substring(UUID_DIGITS / 2), 16).longValue());
    }

    private static long number(String name) {
        return Long.parseLong(name.substring(UUID_DIGITS + 1));
    }

    @Override
    public void end(UUID operation, long before, @Nullable DatabaseRef database) {
        replications.keySet().removeIf(each -> operation(each).equals(operation) && number(each) < before);
    }

    private Databases fenced() {
        return token == null ? databases : databases.fencedBy(token);
    }
}
