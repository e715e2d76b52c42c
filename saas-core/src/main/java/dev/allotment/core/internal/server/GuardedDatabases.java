// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.server;

import dev.allotment.DatabaseLoad;
import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.CatalogGuard;
import dev.allotment.core.internal.base.CatalogMark;
import dev.allotment.core.internal.base.TextRules;
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
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The databases of a server that accept changes by one catalog only: not by a copy, and not if the server has the
 * mark of another place. Opening a database counts as a change, since it may be migrated. Thread-safe.
 */
final class GuardedDatabases implements Databases {
    private static final Logger LOG = System.getLogger("dev.allotment.addons");

    private static final long CHECK_AFTER = 60_000_000_000L;

    private final Databases databases;
    private final Proof proof;

    GuardedDatabases(Databases databases, String server, CatalogGuard guard, LongSupplier ticker) {
        this(databases, new Proof(databases, server, guard, ticker));
    }

    private GuardedDatabases(Databases databases, Proof proof) {
        this.databases = databases;
        this.proof = proof;
    }

    /** Proves to the server that this catalog may change its databases. */
    private static final class Proof {
        private final Databases databases;
        private final String server;
        private final CatalogGuard guard;
        private final LongSupplier ticker;
        private volatile @Nullable Long provedAt;
        private volatile boolean accepted;

        Proof(Databases databases, String server, CatalogGuard guard, LongSupplier ticker) {
            this.databases = databases;
            this.server = server;
            this.guard = guard;
            this.ticker = ticker;
        }

        void require(boolean marking) {
            guard.requireOriginal();
            Long at = provedAt;
            if (at != null && ticker.getAsLong() - at < CHECK_AFTER) {
                return;
            }
            provedAt = null;
            CatalogMark mine = guard.mark();
            if (mine == null) {
                return;
            }
            CatalogMark found = CatalogMark.parse(databases.mark());
            if (found == null || found.epoch() < mine.epoch()) {
                if (!marking) {
                    return;
                }
                mark(mine.text());
            } else if (!found.equals(mine)) {
                guard.supersede();
                throw SaasException.conflict(
                        ErrorCodes.CATALOG_CLONE,
                        "Another copy of this catalog changes the databases on database server "
                                + TextRules.describe(server) + ". Nothing was changed. If this is the catalog, and the"
                                + " other one is gone, an operator confirms that with \"saas catalog --moved\".");
            }
            accepted = true;
            provedAt = ticker.getAsLong();
        }

        /** For a change that harms no database if another catalog was confirmed meanwhile. */
        void requireOnce() {
            if (accepted) {
                guard.requireOriginal();
            } else {
                require(true);
            }
        }

        /** If another node marks the server at the same time, one of the two may fail. */
        private void mark(String text) {
            try {
                databases.setMark(text);
            } catch (SaasException e) {
                if (!Objects.equals(databases.mark(), text)) {
                    throw e;
                }
            }
        }
    }

    /**
     * Asks the server now whether another copy of the catalog changes its databases.
     *
     * @param marking whether to mark a server that has no mark, or an older one
     */
    void ask(boolean marking) {
        proof.require(marking);
    }

    private Databases changing() {
        proof.require(true);
        return databases;
    }

    @Override
    public Databases fencedBy(FencingToken token) {
        return new GuardedDatabases(databases.fencedBy(token), proof);
    }

    @Override
    public void discard(DatabaseRef database) {
        changing().discard(database);
    }

    @Override
    public Set<String> reservedNames() {
        return databases.reservedNames();
    }

    @Override
    public void create(DatabaseRef database) {
        changing().create(database);
    }

    @Override
    public void copy(DatabaseRef source, DatabaseRef database) {
        changing().copy(source, database);
    }

    @Override
    public TransferFormat transferFormat() {
        return databases.transferFormat();
    }

    @Override
    public boolean confinesContent() {
        return databases.confinesContent();
    }

    @Override
    public void send(DatabaseRef database, Consumer<? super InputStream> receiver) {
        changing().send(database, receiver);
    }

    @Override
    public void export(DatabaseRef database, DatabaseExport export) {
        changing().export(database, export);
    }

    @Override
    public void export(DatabaseRef database, InputStream content, DatabaseExport export) {
        databases.export(database, content, export);
    }

