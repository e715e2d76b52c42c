// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import dev.allotment.DatabaseLogin;
import dev.allotment.spi.backend.Adoption;
import dev.allotment.spi.backend.DatabaseEntry;
import dev.allotment.spi.backend.DatabaseExport;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.DelegatingDatabases;
import dev.allotment.spi.backend.FencingToken;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Replication;
import dev.allotment.spi.backend.Transfer;
import dev.allotment.spi.backend.TransferFormat;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The databases on one server. The monitor of this object guards the names. Each database has its own lock for its
 * content, and no thread waits for that lock while it has the monitor.
 */
final class MemoryDatabases implements Databases, Transfer, Adoption {
    /** The reserved names of PostgreSQL, so that tests with this backend also apply there. */
    static final Set<String> RESERVED = Set.of("server-internal");

    private static final long EMPTY_SIZE = 1L << 20;
    private static final long RECORD_SIZE = 256;

    private static final class Database {
        private final @Nullable UUID uuid;
        private final MemoryPlace place;
        /** The database before it was adopted; null if it was not adopted. */
        private final @Nullable Database original;

        private boolean open;
        private @Nullable Long size;
        /** The token of the last change; null if it was changed without one. */
        private @Nullable FencingToken token;

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
    private final Map<String, MemoryPlace> replications = new ConcurrentHashMap<>();
    private final Supplier<ReentrantLock> locks;
    private final Runnable checkOpen;
    private volatile List<String> doubts = List.of();
    private volatile List<String> refused = List.of();

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
    public Databases fencedBy(FencingToken token) {
        return new Fenced(token);
    }

    @Override
    public Transfer transfer() {
        return this;
    }

    @Override
    public Adoption adoption() {
        return this;
    }

    @Override
    public void create(DatabaseRef database) {
        create(database, null);
    }

    private synchronized void create(DatabaseRef database, @Nullable FencingToken token) {
        checkOpen.run();
        if (!isDone(database, token)) {
            put(database, emptyPlace(), token);
        }
    }

    @Override
    public void copy(DatabaseRef source, DatabaseRef database) {
        copy(source, database, null);
    }

    private synchronized void copy(DatabaseRef source, DatabaseRef database, @Nullable FencingToken token) {
        checkOpen.run();
        if (!isDone(database, token)) {
            put(database, get(source).place.copy(locks.get()), token);
        }
    }

    private void put(DatabaseRef database, MemoryPlace place, @Nullable FencingToken token) {
        Database added = new Database(database.uuid(), place);
        added.token = token;
        databases.put(database.name(), added);
    }

    /** Whether a database was created already, by this operation. */
    private boolean isDone(DatabaseRef database, @Nullable FencingToken token) {
        if (!isThere(database)) {
            requireNoOtherName(database, token);
            return false;
        }
        if (isOfOtherOperation(changing(database, token), token)) {
            throw MemoryProblems.foreignDatabase(database.name());
        }
        store(database, token);
        return true;
    }

    private void requireNoOtherName(DatabaseRef database, @Nullable FencingToken token) {
        databases.forEach((name, other) -> {
            if (database.uuid().equals(other.uuid)) {
                changing(new DatabaseRef(name, database.uuid()), token);
                throw MemoryProblems.foreignDatabase(database.name());
            }
        });
    }

    private static boolean isOfOtherOperation(Database found, @Nullable FencingToken token) {
        return token != null && found.token != null && !token.isOfSameOperation(found.token);
    }

    /** Returns the database after checking that the token may change it. */
    private Database changing(DatabaseRef database, @Nullable FencingToken token) {
        Database found = get(database);
        if (token != null) {
            token.requireNotOlder(found.token, database.name());
        }
        return found;
    }

    private void store(DatabaseRef database, @Nullable FencingToken token) {
        if (token != null) {
            get(database).token = token;
        }
    }

    @Override
    public TransferFormat transferFormat() {
        return new TransferFormat(MemoryBackend.DIALECT, 1);
    }

    @Override
    public void send(DatabaseRef database, Consumer<? super InputStream> receiver) {
        checkOpen.run();
        receiver.accept(MemoryContent.of(place(database).committed()));
    }

    @Override
    public void export(DatabaseRef database, DatabaseExport export) {
        checkOpen.run();
        MemoryState state = place(database).committed();
        new MemoryPlace(RecordTypes.database(), List.of(), locks.get(), state).transact(false, checkOpen, records -> {
            export.records(records);
            return null;
        });
        exportScripts(state, export);
    }

    private static void exportScripts(MemoryState state, DatabaseExport export) {
        String scripts = String.join("\n", state.scripts());
        export.file("scripts.txt", new ByteArrayInputStream(scripts.getBytes(StandardCharsets.UTF_8)));
    }

    /** Nothing in it is executed. */
    @Override
    public boolean confinesContent() {
        return true;
    }

