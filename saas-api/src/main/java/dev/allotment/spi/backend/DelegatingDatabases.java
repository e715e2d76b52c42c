// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.DatabaseActivity;
import dev.allotment.DatabaseLoad;
import dev.allotment.DatabaseLogin;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Databases that pass every call to other databases, with all their abilities. A subclass overrides {@link #around},
 * which makes each call, and the methods that should behave differently. It has an ability if the other databases have
 * it, or if it overrides the accessor. Safe for use by several threads, as far as the other databases are.
 *
 * <p>A method never calls another method of this class, except that the accessor of an ability returns this object. So
 * a subclass that overrides {@link #list} and should find other databases overrides {@link #find}, too.
 */
public abstract class DelegatingDatabases
        implements Databases,
                Transfer,
                Adoption,
                WarmSpares,
                ServerWatch,
                LoadMeter,
                ActivityReader,
                ReadOnlyLogins,
                CatalogMarks {
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
     * Makes a call to the other databases, in the thread of the caller. A subclass that overrides this may refuse the
     * call, or change what it throws. The accessors of abilities and {@link #fencedBy} do not call this, except that
     * {@link #replication} does. Default: makes the call.
     *
     * @param effect what the call does to the databases
     * @return what the call returns
     */
    protected <T extends @Nullable Object> T around(Effect effect, Supplier<? extends T> call) {
        return call.get();
    }

    /**
     * Wraps the view of the other databases for one operation, which is where operations make their changes. A subclass
     * that changes what changes do overrides this, and returns the view wrapped in itself. Default: returns the view.
     */
    protected Databases view(Databases fenced) {
        return fenced;
    }

    private void run(Effect effect, Runnable call) {
        this.<@Nullable Void>around(effect, () -> {
            call.run();
            return null;
        });
    }

    private Transfer transferring() {
        return Objects.requireNonNull(delegate.transfer());
    }

    private Adoption adopting() {
        return Objects.requireNonNull(delegate.adoption());
    }

    private WarmSpares warm() {
        return Objects.requireNonNull(delegate.warmSpares());
    }

    private ServerWatch watching() {
        return Objects.requireNonNull(delegate.watch());
    }

    private ReadOnlyLogins admitting() {
        return Objects.requireNonNull(delegate.readOnlyLogins());
    }

    private CatalogMarks marking() {
        return Objects.requireNonNull(delegate.marks());
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
    public @Nullable ActivityReader activityReader() {
        return delegate.activityReader() == null ? null : this;
    }

    @Override
    public @Nullable ReadOnlyLogins readOnlyLogins() {
        return delegate.readOnlyLogins() == null ? null : this;
    }

    @Override
    public @Nullable CatalogMarks marks() {
        return delegate.marks() == null ? null : this;
    }

    /** Returns what the other databases return. What a caller does with it may change them. */
    @Override
    public @Nullable Replication replication() {
        return delegate.replication() == null
                ? null
                : this.<@Nullable Replication>around(Effect.CHANGES, delegate::replication);
    }

    @Override
    public Set<String> reservedNames() {
        return around(Effect.NONE, () -> delegate.reservedNames());
    }

    @Override
    public void create(DatabaseRef database) {
        run(Effect.CHANGES, () -> delegate.create(database));
    }

    @Override
    public void copy(DatabaseRef source, DatabaseRef database) {
        run(Effect.CHANGES, () -> delegate.copy(source, database));
    }

    @Override
    public void open(DatabaseRef database) {
        run(Effect.CHANGES, () -> delegate.open(database));
    }

    @Override
    public void close(DatabaseRef database) {
        run(Effect.CHANGES, () -> delegate.close(database));
    }

    @Override
    public void rename(DatabaseRef database, String newName) {
        run(Effect.CHANGES, () -> delegate.rename(database, newName));
    }

    @Override
    public void claim(DatabaseRef spare, String name) {
        run(Effect.CHANGES, () -> delegate.claim(spare, name));
    }

    @Override
    public void drop(DatabaseRef database) {
        run(Effect.CHANGES, () -> delegate.drop(database));
    }

    @Override
    public void discard(DatabaseRef database) {
        run(Effect.CHANGES, () -> delegate.discard(database));
    }

    @Override
    public boolean exists(String name) {
        return around(Effect.NONE, () -> delegate.exists(name));
    }

    @Override
    public List<DatabaseRef> list() {
        return around(Effect.NONE, () -> delegate.list());
    }

    @Override
    public List<DatabaseEntry> inventory() {
        return around(Effect.NONE, () -> delegate.inventory());
    }

    @Override
    public long size(DatabaseRef database) {
        return around(Effect.NONE, () -> delegate.size(database));
    }

    @Override
    public <T extends @Nullable Object> T transact(
            DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
        return around(Effect.CHANGES, () -> delegate.transact(database, work));
    }

    @Override
    public <T extends @Nullable Object> T configure(
            DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
        return around(Effect.CHANGES, () -> delegate.configure(database, work));
    }

    @Override
    public DatabaseLogin login(DatabaseRef database, String password) {
        return around(Effect.CHANGES, () -> delegate.login(database, password));
    }

    @Override
    public Map<String, Boolean> remains(DatabaseRef database) {
        return around(Effect.NONE, () -> delegate.remains(database));
    }

    @Override
    public @Nullable DatabaseRef find(UUID uuid) {
        return around(Effect.NONE, () -> delegate.find(uuid));
    }

    /** Sessions in the database may be closed. */
    @Override
    public void send(DatabaseRef database, Consumer<? super InputStream> receiver) {
        run(Effect.CHANGES, () -> transferring().send(database, receiver));
    }

    @Override
    public TransferFormat transferFormat() {
        return around(Effect.NONE, () -> transferring().transferFormat());
    }

    @Override
    public void receive(DatabaseRef database, InputStream content) {
        run(Effect.CHANGES, () -> transferring().receive(database, content));
    }

    @Override
    public void receive(DatabaseRef database, InputStream content, Consumer<? super String> refused) {
        run(Effect.CHANGES, () -> transferring().receive(database, content, refused));
    }

    @Override
    public List<String> transferDoubts(DatabaseRef database) {
        return around(Effect.NONE, () -> transferring().transferDoubts(database));
    }

    @Override
    public boolean confinesContent() {
        return around(Effect.NONE, () -> transferring().confinesContent());
    }

    @Override
    public void replace(DatabaseRef database, DatabaseRef by) {
        run(Effect.CHANGES, () -> transferring().replace(database, by));
    }

    @Override
    public void exchange(DatabaseRef database, DatabaseRef other) {
        run(Effect.CHANGES, () -> transferring().exchange(database, other));
    }

    /** Sessions in the database may be closed. */
    @Override
    public void export(DatabaseRef database, DatabaseExport export) {
        run(Effect.CHANGES, () -> transferring().export(database, export));
    }

    @Override
    public void export(DatabaseRef database, InputStream content, DatabaseExport export) {
        run(Effect.NONE, () -> transferring().export(database, content, export));
    }

    @Override
    public void adopt(DatabaseRef database) {
        run(Effect.CHANGES, () -> adopting().adopt(database));
    }

    @Override
    public void release(DatabaseRef database) {
        run(Effect.CHANGES, () -> adopting().release(database));
    }

    @Override
    public <T extends @Nullable Object> T claim(
            DatabaseRef spare, String name, Function<? super DatabaseTransaction, ? extends T> work) {
        return around(Effect.CHANGES, () -> warm().claim(spare, name, work));
    }

    /** Opening a session in a spare counts as a change, too. */
    @Override
    public void prepare(List<DatabaseRef> spares, int most) {
        run(Effect.CHANGES, () -> warm().prepare(spares, most));
    }

    @Override
    public Set<UUID> prepared() {
        return around(Effect.NONE, () -> warm().prepared());
    }

    @Override
    public boolean sharesLogWithCatalog() {
        return around(Effect.NONE, () -> warm().sharesLogWithCatalog());
    }

    @Override
    public List<EndedSession> endExcessiveSessions() {
        return around(Effect.PROTECTS, () -> watching().endExcessiveSessions());
    }

    @Override
    public Set<UUID> revokeExcessiveRights() {
        return around(Effect.PROTECTS, () -> watching().revokeExcessiveRights());
    }

    @Override
    public void restoreRights(DatabaseRef database) {
        run(Effect.CHANGES, () -> watching().restoreRights(database));
    }

    @Override
    public void tidy() {
        run(Effect.CHANGES, () -> watching().tidy());
    }

    @Override
    public DatabaseActivity activity(DatabaseRef database) {
        return around(
                Effect.NONE,
                () -> Objects.requireNonNull(delegate.activityReader()).activity(database));
    }

    @Override
    public DatabaseLogin readOnlyLogin(DatabaseRef database, Duration validity) {
        return around(Effect.CHANGES, () -> admitting().readOnlyLogin(database, validity));
    }

    @Override
    public void revokeReadOnlyLogin(DatabaseRef database, String user) {
        run(Effect.CHANGES, () -> admitting().revokeReadOnlyLogin(database, user));
    }

    @Override
    public List<DatabaseLoad> load() {
        return around(
                Effect.NONE, () -> Objects.requireNonNull(delegate.loadMeter()).load());
    }

    @Override
    public @Nullable String mark() {
        return this.<@Nullable String>around(Effect.NONE, () -> marking().mark());
    }

    @Override
    public void setMark(String mark) {
        run(Effect.NONE, () -> marking().setMark(mark));
    }
}