    @Override
    public void receive(DatabaseRef database, InputStream content) {
        changing().receive(database, content);
    }

    @Override
    public void receive(DatabaseRef database, InputStream content, Consumer<? super String> refused) {
        changing().receive(database, content, refused);
    }

    @Override
    public List<String> transferDoubts(DatabaseRef database) {
        return databases.transferDoubts(database);
    }

    /** What a caller does with it may change the server. */
    @Override
    public @Nullable Replication replication() {
        return databases.replication() == null ? null : changing().replication();
    }

    @Override
    public void replace(DatabaseRef database, DatabaseRef by) {
        changing().replace(database, by);
    }

    @Override
    public void exchange(DatabaseRef database, DatabaseRef other) {
        changing().exchange(database, other);
    }

    @Override
    public void open(DatabaseRef database) {
        changing().open(database);
    }

    @Override
    public void close(DatabaseRef database) {
        changing().close(database);
    }

    @Override
    public void restoreRights(DatabaseRef database) {
        changing().restoreRights(database);
    }

    @Override
    public void rename(DatabaseRef database, String newName) {
        changing().rename(database, newName);
    }

    @Override
    public void claim(DatabaseRef spare, String name) {
        changing().claim(spare, name);
    }

    @Override
    public <T extends @Nullable Object> T claim(
            DatabaseRef spare, String name, Function<? super DatabaseTransaction, ? extends T> work) {
        return changing().<T>claim(spare, name, work);
    }

    /** Opening a session in a spare counts as a change, too. */
    @Override
    public void prepare(List<DatabaseRef> spares, int most) {
        changing().prepare(spares, most);
    }

    @Override
    public Set<UUID> prepared() {
        return databases.prepared();
    }

    @Override
    public boolean sharesLogWithCatalog() {
        return databases.sharesLogWithCatalog();
    }

    @Override
    public void drop(DatabaseRef database) {
        changing().drop(database);
    }

    @Override
    public void adopt(DatabaseRef database) {
        changing().adopt(database);
    }

    @Override
    public void release(DatabaseRef database) {
        changing().release(database);
    }

    /** The sessions may be what keeps the server from showing its mark. */
    @Override
    public List<EndedSession> endExcessiveSessions() {
        proof.requireOnce();
        return databases.endExcessiveSessions();
    }

    /** Such rights are a danger to all tenants, even if the catalog is a copy. */
    @Override
    public Set<UUID> revokeExcessiveRights() {
        proof.requireOnce();
        return databases.revokeExcessiveRights();
    }

    @Override
    public List<DatabaseLoad> load() {
        return databases.load();
    }

    @Override
    public void tidy() {
        changing().tidy();
    }

    @Override
    public @Nullable String mark() {
        return databases.mark();
    }

    @Override
    public void setMark(String mark) {
        databases.setMark(mark);
    }

    @Override
    public boolean exists(String name) {
        return databases.exists(name);
    }

    @Override
    public List<DatabaseRef> list() {
        return databases.list();
    }

    @Override
    public List<DatabaseEntry> inventory() {
        return databases.inventory();
    }

    @Override
    public long size(DatabaseRef database) {
        return databases.size(database);
    }

    @Override
    public <T extends @Nullable Object> T transact(
            DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
        return changing().<T>transact(database, work);
    }

    @Override
    public <T extends @Nullable Object> T configure(
            DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
        try {
            return changing().<T>configure(database, work);
        } catch (SaasException e) {
            if (e.code().equals(ErrorCodes.ADDON_FAILED)) {
                logScript(database, e);
            }
            throw e;
        }
    }

    /** Clients and operations do not see the message of the database. A backend may run a script more than once. */
    private static void logScript(DatabaseRef database, SaasException failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        LOG.log(
                Level.WARNING,
                "A script of an add-on failed: addon=" + failure.details().get("addon") + " script="
                        + failure.details().get("script") + " database=" + database.name(),
                cause.getCause() == null ? cause : cause.getCause());
    }

    @Override
    public DatabaseLogin login(DatabaseRef database, String password) {
        return changing().login(database, password);
    }

    @Override
    public Map<String, Boolean> remains(DatabaseRef database) {
        return databases.remains(database);
    }

    @Override
    public @Nullable DatabaseRef find(UUID uuid) {
        return databases.find(uuid);
    }
}