    @Override
    public void export(DatabaseRef database, InputStream content, DatabaseExport export) {
        checkOpen.run();
        MemoryState state = MemoryContent.read(content);
        RecordTypes.database().forEach(type -> exportRecords(type, state, export));
        exportScripts(state, export);
    }

    // The table of each type is stored under the name of the type.
    @SuppressWarnings("unchecked")
    private static <R extends Record> void exportRecords(RecordType<R> type, MemoryState state, DatabaseExport export) {
        MemoryTable<R> table =
                (MemoryTable<R>) Objects.requireNonNull(state.tables().get(type.name()));
        export.records(type, table.rows().iterator());
    }

    @Override
    public void receive(DatabaseRef database, InputStream content) {
        fill(database, content, null, part -> refuse(database, part));
    }

    @Override
    public void receive(DatabaseRef database, InputStream content, Consumer<? super String> refused) {
        fill(database, content, null, refused);
    }

    private void fill(
            DatabaseRef database,
            InputStream content,
            @Nullable FencingToken token,
            Consumer<? super String> onRefusal) {
        checkOpen.run();
        if (has(database, token)) {
            return;
        }
        refused.forEach(onRefusal);
        MemoryState state = MemoryContent.read(content);
        synchronized (this) {
            checkOpen.run();
            if (!isDone(database, token)) {
                put(database, new MemoryPlace(RecordTypes.database(), List.of(), locks.get(), state), token);
            }
        }
    }

    private synchronized boolean has(DatabaseRef database, @Nullable FencingToken token) {
        return isDone(database, token);
    }

    @Override
    public Replication replication() {
        return new MemoryReplication(this, replications, null);
    }

    @Override
    public void replace(DatabaseRef database, DatabaseRef by) {
        replace(database, by, null);
    }

    private void replace(DatabaseRef database, DatabaseRef by, @Nullable FencingToken token) {
        checkOpen.run();
        place(database).exclusively(() -> takePlace(database, by, token));
    }

    private synchronized void takePlace(DatabaseRef database, DatabaseRef by, @Nullable FencingToken token) {
        Database replaced = changing(database, token);
        if (isThere(by)) {
            put(database, changing(by, token).place, replaced.token);
            databases.remove(by.name());
        }
        store(database, token);
    }

    @Override
    public void exchange(DatabaseRef database, DatabaseRef other) {
        exchange(database, other, null);
    }

    private void exchange(DatabaseRef database, DatabaseRef other, @Nullable FencingToken token) {
        checkOpen.run();
        if (isExchanged(database, other)) {
            exchanged(database, other, token);
            return;
        }
        place(database).exclusively(() -> place(other).exclusively(() -> exchangeIdle(database, other, token)));
    }

    /** Whether each of the two names has the other identity. */
    private synchronized boolean isExchanged(DatabaseRef database, DatabaseRef other) {
        return belongs(database.name(), other.uuid()) && belongs(other.name(), database.uuid());
    }

    private boolean belongs(String name, UUID uuid) {
        Database found = databases.get(name);
        return found != null && uuid.equals(found.uuid);
    }

    private synchronized void exchanged(DatabaseRef database, DatabaseRef other, @Nullable FencingToken token) {
        DatabaseRef first = new DatabaseRef(database.name(), other.uuid());
        DatabaseRef second = new DatabaseRef(other.name(), database.uuid());
        changing(first, token);
        changing(second, token);
        store(first, token);
        store(second, token);
    }

    private synchronized void exchangeIdle(DatabaseRef database, DatabaseRef other, @Nullable FencingToken token) {
        Database first = changing(database, token);
        Database second = changing(other, token);
        give(database.name(), first, second);
        give(other.name(), second, first);
        exchanged(database, other, token);
    }

    private void give(String name, Database content, Database identity) {
        Database given = new Database(identity.uuid, content.place, content.original);
        given.token = content.token;
        databases.put(name, given);
    }

    @Override
    public void open(DatabaseRef database) {
        setOpen(database, true, null);
    }

    @Override
    public void close(DatabaseRef database) {
        setOpen(database, false, null);
    }

    private synchronized void setOpen(DatabaseRef database, boolean open, @Nullable FencingToken token) {
        checkOpen.run();
        changing(database, token).open = open;
        store(database, token);
    }

    @Override
    public void rename(DatabaseRef database, String newName) {
        rename(database, newName, null);
    }

    private synchronized void rename(DatabaseRef database, String newName, @Nullable FencingToken token) {
        checkOpen.run();
        DatabaseRef renamed = new DatabaseRef(newName, database.uuid());
        if (isThere(renamed)) {
            changing(renamed, token);
        } else {
            databases.put(newName, changing(database, token));
            databases.remove(database.name());
        }
        store(renamed, token);
    }

    @Override
    public void claim(DatabaseRef spare, String name) {
        claimBy(null, spare, name);
    }

    private synchronized void claimBy(@Nullable FencingToken token, DatabaseRef spare, String name) {
        checkOpen.run();
        DatabaseRef claimed = new DatabaseRef(name, spare.uuid());
        if (token != null && isThere(claimed) && !token.isOfSameOperation(get(claimed).token)) {
            throw MemoryProblems.unknownDatabase(spare.name());
        }
        rename(spare, name, token);
        get(claimed).open = true;
    }

