// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.server;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Health;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.core.internal.base.CatalogGuard;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.base.SecretCipher;
import dev.allotment.core.internal.parameter.InstallationId;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.fleet.NodeStatistics;
import dev.allotment.fleet.Server;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.DatabaseSource;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.FencingToken;
import dev.allotment.spi.backend.PoolUse;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.ServerSecret;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.backend.Transfer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The connections to the database servers. Each is opened once, when it is first needed, and again if its settings have
 * changed. All are closed with the control plane. Thread-safe.
 */
public final class ServerRegistry {
    private static final Logger LOG = System.getLogger("dev.allotment.servers");
    private static final String PASSWORD = "password";

    /** The name that a separate backend gives the server it was opened on. */
    private static final Server DEFAULT = Server.builder(Server.DEFAULT_NAME).build();

    private static final long SECOND = 1_000_000_000L;

    /** How soon another node's change of settings is noticed. */
    private static final long CHECK_AFTER = 5 * SECOND;

    /** How long callers may go on using a connection that was replaced. */
    private static final long CLOSE_AFTER = 60 * SECOND;

    /** An open connection. */
    private record Connection(
            Server server, @Nullable String sealed, Backend backend, Databases databases, boolean owned) {
        boolean fits(Server present, @Nullable String presentSealed) {
            return !owned
                    || (server.state() == present.state()
                            && server.settings().equals(present.settings())
                            && Objects.equals(server.backend(), present.backend())
                            && Objects.equals(sealed, presentSealed));
        }
    }

    private record Retired(Backend backend, long since) {}

    private final CoreContext context;
    private final Backend catalogBackend;
    private final InstallationId installation;
    private final BackendProviders providers;
    private final SecretCipher cipher;
    private final CatalogGuard guard;
    private final Map<ServerId, Connection> connections = new ConcurrentHashMap<>();
    private final Map<ServerId, Long> checked = new ConcurrentHashMap<>();
    private final List<Retired> retired = new ArrayList<>();

    private volatile boolean closed;

    public ServerRegistry(
            CoreContext context,
            Backend catalogBackend,
            InstallationId installation,
            BackendProviders providers,
            SecretCipher cipher,
            CatalogGuard guard) {
        this.context = context;
        this.catalogBackend = catalogBackend;
        this.installation = installation;
        this.providers = providers;
        this.cipher = cipher;
        this.guard = guard;
    }

    /**
     * Locks a server, so that a deletion, or a change of its settings, waits until the operation is stored that needs
     * the server, and finds it.
     *
     * @throws SaasException {@code record.missing}
     */
    public static void lockShared(Transaction tx, ServerId id) {
        if (tx.records(RecordTypes.SERVERS).lockShared(id.value()).isEmpty()) {
            throw RecordLookup.missing(RecordTypes.SERVERS, "Server", id.value());
        }
    }

    public Databases databases(ServerId id) {
        return connection(id).databases();
    }

    /**
     * Returns the databases of a server that is only read.
     *
     * @throws SaasException {@code server.invalid} for another server
     */
    public DatabaseSource source(ServerId id) {
        Connection connection = connection(id);
        if (connection.backend() instanceof SourceServer server) {
            return server.source();
        }
        throw SaasException.conflict(
                ErrorCodes.SERVER_INVALID,
                "Database server " + TextRules.describe(connection.server().name())
                        + " is not a source, so no tenant is read from it. Register the restored server as a source.");
    }

    /**
     * Returns the databases on a server as the steps of an operation have to change them: no change is made after a
     * later operation, or another node that has taken this one over, changed the database.
     */
    public Databases databases(ServerId id, StoredOperation operation) {
        return databases(id).fencedBy(FencingToken.of(operation));
    }

    /** Returns them like {@link #databases(ServerId)}, inside a transaction. */
    public Databases databases(Transaction tx, ServerId id) {
        Connection known = recent(id);
        return (known == null ? readAndOpen(tx, id) : known).databases();
    }

    /** Returns the name of the format in which a server transfers databases; null: it transfers none. */
    public @Nullable String transferFormat(Transaction tx, ServerId id) {
        Transfer transfer = readAndOpen(tx, id).databases().transfer();
        return transfer == null ? null : transfer.transferFormat().name();
    }

