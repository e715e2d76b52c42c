// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import dev.allotment.DatabaseLoad;
import dev.allotment.DatabaseLogin;
import dev.allotment.spi.backend.DatabaseEntry;
import dev.allotment.spi.backend.DatabaseExport;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.EndedSession;
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

/**
 * Databases that pass every call to other databases. A test extends this class and overrides the methods that should
 * behave differently.
 *
 * <p>A method never calls another method of this class. So a subclass that overrides {@link #list} and should find
 * other
 * databases overrides {@link #find}, too, and the changes that operations make in their views pass {@link #view}.
 */
public abstract class DelegatingDatabases implements Databases {
    private final Databases delegate;

    /** Delegates every call. */
    protected DelegatingDatabases(Databases delegate) {
        this.delegate = delegate;
    }

    /**
     * Wraps the view of the delegate for one operation, which is where operations make their changes. A subclass that
     * changes what changes do overrides this, and returns the view wrapped in itself. Default: returns the view.
     */
    protected Databases view(Databases fenced) {
        return fenced;
    }

    @Override
    public Databases fencedBy(FencingToken token) {
        return view(delegate.fencedBy(token));
    }

    @Override
    public void claim(DatabaseRef spare, String name) {
        delegate.claim(spare, name);
    }

    @Override
    public <T extends @Nullable Object> T claim(
            DatabaseRef spare, String name, Function<? super DatabaseTransaction, ? extends T> work) {
        return delegate.claim(spare, name, work);
    }

    @Override
    public void prepare(List<DatabaseRef> spares, int most) {
        delegate.prepare(spares, most);
    }

    @Override
    public Set<UUID> prepared() {
        return delegate.prepared();
    }

    @Override
    public boolean sharesLogWithCatalog() {
        return delegate.sharesLogWithCatalog();
    }

    @Override
    public void discard(DatabaseRef database) {
        delegate.discard(database);
    }

    @Override
    public Set<String> reservedNames() {
        return delegate.reservedNames();
    }

    @Override
    public void create(DatabaseRef database) {
        delegate.create(database);
    }

    @Override
    public void copy(DatabaseRef source, DatabaseRef database) {
        delegate.copy(source, database);
    }

    @Override
    public TransferFormat transferFormat() {
        return delegate.transferFormat();
    }

    @Override
    public boolean confinesContent() {
        return delegate.confinesContent();
    }

    @Override
    public void send(DatabaseRef database, Consumer<? super InputStream> receiver) {
        delegate.send(database, receiver);
    }

    @Override
    public void export(DatabaseRef database, DatabaseExport export) {
        delegate.export(database, export);
    }

    @Override
    public void export(DatabaseRef database, InputStream content, DatabaseExport export) {
        delegate.export(database, content, export);
    }

    @Override
    public void receive(DatabaseRef database, InputStream content) {
        delegate.receive(database, content);
    }

    @Override
    public void receive(DatabaseRef database, InputStream content, Consumer<? super String> refused) {
        delegate.receive(database, content, refused);
    }

    @Override
    public List<String> transferDoubts(DatabaseRef database) {
        return delegate.transferDoubts(database);
    }

    @Override
    public @Nullable Replication replication() {
        return delegate.replication();
    }

    @Override
    public void replace(DatabaseRef database, DatabaseRef by) {
        delegate.replace(database, by);
    }

    @Override
    public void exchange(DatabaseRef database, DatabaseRef other) {
        delegate.exchange(database, other);
    }

    @Override
    public void open(DatabaseRef database) {
        delegate.open(database);
    }

    @Override
    public void close(DatabaseRef database) {
        delegate.close(database);
    }

    @Override
    public void adopt(DatabaseRef database) {
        delegate.adopt(database);
    }

    @Override
    public void release(DatabaseRef database) {
        delegate.release(database);
    }

    @Override
    public List<EndedSession> endExcessiveSessions() {
        return delegate.endExcessiveSessions();
    }

    @Override
    public Set<UUID> revokeExcessiveRights() {
        return delegate.revokeExcessiveRights();
    }

    @Override
    public List<DatabaseLoad> load() {
        return delegate.load();
    }

    @Override
    public void tidy() {
        delegate.tidy();
    }

    @Override
    public void restoreRights(DatabaseRef database) {
        delegate.restoreRights(database);
    }

    @Override
    public void rename(DatabaseRef database, String newName) {
        delegate.rename(database, newName);
    }

    @Override
    public void drop(DatabaseRef database) {
        delegate.drop(database);
    }

    @Override
    public @Nullable String mark() {
        return delegate.mark();
    }

    @Override
    public void setMark(String mark) {
        delegate.setMark(mark);
    }

    @Override
    public boolean exists(String name) {
        return delegate.exists(name);
    }

    @Override
    public List<DatabaseRef> list() {
        return delegate.list();
    }

    @Override
    public List<DatabaseEntry> inventory() {
        return delegate.inventory();
    }

    @Override
    public long size(DatabaseRef database) {
        return delegate.size(database);
    }

    @Override
    public <T extends @Nullable Object> T transact(
            DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
        return delegate.transact(database, work);
    }

    @Override
    public <T extends @Nullable Object> T configure(
            DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
        return delegate.configure(database, work);
    }

    @Override
    public DatabaseLogin login(DatabaseRef database, String password) {
        return delegate.login(database, password);
    }

    @Override
    public Map<String, Boolean> remains(DatabaseRef database) {
        return delegate.remains(database);
    }

    @Override
    public @Nullable DatabaseRef find(UUID uuid) {
        return delegate.find(uuid);
    }
}