    @Override
    public void adopt(DatabaseRef database) {
        adopt(database, null);
    }

    private synchronized void adopt(DatabaseRef database, @Nullable FencingToken token) {
        checkOpen.run();
        Database found = byName(database.name());
        if (database.uuid().equals(found.uuid)) {
            isDone(database, token);
            return;
        }
        if (found.uuid != null) {
            throw MemoryProblems.foreignDatabase(database.name());
        }
        if (RESERVED.contains(database.name())) {
            throw MemoryProblems.notAdoptable(database.name(), "the server itself needs it");
        }
        databases.put(database.name(), new Database(database.uuid(), found.place.copy(locks.get()), found));
        store(database, token);
    }

    @Override
    public void release(DatabaseRef database) {
        release(database, null);
    }

    private synchronized void release(DatabaseRef database, @Nullable FencingToken token) {
        checkOpen.run();
        Database found = databases.get(database.name());
        if (found != null
                && found.original != null
                && database.uuid().equals(found.uuid)
                && !isOfOtherOperation(found, token)) {
            changing(database, token);
            databases.put(database.name(), found.original);
        }
    }

    @Override
    public void drop(DatabaseRef database) {
        drop(database, null, false);
    }

    @Override
    public void discard(DatabaseRef database) {
        drop(database);
    }

    /** @param ownOnly whether a database that another operation changed stays */
    private void drop(DatabaseRef database, @Nullable FencingToken token, boolean ownOnly) {
        checkOpen.run();
        MemoryPlace place;
        synchronized (this) {
            if (!isThere(database)) {
                return;
            }
            place = get(database).place;
        }
        place.exclusively(() -> remove(database, token, ownOnly));
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
                        .token(database.token)
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

    /** Throws like reading the database does. */
    @Override
    public List<String> transferDoubts(DatabaseRef database) {
        checkOpen.run();
        place(database);
        return doubts;
    }

    private static void refuse(DatabaseRef database, String part) {
        throw MemoryProblems.notTransferable(database.name(), part);
    }

    void setDoubts(List<String> parts) {
        doubts = List.copyOf(parts);
    }

    void setRefused(List<String> parts) {
        refused = List.copyOf(parts);
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

    private synchronized void remove(DatabaseRef database, @Nullable FencingToken token, boolean ownOnly) {
        if (isThere(database) && !(ownOnly && isOfOtherOperation(get(database), token))) {
            changing(database, token);
            databases.remove(database.name());
        }
    }

    synchronized MemoryPlace place(DatabaseRef database) {
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

    /** The view for one operation. */
    private final class Fenced extends DelegatingDatabases {
        private final FencingToken token;

        Fenced(FencingToken token) {
            super(MemoryDatabases.this);
            this.token = token;
        }

        @Override
        public void create(DatabaseRef database) {
            MemoryDatabases.this.create(database, token);
        }

        @Override
        public void copy(DatabaseRef source, DatabaseRef database) {
            MemoryDatabases.this.copy(source, database, token);
        }

        @Override
        public void receive(DatabaseRef database, InputStream content) {
            MemoryDatabases.this.fill(database, content, token, part -> refuse(database, part));
        }

        @Override
        public void receive(DatabaseRef database, InputStream content, Consumer<? super String> refused) {
            MemoryDatabases.this.fill(database, content, token, refused);
        }

        @Override
        public List<String> transferDoubts(DatabaseRef database) {
            return MemoryDatabases.this.transferDoubts(database);
        }

        @Override
        public Replication replication() {
            return new MemoryReplication(MemoryDatabases.this, replications, token);
        }

        @Override
        public void replace(DatabaseRef database, DatabaseRef by) {
            MemoryDatabases.this.replace(database, by, token);
        }

        @Override
        public void exchange(DatabaseRef database, DatabaseRef other) {
            MemoryDatabases.this.exchange(database, other, token);
        }

        @Override
        public void open(DatabaseRef database) {
            setOpen(database, true, token);
        }

        @Override
        public void close(DatabaseRef database) {
            setOpen(database, false, token);
        }

        @Override
        public void rename(DatabaseRef database, String newName) {
            MemoryDatabases.this.rename(database, newName, token);
        }

        @Override
        public void claim(DatabaseRef spare, String name) {
            claimBy(token, spare, name);
        }

        @Override
        public void drop(DatabaseRef database) {
            MemoryDatabases.this.drop(database, token, false);
        }

        @Override
        public void discard(DatabaseRef database) {
            MemoryDatabases.this.drop(database, token, true);
        }

        @Override
        public void adopt(DatabaseRef database) {
            MemoryDatabases.this.adopt(database, token);
        }

        @Override
        public void release(DatabaseRef database) {
            MemoryDatabases.this.release(database, token);
        }
    }
}
