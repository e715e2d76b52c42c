// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.DatabaseLoad;
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
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * See {@link WatchedBackend}.
 *
 * @param transactions wraps the transaction that work inside a database receives
 */
record WatchedDatabases(Databases storage, Consumer<String> steps, UnaryOperator<DatabaseTransaction> transactions)
        implements Databases {
    WatchedDatabases(Databases storage, Consumer<String> steps) {
        this(storage, steps, UnaryOperator.identity());
    }

    @Override
    public Databases fencedBy(FencingToken token) {
        return new WatchedDatabases(storage.fencedBy(token), steps, transactions);
    }

    @Override
    public void claim(DatabaseRef spare, String name) {
        run("claim", () -> storage.claim(spare, name));
    }

    @Override
    public void discard(DatabaseRef database) {
        run("discard", () -> storage.discard(database));
    }

    @Override
    public List<DatabaseLoad> load() {
        return storage.load();
    }

    @Override
    public Set<String> reservedNames() {
        return storage.reservedNames();
    }

    @Override
    public void create(DatabaseRef database) {
        run("create", () -> storage.create(database));
    }

    @Override
    public void copy(DatabaseRef source, DatabaseRef database) {
        run("copy", () -> storage.copy(source, database));
    }

    @Override
    public boolean confinesContent() {
        return storage.confinesContent();
    }

    @Override
    public TransferFormat transferFormat() {
        return storage.transferFormat();
    }

    @Override
    public void send(DatabaseRef database, Consumer<? super InputStream> receiver) {
        run("send", () -> storage.send(database, receiver));
    }

    @Override
    public void export(DatabaseRef database, DatabaseExport export) {
        run("export", () -> storage.export(database, export));
    }

    @Override
    public void export(DatabaseRef database, InputStream content, DatabaseExport export) {
        run("export content", () -> storage.export(database, content, export));
    }

    @Override
    public void receive(DatabaseRef database, InputStream content) {
        run("receive", () -> storage.receive(database, content));
    }

    @Override
    public void receive(DatabaseRef database, InputStream content, Consumer<? super String> refused) {
        run("receive", () -> storage.receive(database, content, refused));
    }

    @Override
    public List<String> transferDoubts(DatabaseRef database) {
        return storage.transferDoubts(database);
    }

    @Override
    public @Nullable Replication replication() {
        Replication replication = storage.replication();
        return replication == null ? null : new WatchedReplication(replication, steps);
    }

    @Override
    public void replace(DatabaseRef database, DatabaseRef by) {
        run("replace", () -> storage.replace(database, by));
    }

    @Override
    public void exchange(DatabaseRef database, DatabaseRef other) {
        run("exchange", () -> storage.exchange(database, other));
    }

    @Override
    public void open(DatabaseRef database) {
        run("open", () -> storage.open(database));
    }

    @Override
    public void close(DatabaseRef database) {
        run("close", () -> storage.close(database));
    }

    @Override
    public void rename(DatabaseRef database, String newName) {
        run("rename", () -> storage.rename(database, newName));
    }

    @Override
    public void drop(DatabaseRef database) {
        run("drop", () -> storage.drop(database));
    }

    @Override
    public void adopt(DatabaseRef database) {
        run("adopt", () -> storage.adopt(database));
    }

    @Override
    public void release(DatabaseRef database) {
        run("release", () -> storage.release(database));
    }

    @Override
    public boolean exists(String name) {
        return get("exists", () -> storage.exists(name));
    }

    @Override
    public List<DatabaseRef> list() {
        return get("list", storage::list);
    }

    @Override
    public List<DatabaseEntry> inventory() {
        return get("inventory", storage::inventory);
    }

    @Override
    public long size(DatabaseRef database) {
        return get("size", () -> storage.size(database));
    }

    @Override
    public <T extends @Nullable Object> T transact(
            DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
        steps.accept("before transact");
        T result = storage.transact(database, watched("in transact", work));
        steps.accept("after transact");
        return result;
    }

    @Override
    public <T extends @Nullable Object> T configure(
            DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
        steps.accept("before configure");
        T result = storage.configure(database, watched("in configure", work));
        steps.accept("after configure");
        return result;
    }

    @Override
    public Map<String, Boolean> remains(DatabaseRef database) {
        return get("remains", () -> storage.remains(database));
    }

    @Override
    public DatabaseLogin login(DatabaseRef database, String password) {
        return get("login", () -> storage.login(database, password));
    }

    private <T extends @Nullable Object> Function<DatabaseTransaction, T> watched(
            String step, Function<? super DatabaseTransaction, ? extends T> work) {
        return transaction -> {
            T value = work.apply(transactions.apply(transaction));
            steps.accept(step);
            return value;
        };
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
