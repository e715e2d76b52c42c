// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.server;

import dev.allotment.DatabaseLoad;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Health;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.ConfigurationLog;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.rule.HostTemplates;
import dev.allotment.core.internal.rule.LabelRules;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.fleet.Rebalancing;
import dev.allotment.fleet.Server;
import dev.allotment.fleet.Server.State;
import dev.allotment.fleet.ServerLoss;
import dev.allotment.fleet.ServerStatus;
import dev.allotment.fleet.Servers;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.ServerSecret;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Manages the database servers. */
public final class ServerUseCases extends RecordLookup<ServerId, Server> implements Servers {
    private static final int MAX_VERSION = 64;
    private static final int MAX_CAPACITY = 1_000_000;
    private static final int MAX_WEIGHT = 1000;
    private static final int MAX_SETTING = 1000;
    private static final int MAX_NAMES = 100;

    /** A restart, or a failover, takes less time. */
    private static final Duration MIN_DOWN = Duration.ofMinutes(10);

    private static final Health GIVEN_UP = Health.down("It was given up as lost.");

    private final CoreContext context;
    private final ServerRegistry serverRegistry;
    private final ServerHealth serverHealth;
    private final SessionBounds sessionBounds;
    private final Placement placement;
    private final Actor actor;
    private final BiFunction<Transaction, ServerId, List<StoredOperation>> workingOn;
    private final Consumer<TenantId> measuring;
    private final BiFunction<List<ServerStatus>, Rebalancing.Measure, Rebalancing> rebalancing;

    /**
     * The use cases for servers.
     *
     * @param workingOn the operations that work on a server on which no record of a tenant, a template or a spare needs
     *     to be
     * @param measuring reads what a tenant uses
     * @param rebalancing finds moves that even out these servers
     */
    public ServerUseCases(
            CoreContext context,
            DatabaseServers servers,
            Actor actor,
            BiFunction<Transaction, ServerId, List<StoredOperation>> workingOn,
            Consumer<TenantId> measuring,
            BiFunction<List<ServerStatus>, Rebalancing.Measure, Rebalancing> rebalancing) {
        super(context.work(), RecordTypes.SERVERS, "Server");
        this.context = context;
        this.serverRegistry = servers.registry();
        this.serverHealth = servers.health();
        this.sessionBounds = servers.sessionBounds();
        this.placement = servers.placement();
        this.actor = actor;
        this.workingOn = workingOn;
        this.measuring = measuring;
        this.rebalancing = rebalancing;
    }

    @Override
    protected long number(ServerId id) {
        return id.value();
    }

    @Override
    protected Filter<Server> visible(Transaction tx) {
        actor.requireAdministrator("access 'saas_portal.server' records");
        return Filter.all();
    }

    @Override
    public Server create(Server server, @Nullable String password) {
        actor.requireAdministrator("create database servers");
        Server checked = check(normal(
                server.toBuilder().id(new ServerId(0)).createdAt(context.now()).build(),
                server.state() == State.SOURCE ? State.SOURCE : State.IN_USE));
        if (password != null) {
            requirePasswordable(checked);
        }
        serverRegistry.requireResponse(checked, password);
        try {
            Server created = context.catalog().transact(tx -> {
                Server stored = tx.records(RecordTypes.SERVERS).insert(checked);
                storePassword(tx, stored, password);
                return stored;
            });
            log(created, "was registered");
            placement.serversChanged();
            return created;
        } catch (SaasException e) {
            throw e.code().equals(ErrorCodes.RECORD_DUPLICATE) ? nameTaken(server.name()) : e;
        }
    }

    /** @throws SaasException {@code server.invalid}, {@code server.key-missing} */
    private void requirePasswordable(Server server) {
        if (server.backend() == null) {
            throw SaasException.invalid(
                    ErrorCodes.SERVER_INVALID,
                    "Database server " + TextRules.describe(server.name())
                            + " is reached through the catalog's backend, so"
                            + " it has no separate password; name a backend for it, or leave the password out.");
        }
        serverRegistry.requireSecretKey(server.name());
    }

    private void storePassword(Transaction tx, Server server, @Nullable String password) {
        Records<ServerSecret> secrets = tx.records(RecordTypes.SERVER_SECRETS);
        secrets.list(Query.where(Filter.equal(ServerSecret.SERVER_ID, server.id())))
                .forEach(each -> secrets.delete(each.id()));
        if (password != null) {
            secrets.insert(new ServerSecret(0, server.id(), serverRegistry.seal(server.name(), password)));
        }
    }

