// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.Server;
import dev.allotment.ServerId;
import dev.allotment.Servers;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.spi.RecordTypes;
import dev.allotment.spi.Transaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** The database servers. */
final class ServerUseCases extends RecordLookup<ServerId, Server> implements Servers {
    private static final Logger LOG = System.getLogger("dev.allotment.servers");
    private static final int MAX_VERSION = 64;

    private final ControlPlane plane;
    private final Actor actor;
    private final TenantUseCases tenants;

    ServerUseCases(ControlPlane plane, Actor actor, TenantUseCases tenants) {
        super(plane.place, RecordTypes.SERVERS, "Server");
        this.plane = plane;
        this.actor = actor;
        this.tenants = tenants;
    }

    @Override
    long number(ServerId id) {
        return id.value();
    }

    @Override
    Filter visible(Transaction tx) {
        actor.requireAdministrator("access 'saas_portal.server' records");
        return Filter.all();
    }

    @Override
    public Server create(Server server) {
        actor.requireAdministrator("create database servers");
        Server checked = check(new Server(
                new ServerId(0),
                server.name(),
                server.active(),
                server.sequence(),
                server.host(),
                server.odooVersion(),
                server.clientsHostTemplate(),
                plane.now()));
        plane.backend.databases(checked);
        try {
            return plane.catalog.transact(tx -> tx.records(RecordTypes.SERVERS).insert(checked));
        } catch (SaasException e) {
            throw e.code().equals(ErrorCodes.RECORD_DUPLICATE) ? nameTaken(server.name()) : e;
        }
    }

    @Override
    public Server update(ServerId id, UnaryOperator<Server> change) {
        actor.requireAdministrator("change database servers");
        return plane.catalog.transact(tx -> {
            Server present = lock(tx, id);
            Server wanted = check(change.apply(present));
            if (!wanted.name().equals(present.name())) {
                throw SaasException.invalid(
                        ErrorCodes.SERVER_INVALID,
                        "The name of a database server says where it is, so it stays; register another one.");
            }
            Server merged = new Server(
                    present.id(),
                    present.name(),
                    wanted.active(),
                    wanted.sequence(),
                    wanted.host(),
                    wanted.odooVersion(),
                    wanted.clientsHostTemplate(),
                    present.createdAt());
            tx.records(RecordTypes.SERVERS).update(merged);
            return merged;
        });
    }

    private static Server check(Server server) {
        List<String> problems = new ArrayList<>();
        if (server.name().isBlank() || server.name().length() > Texts.MAX_NAME || Texts.hasControl(server.name())) {
            problems.add("name: 1 to " + Texts.MAX_NAME + " printable characters");
        }
        if (!Texts.isHost(server.host())) {
            problems.add("host: a host name, found " + Texts.describe(server.host()));
        }
        if (server.odooVersion().isBlank()
                || server.odooVersion().length() > MAX_VERSION
                || Texts.hasControl(server.odooVersion())) {
            problems.add("odoo_version: 1 to " + MAX_VERSION + " printable characters");
        }
        String template = server.clientsHostTemplate();
        if (template != null && !Hosts.isTemplate(template)) {
            problems.add(
                    "clients_host_template: a host name with {dbname}, {base_saas_domain} or {base_saas_domain_1}, or a"
                            + " host and a path that ends with /{dbname}; found " + Texts.describe(template));
        }
        if (!problems.isEmpty()) {
            throw SaasException.invalid(
                    ErrorCodes.SERVER_INVALID, "This database server is wrong. " + String.join("; ", problems) + ".");
        }
        return server;
    }

    private static SaasException nameTaken(String name) {
        return SaasException.conflict(
                ErrorCodes.SERVER_INVALID, "There is a database server " + Texts.describe(name) + " already.");
    }

    @Override
    public void delete(ServerId id) {
        actor.requireAdministrator("delete database servers");
        plane.catalog.transact(tx -> {
            lock(tx, id);
            Filter on = Filter.equal("serverId", id);
            if (tx.records(RecordTypes.TENANTS).count(Filter.and(on, TenantRules.WITH_DATABASE)) > 0
                    || tx.records(RecordTypes.TEMPLATES).count(on) > 0
                    || tx.records(RecordTypes.SPARES).count(on) > 0
                    || tx.records(RecordTypes.PLANS).count(on) > 0) {
                throw SaasException.conflict(
                        ErrorCodes.SERVER_IN_USE,
                        "Database server " + id + " holds client databases or templates, or a plan is set to it, so it"
                                + " cannot be deleted; set it inactive.");
            }
            tx.records(RecordTypes.SERVERS).delete(id.value());
            return null;
        });
    }

    @Override
    public int sync(ServerId id) {
        actor.requireAdministrator("sync database servers");
        get(id);
        Filter on = Filter.and(
                Filter.equal("serverId", id), Filter.in("state", List.of(TenantState.OPEN, TenantState.PENDING)));
        List<Tenant> held =
                plane.catalog.transact(tx -> tx.records(RecordTypes.TENANTS).list(Query.where(on)));
        return (int) held.stream().filter(this::synced).count();
    }

    /** One that is gone by now, or damaged, must not keep the others from being read. */
    private boolean synced(Tenant tenant) {
        try {
            tenants.sync(tenant.id());
            return true;
        } catch (SaasException e) {
            if (e.category() == ErrorCategory.UNAVAILABLE || e.category() == ErrorCategory.NOT_ALLOWED) {
                throw e;
            }
            LOG.log(Level.WARNING, () -> "Client database " + tenant.id() + " could not be read: " + e.getMessage());
            return false;
        }
    }
}