    /**
     * Asks the catalog's own servers, which this process has a connection to anyway, whether another copy of the
     * catalog is in use. The others are asked before they are changed.
     *
     * @param marking whether to mark them
     */
    public void askForOtherCatalogs(boolean marking) {
        for (Server server : context.catalog()
                .transact(tx -> tx.records(RecordTypes.SERVERS).list(Query.where(Filter.equal(Server.LOST, false))))) {
            try {
                if (server.backend() == null && databases(server.id()) instanceof GuardedDatabases guarded) {
                    guarded.ask(marking);
                }
            } catch (SaasException e) {
                LOG.log(Level.DEBUG, () -> "Database server " + server.name() + " does not accept this catalog", e);
            }
        }
    }

    /** The identities of the spares that this process has prepared, on all servers that it is connected to. */
    public Set<UUID> preparedSpares() {
        return connections.values().stream()
                .flatMap(each -> Optional.ofNullable(each.databases().warmSpares()).stream())
                .flatMap(warm -> warm.prepared().stream())
                .collect(Collectors.toSet());
    }

    /** The pools of connections to the servers that this process is connected to. Does no I/O. */
    public List<NodeStatistics.Pool> pools() {
        List<NodeStatistics.Pool> pools = new ArrayList<>();
        catalogBackend.pools().forEach(use -> pools.add(pool(Server.DEFAULT_NAME, use)));
        connections.values().stream()
                .filter(Connection::owned)
                .forEach(each -> each.backend()
                        .pools()
                        .forEach(use -> pools.add(pool(each.server().name(), use))));
        return pools;
    }

    private static NodeStatistics.Pool pool(String server, PoolUse use) {
        return new NodeStatistics.Pool(server, use.pool(), use.busy(), use.idle(), use.waiting(), use.max());
    }

    /** The dialect of the scripts that its databases run. */
    public String dialect(ServerId id) {
        return connection(id).backend().dialect();
    }

    /** Whether its databases enforce record quotas; the catalog's backend may differ. */
    public boolean enforcesRecordQuotas(ServerId id) {
        return connection(id).backend().capabilities().contains(Capability.ROW_QUOTAS);
    }

    /** Whether the applications of tenants connect to its databases with a login. */
    public boolean hasLogins(ServerId id) {
        return connection(id).backend().capabilities().contains(Capability.LOGINS);
    }

    /**
     * Refuses to copy a database between two servers if the target does not understand what the source sends. Called
     * inside a transaction.
     *
     * @throws SaasException {@code backend.unsupported}
     */
    public void requireTransfer(Transaction tx, ServerId from, ServerId to) {
        if (from.equals(to)) {
            return;
        }
        Connection source = readAndOpen(tx, from);
        Connection target = readAndOpen(tx, to);
        for (Connection connection : List.of(source, target)) {
            if (connection.databases().transfer() == null) {
                throw notBetween(
                        source,
                        target,
                        "server " + connection.server().name() + " cannot copy databases to or from other servers");
            }
        }
        String dialect = source.backend().dialect();
        if (!dialect.equals(target.backend().dialect())) {
            throw notBetween(
                    source,
                    target,
                    "one has databases of " + dialect + ", the other of "
                            + target.backend().dialect());
        }
    }

    private static SaasException notBetween(Connection source, Connection target, String why) {
        return SaasException.unsupported(
                ErrorCodes.BACKEND_UNSUPPORTED,
                "A database cannot be copied from server "
                        + source.server().name() + " to server "
                        + target.server().name() + ": " + why + ". Choose another server.");
    }

    private Connection connection(ServerId id) {
        Connection known = recent(id);
        return known == null ? context.catalog().transact(tx -> readAndOpen(tx, id)) : known;
    }

    /** Null if the settings must be compared with the stored ones first. */
    private @Nullable Connection recent(ServerId id) {
        Connection known = connections.get(id);
        if (known == null || !known.owned()) {
            return known;
        }
        Long at = checked.get(id);
        return at != null && context.tick() - at < CHECK_AFTER ? known : null;
    }