    @Override
    public Server update(ServerId id, UnaryOperator<Server> change) {
        actor.requireAdministrator("change database servers");
        Server updated = context.catalog().transact(tx -> {
            Server present = lock(tx, id);
            Server wanted = check(change.apply(present));
            if (!wanted.name().equals(present.name())
                    || !Objects.equals(wanted.backend(), present.backend())
                    || (wanted.state() == State.SOURCE) != (present.state() == State.SOURCE)) {
                throw SaasException.invalid(
                        ErrorCodes.SERVER_INVALID,
                        "The name and the backend of a database server, and whether it is a source, cannot be changed;"
                                + " register another one.");
            }
            Server merged = normal(
                    wanted.toBuilder()
                            .id(present.id())
                            .createdAt(present.createdAt())
                            .build(),
                    present.state());
            if (!merged.settings().equals(present.settings())) {
                requireUnused(tx, present);
                String password = serverRegistry.password(tx, merged);
                serverRegistry.check(merged, password);
                requireSameDatabases(tx, merged, password);
            }
            tx.records(RecordTypes.SERVERS).update(merged);
            return merged;
        });
        serverRegistry.changed(id);
        serverHealth.forget(id);
        log(updated, "was changed");
        placement.serversChanged();
        return updated;
    }

    /** With another address, it may be another server, whose databases would be taken for the tenant's. */
    private void requireUnused(Transaction tx, Server server) {
        if (!workingOn.apply(tx, server.id()).isEmpty()) {
            throw SaasException.conflict(
                    ErrorCodes.SERVER_IN_USE,
                    "A tenant is being moved from or to database server " + TextRules.describe(server.name())
                            + ", or read from it, or a drill restores a backup on it, so its settings cannot be"
                            + " changed. Wait until the operation has ended, or abandon it.");
        }
    }

    /**
     * With a wrong address or division, a deletion for good would find no database, and prove that there is none. A
     * server that is given up, or a source, proves nothing.
     *
     * @throws SaasException {@code backend.unavailable} if the server does not respond, since it may be another one
     */
    private void requireSameDatabases(Transaction tx, Server changed, @Nullable String password) {
        Filter<StoredTenant> tenants =
                Filter.and(Filter.equal(StoredTenant.SERVER_ID, changed.id()), TenantRows.WITH_DATABASE);
        if (changed.state() == State.IN_USE
                && tx.records(RecordTypes.TENANTS).count(tenants) > 0
                && serverRegistry.hasNoDatabases(changed, password)) {
            throw SaasException.conflict(
                    ErrorCodes.SERVER_INVALID,
                    "With these settings, database server " + TextRules.describe(changed.name())
                            + " has no database of this control plane, but it has tenants: it is another server, or"
                            + " another division of it. Correct the settings, or register it as a new server.");
        }
    }

    private void log(Server server, String what) {
        ConfigurationLog.changed(actor, "Database server " + TextRules.describe(server.name()) + " " + what);
    }

    @Override
    public void setPassword(ServerId id, @Nullable String password) {
        actor.requireAdministrator("change database servers");
        Server changed = context.catalog().transact(tx -> {
            Server server = lock(tx, id);
            if (password != null) {
                requirePasswordable(server);
            }
            storePassword(tx, server, password);
            return server;
        });
        serverRegistry.changed(id);
        serverHealth.forget(id);
        log(changed, password == null ? "has no password any more" : "has a new password");
        placement.serversChanged();
    }

    @Override
    public int rotateServerPasswords() {
        actor.requireAdministrator("change database servers");
        List<ServerId> changed = context.catalog().transact(tx -> {
            List<ServerId> again = new ArrayList<>();
            Records<ServerSecret> secrets = tx.records(RecordTypes.SERVER_SECRETS);
            for (ServerSecret secret : secrets.list(Query.all())) {
                Server server = lock(tx, secret.serverId());
                for (ServerSecret present :
                        secrets.list(Query.where(Filter.equal(ServerSecret.SERVER_ID, server.id())))) {
                    String sealed = serverRegistry.sealAgain(server.name(), present.sealed());
                    if (sealed != null) {
                        secrets.update(new ServerSecret(present.id(), server.id(), sealed));
                        again.add(server.id());
                    }
                }
            }
            return again;
        });
        changed.forEach(serverRegistry::changed);
        if (!changed.isEmpty()) {
            ConfigurationLog.changed(
                    actor, "The passwords of " + changed.size() + " database servers were encrypted with another key");
        }
        return changed.size();
    }

