// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import dev.allotment.DatabaseLogin;
import dev.allotment.spi.backend.DatabaseEntry;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The databases on one server. The monitor of this object guards the names. Each database has its own lock for its
 * content, and no thread waits for that lock while it has the monitor.
 */
final class MemoryDatabases implements Databases {
    /** The reserved names of PostgreSQL, so that tests with this backend also apply there. */
    static final Set<String> RESERVED = Set.of("postgres", "template0", "template1");

    private static final long EMPTY_SIZE = 1L << 20;
    private static final long RECORD_SIZE = 256;

    private static final class Database {
        private final @Nullable UUID uuid;
        private final MemoryPlace place;
        /** The database before it was adopted; null if it was not adopted. */
        private final @Nullable Database original;

        private boolean open;
        private @Nullable Long size;

        Database(@Nullable UUID uuid, MemoryPlace place) {
            this(uuid, place, null);
        }

        Database(@Nullable UUID uuid, MemoryPlace place, @Nullable Database original) {
            this.uuid = uuid;
            this.place = place;
            this.original = original;
        }
    }

    private final Map<String, Database> databases = new TreeMap<>();
    private final Supplier<ReentrantLock> locks;
    private final Runnable checkOpen;

    MemoryDatabases(Supplier<ReentrantLock> locks, Runnable checkOpen) {
        this.locks = locks;
        this.checkOpen = checkOpen;
        RESERVED.forEach(this::putForeign);
    }

    @Override
    public Set<String> reservedNames() {
        return RESERVED;
    }

    @Override
    public synchronized void create(DatabaseRef database) {
        checkOpen.run();
        if (!isThere(database)) {
            databases.put(database.name(), new Database(database.uuid(), emptyPlace()));
        }
    }

    @Override
    public synchronized void copy(DatabaseRef source, DatabaseRef database) {
        checkOpen.run();
        if (!isThere(database)) {
            MemoryPlace content = get(source).place.copy(locks.get());
            databases.put(database.name(), new Database(database.uuid(), content));
        }
    }

    @Override
    public void send(DatabaseRef database, Consumer<? super InputStream> receiver) {
        checkOpen.run();
        receiver.accept(MemoryContent.of(place(database).committed()));
    }

    @Override
    public void receive(DatabaseRef database, InputStream content) {
        checkOpen.run();
        if (has(database)) {
            return;
        }
        MemoryState state = MemoryContent.read(content);
        synchronized (this) {
            checkOpen.run();
            if (!isThere(database)) {
                MemoryPlace place = new MemoryPlace(RecordTypes.database(), List.of(), locks.get(), state);
                databases.put(database.name(), new Database(database.uuid(), place));
            }
        }
    }

    private synchronized boolean has(DatabaseRef database) {
        return isThere(database);
    }

    @Override
    public synchronized void open(DatabaseRef database) {
        checkOpen.run();
        get(database).open = true;
    }

    @Override
    public synchronized void close(DatabaseRef database) {
        checkOpen.run();
        get(database).open = false;
    }

    @Override
    public synchronized void rename(DatabaseRef database, String newName) {
        checkOpen.run();
        if (!isThere(new DatabaseRef(newName, database.uuid()))) {
            databases.put(newName, get(database));
            databases.remove(database.name());
        }
    }

    @Override
    public synchronized void adopt(DatabaseRef database) {
        checkOpen.run();
        Database found = byName(database.name());
        if (database.uuid().equals(found.uuid)) {
            return;
        }
        if (found.uuid != null) {
            throw MemoryProblems.foreignDatabase(database.name());
        }
        if (RESERVED.contains(database.name())) {
            throw MemoryProblems.notAdoptable(database.name(), "the server itself needs it");
        }
        databases.put(database.name(), new Database(database.uuid(), found.place.copy(locks.get()), found));
    }

    @Override
    public synchronized void release(DatabaseRef database) {
        checkOpen.run();
        Database found = databases.get(database.name());
        if (found != null && found.original != null && database.uuid().equals(found.uuid)) {
            databases.put(database.name(), found.original);
        }
    }

    @Override
    public void drop(DatabaseRef database) {
        checkOpen.run();
        MemoryPlace place;
        synchronized (this) {
            if (!isThere(database)) {
                return;
            }
            place = get(database).place;
        }
        place.exclusively(() -> remove(database));
    }

    @Override
    public synchronized boolean exists(String name) {
        checkOpen.run();
        return databases.containsKey(name);
    }

    @Override
    public synchronized List<DatabaseRef> list() {
        checkOpen.run();
        List<DatabaseRef> own = new ArrayList<>();
        databases.forEach((name, database) -> {
            if (database.uuid != null) {
                own.add(new DatabaseRef(name, database.uuid));
            }
        });
        return own;
    }

    @Override
    public synchronized List<DatabaseEntry> inventory() {
        checkOpen.run();
        List<DatabaseEntry> entries = new ArrayList<>();
        databases.forEach((name, database) -> {
            if (database.uuid != null) {
                entries.add(DatabaseEntry.builder(database.uuid, name)
                        .open(database.open)
                        .build());
            }
        });
        return entries;
    }

    @Override
    public synchronized long size(DatabaseRef database) {
        checkOpen.run();
        Database found = get(database);
        return found.size != null
                ? found.size
                : EMPTY_SIZE + RECORD_SIZE * found.place.committed().records();
    }

    @Override
    public <T extends @Nullable Object> T transact(
            DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
        return transact(database, false, work);
    }

    @Override
    public <T extends @Nullable Object> T configure(
            DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
        return transact(database, true, work);
    }

    @Override
    public DatabaseLogin login(DatabaseRef database, String password) {
        checkOpen.run();
        throw MemoryProblems.unsupported("Databases in memory have no logins.");
    }

    /** Creates a database that was not created through this SPI. */
    synchronized void putForeign(String name) {
        databases.put(name, new Database(null, emptyPlace()));
    }

    synchronized boolean isOpen(String name) {
        return byName(name).open;
    }

    synchronized List<String> scripts(String name) {
        return byName(name).place.committed().scripts();
    }

    synchronized void setSize(String name, long bytes) {
        byName(name).size = bytes;
    }

    private <T extends @Nullable Object> T transact(
            DatabaseRef database, boolean scripts, Function<? super DatabaseTransaction, ? extends T> work) {
        checkOpen.run();
        MemoryPlace place = place(database);
        Runnable present = () -> {
            checkOpen.run();
            // It may have been dropped, or dropped and created again, while this transaction waited.
            if (place(database) != place) {
                throw MemoryProblems.unknownDatabase(database.name());
            }
        };
        return place.transact(scripts, present, work);
    }

    private synchronized void remove(DatabaseRef database) {
        if (isThere(database)) {
            databases.remove(database.name());
        }
    }

    private synchronized MemoryPlace place(DatabaseRef database) {
        return get(database).place;
    }

    private MemoryPlace emptyPlace() {
        return new MemoryPlace(RecordTypes.database(), List.of(), locks.get());
    }

    private Database byName(String name) {
        Database found = databases.get(name);
        if (found == null) {
            throw MemoryProblems.unknownDatabase(name);
        }
        return found;
    }

    private Database get(DatabaseRef database) {
        Database found = byName(database.name());
        if (!database.uuid().equals(found.uuid)) {
            throw MemoryProblems.foreignDatabase(database.name());
        }
        return found;
    }

    private boolean isThere(DatabaseRef database) {
        if (databases.containsKey(database.name())) {
            get(database);
            return true;
        }
        return false;
    }
}
