// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.Filter;
import dev.allotment.Member;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.ServerId;
import dev.allotment.Template;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.hook.Fix;
import dev.allotment.hook.SaasListener;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What all use cases of one opened control plane share. */
final class ControlPlane {
    final Backend backend;
    final Catalog catalog;
    final Place place;
    final Clock clock;
    final Secrets secrets;
    final Passwords passwords;
    final Authenticator<User> users;
    final Authenticator<Member> members;
    final Authenticator<String> masters;
    final SignUpLimit signUps;
    final AddonRegistry addons;
    final Map<String, Fix> fixes;
    final String mainDatabase;
    final Duration nameRetention;
    final MainParameters parameters;
    final Sagas sagas;
    final DerivedSecrets derived;
    final EventLog events;
    final Outbox outbox;
    final LongSupplier ticker;
    final @Nullable Executor executor;
    final Hooks hooks;
    final Fleet fleet;
    final Placement placement;
    final Sites sites;
    final Claims claims = new Claims();
    final Generations generations;
    private final Map<String, Installer> installers = new ConcurrentHashMap<>();
    private volatile @Nullable UUID installation;

    ControlPlane(
            Backend backend,
            Clock clock,
            Secrets secrets,
            Passwords passwords,
            Authenticator<User> users,
            Authenticator<Member> members,
            Authenticator<String> masters,
            SignUpLimit signUps,
            AddonRegistry addons,
            Map<String, Fix> fixes,
            String mainDatabase,
            String node,
            Duration nameRetention,
            List<SaasListener> listeners,
            LongSupplier ticker,
            @Nullable Executor executor,
            Providers providers,
            Vault vault,
            int crowdedServer,
            int fullServer,
            Hooks hooks) {
        this.backend = backend;
        this.catalog = backend.catalog();
        this.place = catalogPlace(catalog);
        this.clock = clock;
        this.secrets = secrets;
        this.passwords = passwords;
        this.users = users;
        this.members = members;
        this.masters = masters;
        this.signUps = signUps;
        this.addons = addons;
        this.fixes = Map.copyOf(fixes);
        this.mainDatabase = mainDatabase;
        this.nameRetention = nameRetention;
        this.parameters = new MainParameters(catalog);
        this.sagas = new Sagas(this, node);
        this.derived = new DerivedSecrets(this);
        this.events =
                new EventLog(this, listeners.stream().map(SaasListener::name).toList());
        this.outbox = new Outbox(this, listeners);
        this.ticker = ticker;
        this.executor = executor;
        this.hooks = hooks;
        this.fleet = new Fleet(this, providers, vault);
        this.placement = new Placement(this, crowdedServer, fullServer);
        this.sites = new Sites(this);
        this.generations = new Generations(this);
    }

    /** Now, to the microsecond, as databases keep it. */
    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    Databases databases(ServerId server) {
        return fleet.databases(server);
    }

    /** As {@link #databases(ServerId)}, inside a transaction. */
    Databases databases(Transaction tx, ServerId server) {
        return fleet.databases(tx, server);
    }

    /** Installs add-ons with the scripts for the kind of database that a server has. */
    Installer installer(ServerId server) {
        return installers.computeIfAbsent(fleet.dialect(server), dialect -> new Installer(addons, dialect));
    }

    /** The identity that the catalog got when it was made; never inside a transaction of the catalog. */
    UUID installation() {
        UUID known = installation;
        if (known == null) {
            known = catalog.transact(tx -> MainParameters.value(tx, Parameter.DATABASE_UUID))
                    .map(UUID::fromString)
                    .orElseThrow();
            installation = known;
        }
        return known;
    }

    Databases databases(Tenant tenant) {
        return databases(tenant.serverId());
    }

    static DatabaseRef ref(Tenant tenant) {
        return new DatabaseRef(tenant.name(), tenant.uuid());
    }

    static DatabaseRef ref(Template template) {
        return new DatabaseRef(template.name(), template.uuid());
    }

    /** Work on the records of one client database. */
    <T extends @Nullable Object> T inside(Tenant tenant, Function<? super DatabaseTransaction, ? extends T> work) {
        return databases(tenant).transact(ref(tenant), work);
    }

    /** As {@link #inside}, with scripts; the limits of records hold afterwards, of whatever tables these have made. */
    <T extends @Nullable Object> T configure(Tenant tenant, Function<? super DatabaseTransaction, ? extends T> work) {
        boolean held = fleet.holdsRowLimits(tenant.serverId());
        return databases(tenant).<T>configure(ref(tenant), tx -> {
            T result = work.apply(tx);
            if (held) {
                HeldLimits.enforce(tx);
            }
            return result;
        });
    }

    /** The tenant that lives under a name. */
    static Optional<Tenant> tenantByName(Transaction tx, String name) {
        return tx
                .records(RecordTypes.TENANTS)
                .list(Query.where(Filter.equal(Tenant.NAME, name)).and(TenantRules.LIVE))
                .stream()
                .findFirst();
    }

    static Optional<Tenant> tenantByUuid(Transaction tx, UUID uuid) {
        return tx.records(RecordTypes.TENANTS).list(Query.where(Filter.equal(Tenant.UUID, uuid))).stream()
                .findFirst();
    }

    private static Place catalogPlace(Catalog catalog) {
        return new Place() {
            @Override
            public <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work) {
                return catalog.transact(work);
            }
        };
    }
}