    @Override
    public ServerStatus status(ServerId id) {
        Server server = get(id);
        if (isAsked(server)) {
            serverHealth.ask(id);
        }
        return context.catalog()
                .transact(tx -> status(
                        server,
                        placement.count(tx, server.id()),
                        placement.sizes(tx).getOrDefault(server.id(), 0L)));
    }

    @Override
    public List<DatabaseLoad> load(ServerId id) {
        get(id);
        return sessionBounds.load(id);
    }

    @Override
    public List<ServerStatus> statuses() {
        // One with a wrong password must not look healthy until the maintenance gets to it.
        serverHealth.check(list(Query.all()).stream()
                .filter(ServerUseCases::isAsked)
                .map(Server::id)
                .filter(id -> serverHealth.reading(id) == null)
                .toList());
        return context.catalog().transact(tx -> {
            Filter<Server> visible = visible(tx);
            List<Server> servers =
                    tx.records(RecordTypes.SERVERS).list(Query.where(visible).orderBy(Server.SEQUENCE));
            Map<ServerId, Long> databases =
                    placement.counts(tx, servers.stream().map(Server::id).toList());
            Map<ServerId, Long> bytes = placement.sizes(tx);
            return servers.stream()
                    .map(server -> status(
                            server, databases.getOrDefault(server.id(), 0L), bytes.getOrDefault(server.id(), 0L)))
                    .toList();
        });
    }

    @Override
    public Rebalancing rebalancing(Rebalancing.Measure by) {
        return rebalancing.apply(statuses(), by);
    }

    private static boolean isAsked(Server server) {
        return server.state() != State.GIVEN_UP;
    }

    private ServerStatus status(Server server, long databases, long bytes) {
        ServerHealth.Reading reading = isAsked(server) ? serverHealth.reading(server.id()) : null;
        return new ServerStatus(
                server,
                !isAsked(server) ? GIVEN_UP : reading == null ? Health.healthy() : reading.health(),
                reading == null ? null : reading.at(),
                databases,
                placement.isCrowded(databases),
                placement.isFull(databases),
                bytes,
                sessionBounds.ended(server.id()));
    }

    /** A source is out of service. */
    private static Server normal(Server server, State state) {
        Server.Builder normal = server.toBuilder().state(state);
        return state == State.SOURCE ? normal.active(false).draining(true).build() : normal.build();
    }

