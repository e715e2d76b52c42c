// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.DatabaseLoad;
import dev.allotment.DatabaseLogin;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Databases that pass every call to other databases, with all their abilities. A subclass overrides {@link #before},
 * which each call passes, and the methods that should behave differently. It has an ability if the other databases have
 * it, or if it overrides the accessor. Safe for use by several threads, as far as the other databases are.
 *
 * <p>A method never calls another method of this class, except that the accessor of an ability returns this object. So
 * a subclass that overrides {@link #list} and should find other databases overrides {@link #find}, too.
 */
public abstract class DelegatingDatabases
        implements Databases, Transfer, Adoption, WarmSpares, ServerWatch, LoadMeter, CatalogMarks {
    /** What a call does to the databases. */
    protected enum Effect {
        /** It changes no database. */
        NONE,
        /** It ends sessions and rights that are a danger to all databases. */
        PROTECTS,
        /** It changes a database, or may do so when it opens one. */
        CHANGES
    }

    private final Databases delegate;

    /** Passes every call to other databases. */
    protected DelegatingDatabases(Databases delegate) {
        this.delegate = delegate;
    }

    /**
     * Is called before a call is passed on, by the thread that makes it. What this throws is thrown to the caller. The
     * accessors of abilities and {@link #fencedBy} do not call this. Does nothing by default.
     */
    protected void before(Effect effect) {}

    /**
     * Wraps the view of the other databases for one operation, which is where operations make their changes. A subclass
     * that changes what changes do overrides this, and returns the view wrapped in itself. Default: returns the view.
     */
    protected Databases view(Databases fenced) {
        return fenced;
    }

    private Databases passing(Effect effect) {
        before(effect);
        return delegate;
    }

    private Transfer transferring(Effect effect) {
        return Objects.requireNonNull(passing(effect).transfer());
    }

    private Adoption adopting() {
        return Objects.requireNonNull(passing(Effect.CHANGES).adoption());
    }

    private WarmSpares warm(Effect effect) {
        return Objects.requireNonNull(passing(effect).warmSpares());
    }

    private ServerWatch watching(Effect effect) {
        return Objects.requireNonNull(passing(effect).watch());
    }

    private CatalogMarks marking() {
        return Objects.requireNonNull(passing(Effect.NONE).marks());
    }

    @Override
    public Databases fencedBy(FencingToken token) {
        return view(delegate.fencedBy(token));
    }

    @Override
    public @Nullable Transfer transfer() {
        return delegate.transfer() == null ? null : this;
    }

    @Override
    public @Nullable Adoption adoption() {
        return delegate.adoption() == null ? null : this;
    }

    @Override
    public @Nullable WarmSpares warmSpares() {
        return delegate.warmSpares() == null ? null : this;
    }

    @Override
    public @Nullable ServerWatch watch() {
        return delegate.watch() == null ? null : this;
    }

    @Override
    public @Nullable LoadMeter loadMeter() {
        return delegate.loadMeter() == null ? null : this;
    }

    @Override
    public @Nullable CatalogMarks marks() {
        return delegate.marks() == null ? null : this;
    }

    /** Returns what the other databases return. What a caller does with it may change them. */
    @Override
    public @Nullable Replication replication() {
        return delegate.replication() == null ? null : passing(Effect.CHANGES).replication();
    }

    @Override
    public Set<String> reservedNames() {
        return passing(Effect.NONE).reservedNames();
    }

    @Override
    public void create(DatabaseRef database) {
        passing(Effect.CHANGES).create(database);
    }

    @Override
    public void copy(DatabaseRef source, DatabaseRef database) {
        passing(Effect.CHANGES).copy(source, database);
    }

    @Override
    public void open(DatabaseRef database) {
        passing(Effect.CHANGES).open(database);
    }

    @Override
    public void close(DatabaseRef database) {
        passing(Effect.CHANGES).close(database);
    }

    @Override
    public void rename(DatabaseRef database, String newName) {
        passing(Effect.CHANGES).rename(database, newName);
    }

    @Override
    public void claim(DatabaseRef spare, String name) {
        passing(Effect.CHANGES).claim(spare, name);
    }

    @Override
    public void drop(DatabaseRef database) {
        passing(Effect.CHANGES).drop(database);
    }

    @Override
    public void discard(DatabaseRef database) {
        passing(Effect.CHANGES).discard(database);
    }

    @Override
    public boolean exists(String name) {
        return passing(Effect.NONE).exists(name);
    }

    @Override
    public List<DatabaseRef> list() {
        return passing(Effect.NONE).list();
    }

    @Override
    public List<DatabaseEntry> inventory() {
        return passing(Effect.NONE).inventory();
    }

    @Override
    public long size(DatabaseRef database) {
        return passing(Effect.NONE).size(database);
    }

    @Override
    public <T extends @Nullable Object> T transact(
            DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
        return passing(Effect.CHANGES).<T>transact(database, work);
    }

    @Override
    public <T extends @Nullable Object> T configure(
            DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
        return passing(Effect.CHANGES).<T>configure(database, work);
    }

    @Override
    public DatabaseLogin login(DatabaseRef database, String password) {
        return passing(Effect.CHANGES).login(database, password);
    }

    @Override
    public Map<String, Boolean> remains(DatabaseRef database) {
        return passing(Effect.NONE).remains(database);
    }

    @Override
    public @Nullable DatabaseRef find(UUID uuid) {
        return passing(Effect.NONE).find(uuid);
    }

    /** Sessions in the database may be closed. */
    @Override
    public void send(DatabaseRef database, Consumer<? super InputStream> receiver) {
        transferring(Effect.CHANGES).send(database, receiver);
    }

    @Override
    public TransferFormat transferFormat() {
        return transferring(Effect.NONE).transferFormat();
    }

    @Override
    public void receive(DatabaseRef database, InputStream content) {
        transferring(Effect.CHANGES).receive(database, content);
    }

    @Override
    public void receive(DatabaseRef database, InputStream content, Consumer<? super String> refused) {
        transferring(Effect.CHANGES).receive(database, content, refused);
    }

    @Override
    public List<String> transferDoubts(DatabaseRef database) {
        return transferring(Effect.NONE).transferDoubts(database);
    }

    @Override
    public boolean confinesContent() {
        return transferring(Effect.NONE).confinesContent();
    }

    @Override
    public void replace(DatabaseRef database, DatabaseRef by) {
        transferring(Effect.CHANGES).replace(database, by);
    }

    @Override
    public void exchange(DatabaseRef database, DatabaseRef other) {
        transferring(Effect.CHANGES).exchange(database, other);
    }

    /** Sessions in the database may be closed. */
    @Override
    public void export(DatabaseRef database, DatabaseExport export) {
        transferring(Effect.CHANGES).export(database, export);
    }

    @Override
    public void export(DatabaseRef database, InputStream content, DatabaseExport export) {
        transferring(Effect.NONE).export(database, content, export);
    }

    @Override
    public void adopt(DatabaseRef database) {
        adopting().adopt(database);
    }

    @Override
    public void release(DatabaseRef database) {
        adopting().release(database);
    }

    @Override
    public <T extends @Nullable Object> T claim(
            DatabaseRef spare, String name, Function<? super DatabaseTransaction, ? extends T> work) {
        return warm(Effect.CHANGES).<T>claim(spare, name, work);
    }

    /** Opening a session in a spare counts as a change, too. */
    @Override
    public void prepare(List<DatabaseRef> spares, int most) {
        warm(Effect.CHANGES).prepare(spares, most);
    }

    @Override
    public Set<UUID> prepared() {
        return warm(Effect.NONE).prepared();
    }

    @Override
    public boolean sharesLogWithCatalog() {
        return warm(Effect.NONE).sharesLogWithCatalog();
    }

    @Override
    public List<EndedSession> endExcessiveSessions() {
        return watching(Effect.PROTECTS).endExcessiveSessions();
    }

    @Override
    public Set<UUID> revokeExcessiveRights() {
        return watching(Effect.PROTECTS).revokeExcessiveRights();
    }

    @Override
    public void restoreRights(DatabaseRef database) {
        watching(Effect.CHANGES).restoreRights(database);
    }

    @Override
    public void tidy() {
        watching(Effect.CHANGES).tidy();
    }

    @Override
    public List<DatabaseLoad> load() {
        return Objects.requireNonNull(passing(Effect.NONE).loadMeter()).load();
    }

    @Override
    public @Nullable String mark() {
        return marking().mark();
    }

    @Override
    public void setMark(String mark) {
        marking().setMark(mark);
    }
}
