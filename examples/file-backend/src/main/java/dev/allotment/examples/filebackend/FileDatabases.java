// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.filebackend;

import dev.allotment.DatabaseLogin;
import dev.allotment.spi.backend.DatabaseEntry;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.FencingToken;
import dev.allotment.spi.backend.RecordTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The databases. Each is one file that has its name, and its identity in the first line. So creating, copying, renaming
 * and dropping a database is a single step of the file system, and is never done by half.
 */
final class FileDatabases implements Databases {
    private final FileStorage storage;

    private final @Nullable FencingToken token;

    FileDatabases(FileStorage storage) {
        this(storage, null);
    }

    private FileDatabases(FileStorage storage, @Nullable FencingToken token) {
        this.storage = storage;
        this.token = token;
    }

    @Override
    public Databases fencedBy(FencingToken operation) {
        return new FileDatabases(storage, operation);
    }

    @Override
    public Set<String> reservedNames() {
        return Set.of();
    }

    @Override
    public void create(DatabaseRef database) {
        storage.exclusively(
                Set.of(file(database)),
                () -> isDone(database) || store(database, Snapshot.empty(database.uuid(), RecordTypes.database())));
    }

    @Override
    public void copy(DatabaseRef source, DatabaseRef database) {
        storage.exclusively(
                files(file(source), file(database)),
                () -> isDone(database) || store(database, load(source).copyFor(database.uuid())));
    }

    /** An application must check the first line itself: files cannot lock it out. */
    @Override
    public void open(DatabaseRef database) {
        storage.exclusively(
                Set.of(file(database)), () -> store(database, changing(database).withOpen(true)));
    }

    @Override
    public void close(DatabaseRef database) {
        storage.exclusively(
                Set.of(file(database)), () -> store(database, changing(database).withOpen(false)));
    }

    /** Used by tests. */
    boolean isOpen(DatabaseRef database) {
        return storage.exclusively(Set.of(file(database)), () -> load(database).isOpen());
    }

    @Override
    public void rename(DatabaseRef database, String newName) {
        DatabaseRef renamed = new DatabaseRef(newName, database.uuid());
        storage.exclusively(files(file(database), file(renamed)), () -> {
            if (isThere(renamed)) {
                return store(renamed, changing(renamed));
            }
            return move(database, renamed);
        });
    }

    /** Stores the token first: it also counts if the process is killed before the file has its new name. */
    private boolean move(DatabaseRef database, DatabaseRef renamed) throws IOException {
        store(database, changing(database));
        storage.rename(file(database), file(renamed));
        return true;
    }

    @Override
    public void claim(DatabaseRef spare, String name) {
        DatabaseRef claimed = new DatabaseRef(name, spare.uuid());
        storage.exclusively(files(file(spare), file(claimed)), () -> {
            if (!isThere(claimed)) {
                move(spare, claimed);
            } else if (token != null && !token.isOfSameOperation(load(claimed).token())) {
                throw FileProblems.unknownDatabase(spare.name());
            }
            return store(claimed, changing(claimed).withOpen(true));
        });
    }

    @Override
    public void drop(DatabaseRef database) {
        drop(database, false);
    }

    @Override
    public void discard(DatabaseRef database) {
        drop(database, true);
    }

    /** @param ownOnly whether a database that another operation changed stays */
    private void drop(DatabaseRef database, boolean ownOnly) {
        storage.exclusively(Set.of(file(database)), () -> {
            if (isThere(database) && !(ownOnly && isOfOtherOperation(load(database)))) {
                changing(database);
                storage.delete(file(database));
            }
            return true;
        });
    }

    private boolean isOfOtherOperation(Snapshot snapshot) {
        return token != null && snapshot.token() != null && !token.isOfSameOperation(snapshot.token());
    }

    /** Returns the content of a database after checking that the token may change it. */
    private Snapshot changing(DatabaseRef database) throws IOException {
        Snapshot snapshot = load(database);
        if (token != null) {
            token.requireNotOlder(snapshot.token(), database.name());
        }
        return snapshot;
    }

    /** Returns whether a database was created already, by this operation. */
    private boolean isDone(DatabaseRef database) throws IOException {
        if (!isThere(database)) {
            DatabaseRef other = find(database.uuid());
            if (other != null) {
                changing(other);
                throw FileProblems.foreignDatabase(database.name());
            }
            return false;
        }
        Snapshot snapshot = changing(database);
        if (isOfOtherOperation(snapshot)) {
            throw FileProblems.foreignDatabase(database.name());
        }
        return store(database, snapshot);
    }

    @Override
    public boolean exists(String name) {
        return storage.exclusively(Set.of(), () -> Files.exists(storage.database(name)));
    }

    /** Skips files without an identity, which others created, and files that were dropped or renamed meanwhile. */
    @Override
    public List<DatabaseRef> list() {
        List<DatabaseRef> list = new ArrayList<>();
        forEach((name, text, identity) -> list.add(new DatabaseRef(name, identity)));
        return list;
    }

    @Override
    public List<DatabaseEntry> inventory() {
        List<DatabaseEntry> entries = new ArrayList<>();
        forEach((name, text, identity) -> entries.add(DatabaseEntry.builder(identity, name)
                .open(Snapshot.isOpen(text))
                .token(Snapshot.token(text))
                .build()));
        return entries;
    }

    /** Takes a database of the folder. */
    private interface Visitor {
        void visit(String name, String text, UUID identity);
    }

    private void forEach(Visitor visitor) {
        storage.exclusively(Set.of(), () -> {
            for (Map.Entry<String, Path> entry : storage.databases().entrySet()) {
                String text = storage.read(entry.getValue());
                UUID identity = text == null ? null : Snapshot.identity(text);
                if (text != null && identity != null) {
                    visitor.visit(entry.getKey(), text, identity);
                }
            }
            return true;
        });
    }

    @Override
    public long size(DatabaseRef database) {
        return storage.exclusively(Set.of(file(database)), () -> {
            read(database);
            return Files.size(file(database));
        });
    }

    @Override
    public <T extends @Nullable Object> T transact(
            DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
        return storage.exclusively(
                Set.of(file(database)), () -> FileTransaction.run(storage, file(database), load(database), work));
    }

    /** Does what a transaction does: there are no scripts. */
    @Override
    public <T extends @Nullable Object> T configure(
            DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
        return transact(database, work);
    }

    @Override
    public DatabaseLogin login(DatabaseRef database, String password) {
        throw FileProblems.unsupported("Databases of the file backend have no logins.");
    }

    /** Returns false if the name is free. */
    private boolean isThere(DatabaseRef database) throws IOException {
        if (!Files.exists(file(database))) {
            return false;
        }
        read(database);
        return true;
    }

    private Snapshot load(DatabaseRef database) throws IOException {
        return Snapshot.parse(read(database), "Database " + database.name(), RecordTypes.database());
    }

    /** Returns the content of a file after checking that it has this identity. */
    private String read(DatabaseRef database) throws IOException {
        String text = storage.read(file(database));
        if (text == null) {
            throw FileProblems.unknownDatabase(database.name());
        }
        if (!database.uuid().equals(Snapshot.identity(text))) {
            throw FileProblems.foreignDatabase(database.name());
        }
        return text;
    }

    private boolean store(DatabaseRef database, Snapshot snapshot) throws IOException {
        storage.write(file(database), snapshot.withToken(token).text());
        return true;
    }

    private Path file(DatabaseRef database) {
        return storage.database(database.name());
    }

    /** A set that may be made from equal elements, unlike Set.of. */
    private static Set<Path> files(Path one, Path other) {
        return Set.copyOf(List.of(one, other));
    }
}