    private static Server check(Server server) {
        List<String> problems = new ArrayList<>();
        if (server.name().isBlank()
                || server.name().length() > TextRules.MAX_NAME
                || TextRules.hasControl(server.name())) {
            problems.add("name: 1 to " + TextRules.MAX_NAME + " printable characters");
        }
        if (!TextRules.isHost(server.host())) {
            problems.add("host: a host name, found " + TextRules.describe(server.host()));
        }
        if (server.odooVersion().isBlank()
                || server.odooVersion().length() > MAX_VERSION
                || TextRules.hasControl(server.odooVersion())) {
            problems.add("odoo_version: 1 to " + MAX_VERSION + " printable characters");
        }
        String template = server.clientsHostTemplate();
        if (template != null && !HostTemplates.isTemplate(template)) {
            problems.add(
                    "clients_host_template: a host name with {dbname}, {base_saas_domain} or {base_saas_domain_1}, or a"
                            + " host and a path that ends with /{dbname}; found " + TextRules.describe(template));
        }
        if (server.capacity() < 1 || server.capacity() > MAX_CAPACITY) {
            problems.add("capacity: 1 to " + MAX_CAPACITY + " databases, found " + server.capacity());
        }
        if (server.weight() < 0 || server.weight() > MAX_WEIGHT) {
            problems.add("weight: 0 to " + MAX_WEIGHT + ", found " + server.weight());
        }
        if (server.labels().containsKey(Server.DISK_LABEL) && server.plannedBytes() == 0) {
            problems.add("labels: " + Server.DISK_LABEL + " is the number of gigabytes that are planned, found "
                    + TextRules.describe(server.labels().get(Server.DISK_LABEL)));
        }
        if (!LabelRules.areLabels(server.labels())) {
            problems.add("labels: at most " + LabelRules.MOST + ", whose keys and values consist of " + LabelRules.RULE
                    + "; found " + TextRules.describe(String.join(", ", LabelRules.texts(server))));
        }
        if (server.backend() == null && !server.settings().isEmpty()) {
            problems.add("settings: none without a backend; the catalog's backend knows the server by its name");
        }
        if (server.backend() == null && server.state() == State.SOURCE) {
            problems.add("source: needs a backend, such as postgres, and settings to connect to the restored server");
        }
        if (server.settings().containsKey("password")) {
            problems.add("settings: must not contain a password; it is passed separately, and stored encrypted");
        }
        for (Map.Entry<String, String> setting : new TreeMap<>(server.settings()).entrySet()) {
            if (setting.getKey().isBlank()
                    || TextRules.hasControl(setting.getKey())
                    || TextRules.hasControl(setting.getValue())
                    || setting.getKey().length() + setting.getValue().length() > MAX_SETTING) {
                problems.add("settings: names and values of at most " + MAX_SETTING
                        + " printable characters together, found " + TextRules.describe(setting.getKey()));
            }
        }
        if (!problems.isEmpty()) {
            throw SaasException.invalid(
                    ErrorCodes.SERVER_INVALID, "This database server is invalid. " + String.join("; ", problems) + ".");
        }
        return server;
    }

    private static SaasException nameTaken(String name) {
        return SaasException.conflict(
                ErrorCodes.SERVER_INVALID, "Database server " + TextRules.describe(name) + " exists already.");
    }

    @Override
    public void delete(ServerId id) {
        actor.requireAdministrator("delete database servers");
        Server deleted = context.catalog().transact(tx -> {
            Server server = lock(tx, id);
            Filter<Object> on = Filter.equal(RecordField.named("serverId"), id);
            List<String> remains = ServerRemains.of(tx, id, workingOn.apply(tx, id));
            if (!remains.isEmpty()) {
                throw SaasException.conflict(
                        ErrorCodes.SERVER_IN_USE,
                        "Database server " + TextRules.describe(server.name()) + " cannot be deleted yet. "
                                + String.join(" ", remains));
            }
            tx.records(RecordTypes.SERVERS).delete(id.value());
            Records<ServerSecret> secrets = tx.records(RecordTypes.SERVER_SECRETS);
            secrets.list(Query.where(on)).forEach(each -> secrets.delete(each.id()));
            return server;
        });
        serverRegistry.forget(id);
        serverHealth.forget(id);
        log(deleted, "was deleted");
        placement.serversChanged();
    }

    @Override
    public ServerLoss loss(ServerId id) {
        actor.requireAdministrator("give up database servers");
        Server server = get(id);
        ServerHealth.Down down = server.state() == State.IN_USE && server.backend() != null
                ? serverHealth.ask(id).down()
                : null;
        Filter<Object> on = Filter.equal(RecordField.named("serverId"), id);
        return context.catalog().transact(tx -> {
            Filter<StoredTenant> tenants = Filter.and(on, TenantRows.WITH_DATABASE);
            return new ServerLoss(
                    server,
                    down == null ? null : down.since(),
                    remaining(down),
                    tx.records(RecordTypes.TENANTS).count(tenants),
                    tx
                            .records(RecordTypes.TENANTS)
                            .list(Query.where(tenants)
                                    .orderBy(StoredTenant.NAME)
                                    .page(0, MAX_NAMES))
                            .stream()
                            .map(StoredTenant::name)
                            .toList(),
                    tx.records(RecordTypes.TEMPLATES).count(on),
                    tx.records(RecordTypes.SPARES).count(on));
        });
    }

    private Duration remaining(ServerHealth.@Nullable Down down) {
        Duration passed = down == null ? Duration.ZERO : Duration.ofNanos(context.tick() - down.tick());
        Duration left = MIN_DOWN.minus(passed);
        return left.isNegative() ? Duration.ZERO : left;
    }