    private synchronized Connection readAndOpen(Transaction tx, ServerId id) {
        Server server = tx.records(RecordTypes.SERVERS)
                .find(id.value())
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.SERVERS, "Server", id.value()));
        String sealed = sealed(tx, id);
        Connection known = connections.get(id);
        if (known == null || !known.fits(server, sealed)) {
            known = reopen(server, sealed, known);
            connections.put(id, known);
        }
        checked.put(id, context.tick());
        return known;
    }

    /** A storage that cannot be opened twice is closed first, although callers may be using it. */
    private Connection reopen(Server server, @Nullable String sealed, @Nullable Connection old) {
        requireOpen();
        if (old == null) {
            return open(server, sealed);
        }
        try {
            Connection opened = open(server, sealed);
            retire(old);
            return opened;
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.BACKEND_IN_USE)) {
                throw e;
            }
            connections.remove(server.id());
            old.backend().close();
            return open(server, sealed);
        }
    }

    private Connection open(Server server, @Nullable String sealed) {
        if (server.backend() == null) {
            return new Connection(
                    server, null, catalogBackend, guarded(server, catalogBackend.databases(server)), false);
        }
        return switch (server.state()) {
            case IN_USE -> {
                Backend backend = openOwn(server, password(server, sealed));
                yield new Connection(server, sealed, backend, guarded(server, backend.databases(DEFAULT)), true);
            }
            case GIVEN_UP -> {
                LostServer nothing = new LostServer(server.name());
                yield new Connection(server, null, nothing, nothing.databases(server), true);
            }
            case SOURCE -> {
                SourceServer source = openSource(server, password(server, sealed));
                yield new Connection(server, sealed, source, source.databases(DEFAULT), true);
            }
        };
    }

    private Databases guarded(Server server, Databases databases) {
        return new GuardedDatabases(databases, server.name(), guard, context::tick);
    }

    private @Nullable String password(Server server, @Nullable String sealed) {
        return sealed == null ? null : cipher.open(server.name(), sealed);
    }

    private Backend openOwn(Server server, @Nullable String password) {
        try {
            return providers.open(
                    server.backend(), provider -> provider.openServer(settings(server, password), installation.get()));
        } catch (SaasException e) {
            throw GuardedDatabases.naming(server.name(), e);
        }
    }

    private SourceServer openSource(Server server, @Nullable String password) {
        return new SourceServer(server.name(), providers.open(server.backend(), provider -> {
            DatabaseSource source = provider.openSource(settings(server, password), installation.get());
            if (source == null) {
                throw SaasException.unsupported(
                        ErrorCodes.BACKEND_UNSUPPORTED,
                        "Backend \"" + provider.name() + "\" cannot read a server that is a source.");
            }
            return source;
        }));
    }

    private static Settings settings(Server server, @Nullable String password) {
        Map<String, String> settings = new HashMap<>(server.settings());
        if (password != null) {
            settings.put(PASSWORD, password);
        }
        return Settings.of(settings);
    }

    /**
     * Refuses settings with which no connection could be opened. Does not check whether the server is reachable.
     * @param password null: none
     */
    void check(Server server, @Nullable String password) {
        if (server.backend() == null) {
            catalogBackend.databases(server);
            return;
        }
        try {
            (server.state() == Server.State.SOURCE ? openSource(server, password) : openOwn(server, password)).close();
        } catch (SaasException e) {
            // This very process has it open, most likely; another one shows in the server's health.
            if (!e.code().equals(ErrorCodes.BACKEND_IN_USE)) {
                throw e;
            }
        }
    }

    /**
     * Refuses what {@link #check} refuses, and an active server that does not respond, or refuses the password: it
     * would look as if it took databases. One that is open already, and can be opened once only, responds.
     *
     * @param password null: none
     * @throws SaasException {@code server.invalid}
     */
    void requireResponse(Server server, @Nullable String password) {
        if (server.backend() == null || server.state() != Server.State.IN_USE || !server.active()) {
            check(server, password);
            return;
        }
        Health health;
        try (Backend backend = openOwn(server, password)) {
            health = backend.health();
        } catch (SaasException e) {
            if (e.code().equals(ErrorCodes.BACKEND_IN_USE)) {
                return;
            }
            throw e;
        }
        if (!health.up()) {
            throw SaasException.conflict(
                    ErrorCodes.SERVER_INVALID,
                    "Database server " + TextRules.describe(server.name()) + " does not respond: " + health.message()
                            + " Correct its settings and the password, or register it as inactive until it responds.");
        }
    }

    /**
     * Counts the databases that this control plane has on a server, over a separate connection.
     *
     * @param password null: none
     * @throws SaasException {@code backend.unavailable} if the server does not respond
     */
    int countDatabases(Server server, @Nullable String password) {
        Backend backend = openOwn(server, password);
        try {
            Health health = backend.health();
            if (!health.up()) {
                throw SaasException.unavailable(
                        ErrorCodes.BACKEND_UNAVAILABLE,
                        "Database server " + server.name() + " does not respond: " + health.message(),
                        null);
            }
            return backend.databases(DEFAULT).inventory().size();
        } finally {
            backend.close();
        }
    }

    /**
     * Whether this control plane has no database on a server, over a separate connection. One that is open already, and
     * can be opened once only, is taken for the same storage.
     *
     * @param password null: none
     * @throws SaasException {@code backend.unavailable} if the server does not respond
     */
    boolean hasNoDatabases(Server server, @Nullable String password) {
        try {
            return countDatabases(server, password) == 0;
        } catch (SaasException e) {
            if (e.code().equals(ErrorCodes.BACKEND_IN_USE)) {
                return false;
            }
            throw e;
        }
    }

    /** Encrypts a password again; returns null if it is not needed. */
    @Nullable
    String sealAgain(String server, String sealed) {
        return cipher.isCurrent(server, sealed) ? null : cipher.seal(server, cipher.open(server, sealed));
    }

    String seal(String server, String password) {
        return cipher.seal(server, password);
    }

    void requireSecretKey(String server) {
        cipher.requireKey(server);
    }

    /** The password of a server, to check new settings with; null: none. */
    @Nullable
    String password(Transaction tx, Server server) {
        return password(server, sealed(tx, server.id()));
    }

    private static @Nullable String sealed(Transaction tx, ServerId id) {
        return tx
                .records(RecordTypes.SERVER_SECRETS)
                .list(Query.where(Filter.equal(ServerSecret.SERVER_ID, id)))
                .stream()
                .map(ServerSecret::sealed)
                .findFirst()
                .orElse(null);
    }

    /** Makes the settings of a server be read again before its next use. */
    public void changed(ServerId id) {
        checked.remove(id);
    }

    /** Closes the connection to a server that is gone. */
    public synchronized void forget(ServerId id) {
        Connection connection = connections.remove(id);
        checked.remove(id);
        if (connection != null) {
            retire(connection);
        }
    }

    private void retire(Connection connection) {
        long now = context.tick();
        closeRetired(now - CLOSE_AFTER);
        if (connection.owned()) {
            retired.add(new Retired(connection.backend(), now));
        }
    }

    private void closeRetired(long before) {
        retired.removeIf(each -> {
            boolean due = each.since() - before <= 0;
            if (due) {
                each.backend().close();
            }
            return due;
        });
    }

    /** Closes connections that were replaced some time ago. */
    synchronized void closeRetired() {
        closeRetired(context.tick() - CLOSE_AFTER);
    }

    Health health(ServerId id) {
        return connection(id).backend().health();
    }

    public boolean isOpen() {
        return !closed;
    }

    private void requireOpen() {
        if (closed) {
            throw SaasException.unavailable(
                    ErrorCodes.BACKEND_CLOSED, "This control plane has been closed; open another one.", null);
        }
    }

    /** Closes everything that this registry opened. */
    public synchronized void close() {
        closed = true;
        for (Connection connection : connections.values()) {
            if (connection.owned()) {
                connection.backend().close();
            }
        }
        connections.values().removeIf(Connection::owned);
        retired.forEach(each -> each.backend().close());
        retired.clear();
    }
}
