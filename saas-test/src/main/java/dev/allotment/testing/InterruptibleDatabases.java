// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import dev.allotment.DatabaseLogin;
import dev.allotment.spi.backend.DatabaseEntry;
import dev.allotment.spi.backend.DatabaseExport;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.FencingToken;
import dev.allotment.spi.backend.Replication;
import dev.allotment.spi.backend.TransferFormat;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** See {@link InterruptibleBackend}. */
final class InterruptibleDatabases implements Databases {
    private final Databases storage;
    private final Lifeline lifeline;

    InterruptibleDatabases(Databases storage, Lifeline lifeline) {
        this.storage = storage;
        this.lifeline = lifeline;
    }

    @Override
    public Databases fencedBy(FencingToken token) {
        return new InterruptibleDatabases(storage.fencedBy(token), lifeline);
    }

    @Override
    public void claim(DatabaseRef spare, String name) {
        changing(() -> storage.claim(spare, name));
    }

    @Override
    public void discard(DatabaseRef database) {
        changing(() -> storage.discard(database));
    }

    @Override
    public Set<String> reservedNames() {
        lifeline.checkAlive();
        return storage.reservedNames();
    }

    @Override
    public void create(DatabaseRef database) {
        changing(() -> storage.create(database));
    }

    @Override
    public void copy(DatabaseRef source, DatabaseRef database) {
        changing(() -> storage.copy(source, database));
    }

    @Override
    public void open(DatabaseRef database) {
        changing(() -> storage.open(database));
    }

    @Override
    public void close(DatabaseRef database) {
        changing(() -> storage.close(database));
    }

    @Override
    public void restoreRights(DatabaseRef database) {
        changing(() -> storage.restoreRights(database));
    }

    @Override
    public void rename(DatabaseRef database, String newName) {
        changing(() -> storage.rename(database, newName));
    }

    @Override
    public void drop(DatabaseRef database) {
        changing(() -> storage.drop(database));
    }

    @Override
    public void adopt(DatabaseRef database) {
        changing(() -> storage.adopt(database));
    }

    @Override
    public void release(DatabaseRef database) {
        changing(() -> storage.release(database));
    }

    @Override
    public TransferFormat transferFormat() {
        lifeline.checkAlive();
        return storage.transferFormat();
    }

    @Override
    public boolean confinesContent() {
        return storage.confinesContent();
    }

    @Override
    public void send(DatabaseRef database, Consumer<? super InputStream> receiver) {
        lifeline.pass();
        storage.send(database, receiver);
    }

    @Override
    public void export(DatabaseRef database, DatabaseExport export) {
        lifeline.pass();
        storage.export(database, export);
    }

    @Override
    public void export(DatabaseRef database, InputStream content, DatabaseExport export) {
        lifeline.pass();
        storage.export(database, content, export);
    }

    @Override
    public void receive(DatabaseRef database, InputStream content) {
        changing(() -> storage.receive(database, content));
    }

    @Override
    public void receive(DatabaseRef database, InputStream content, Consumer<? super String> refused) {
        changing(() -> storage.receive(database, content, refused));
    }

    @Override
    public List<String> transferDoubts(DatabaseRef database) {
        lifeline.checkAlive();
        return storage.transferDoubts(database);
    }

    @Override
    public @Nullable Replication replication() {
        lifeline.checkAlive();
        Replication replication = storage.replication();
        return replication == null ? null : new InterruptibleReplication(replication, lifeline);
    }

    @Override
    public void replace(DatabaseRef database, DatabaseRef by) {
        changing(() -> storage.replace(database, by));
    }

    @Override
    public void exchange(DatabaseRef database, DatabaseRef other) {
        changing(() -> storage.exchange(database, other));
    }

    @Override
    public boolean exists(String name) {
        lifeline.pass();
        return storage.exists(name);
    }

    @Override
    public List<DatabaseRef> list() {
        lifeline.pass();
        return storage.list();
    }

    @Override
    public List<DatabaseEntry> inventory() {
        lifeline.pass();
        return storage.inventory();
    }

    @Override
    public long size(DatabaseRef database) {
        lifeline.pass();
        return storage.size(database);
    }

    @Override
    public <T extends @Nullable Object> T transact(
            DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
        lifeline.checkAlive();
        T result = storage.transact(database, interrupted(work));
        lifeline.pass();
        return result;
    }

    @Override
    public <T extends @Nullable Object> T configure(
            DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
        lifeline.checkAlive();
        T result = storage.configure(database, interrupted(work));
        lifeline.pass();
        return result;
    }

    @Override
    public DatabaseLogin login(DatabaseRef database, String password) {
        lifeline.pass();
        DatabaseLogin login = storage.login(database, password);
        lifeline.pass();
        return login;
    }

    @Override
    public @Nullable DatabaseRef find(UUID uuid) {
        lifeline.pass();
        return storage.find(uuid);
    }

    @Override
    public Map<String, Boolean> remains(DatabaseRef database) {
        lifeline.pass();
        return storage.remains(database);
    }

    private void changing(Runnable call) {
        lifeline.pass();
        call.run();
        lifeline.pass();
    }

    private <T extends @Nullable Object> Function<DatabaseTransaction, T> interrupted(
            Function<? super DatabaseTransaction, ? extends T> work) {
        return transaction -> {
            T value = work.apply(transaction);
            lifeline.pass();
            return value;
        };
    }
}