    @Override
    public Server giveUp(ServerId id, String confirmation) {
        actor.requireAdministrator("give up database servers");
        Server server = get(id);
        if (server.state() != State.IN_USE) {
            return server;
        }
        ServerHealth.Down down =
                server.backend() == null ? null : serverHealth.ask(id).down();
        if (down == null) {
            throw SaasException.conflict(
                    ErrorCodes.SERVER_NOT_LOST,
                    "Database server " + TextRules.describe(server.name())
                            + " can be reached, or is reached through the catalog's"
                            + " backend, so it cannot be given up as lost; set it inactive, or draining.");
        }
        Duration left = remaining(down);
        if (!left.isZero()) {
            throw SaasException.conflict(
                    ErrorCodes.SERVER_NOT_LOST,
                    "Database server " + TextRules.describe(server.name()) + " is down since " + down.since()
                            + ", and may come back. It can be given up as lost if it is still down in "
                            + (left.toSeconds() + 1) + " seconds.");
        }
        if (!confirmation.equals(server.name())) {
            throw SaasException.invalid(
                    ErrorCodes.SERVER_INVALID,
                    "Giving up database server " + TextRules.describe(server.name())
                            + " must be confirmed with its name, found " + TextRules.describe(confirmation) + ".");
        }
        Server given = context.catalog().transact(tx -> {
            Server lost = lock(tx, id).toBuilder()
                    .active(false)
                    .draining(true)
                    .state(State.GIVEN_UP)
                    .build();
            tx.records(RecordTypes.SERVERS).update(lost);
            context.events().add(tx, actor, EventType.SERVER_GIVEN_UP, null, null, Map.of("server", lost.name()));
            return lost;
        });
        serverRegistry.changed(id);
        serverHealth.forget(id);
        log(given, "was given up");
        placement.serversChanged();
        return given;
    }

    @Override
    public Server reinstate(ServerId id) {
        actor.requireAdministrator("use database servers again that were given up");
        Server server = get(id);
        if (server.state() == State.IN_USE) {
            return server;
        }
        if (server.state() == State.SOURCE) {
            throw SaasException.conflict(
                    ErrorCodes.SERVER_INVALID,
                    "Database server " + TextRules.describe(server.name())
                            + " is a source, which is only read, so it cannot be used for tenants. Register another"
                            + " server for them.");
        }
        Server found = server.toBuilder().state(State.IN_USE).build();
        String password = context.catalog().transact(tx -> serverRegistry.password(tx, server));
        long tenants = loss(id).tenants();
        if (serverRegistry.countDatabases(found, password) == 0 && tenants > 0) {
            throw SaasException.conflict(
                    ErrorCodes.SERVER_INVALID,
                    "Database server " + TextRules.describe(server.name())
                            + " has no database of this control plane: it was wiped, or is another server. Its tenants"
                            + " are lost.");
        }
        Server again = context.catalog().transact(tx -> {
            Server present = lock(tx, id).toBuilder().state(State.IN_USE).build();
            tx.records(RecordTypes.SERVERS).update(present);
            context.events().add(tx, actor, EventType.SERVER_REINSTATED, null, null, Map.of("server", present.name()));
            return present;
        });
        serverRegistry.changed(id);
        serverHealth.forget(id);
        log(again, "is used again");
        placement.serversChanged();
        return again;
    }

    @Override
    public int sync(ServerId id) {
        actor.requireAdministrator("sync database servers");
        get(id);
        Filter<StoredTenant> on = Filter.and(
                Filter.equal(StoredTenant.SERVER_ID, id),
                Filter.in(StoredTenant.STATE, List.of(TenantState.OPEN, TenantState.SUSPENDED)));
        List<StoredTenant> held =
                context.catalog().transact(tx -> tx.records(RecordTypes.TENANTS).list(Query.where(on)));
        return (int) held.stream().filter(this::synced).count();
    }

    /** A tenant that is gone by now, or damaged, must not stop the others from being read. */
    private boolean synced(StoredTenant tenant) {
        try {
            measuring.accept(tenant.id());
            return true;
        } catch (SaasException e) {
            if (e.category() == ErrorCategory.UNAVAILABLE || e.category() == ErrorCategory.NOT_ALLOWED) {
                throw e;
            }
            new FailureLog("dev.allotment.servers", context.node())
                    .warn("A tenant database could not be read", tenant.id(), e);
            return false;
        }
    }
}
