// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fleet;

import static dev.allotment.AllowedFor.Keys.READ_ONLY;
import static dev.allotment.Permission.VIEW_INSTALLATION;

import dev.allotment.Accounts;
import dev.allotment.AllowedFor;
import dev.allotment.DatabaseLoad;
import dev.allotment.DeletionProof;
import dev.allotment.Filter;
import dev.allotment.Lookup;
import dev.allotment.Needs;
import dev.allotment.Query;
import dev.allotment.SaasBuilder;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Tenants;
import dev.allotment.UserId;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The database servers. Requires an administrator.
 *
 * <p>A new database is placed on a server that is in service, is not known to be down, and has room: the one with the
 * largest free capacity times weight, or the one that the plan names. It must have the {@linkplain
 * Server#REQUIRED_LABEL required labels}.
 */
@AllowedFor(READ_ONLY)
@Needs(VIEW_INSTALLATION)
public interface Servers extends Lookup<ServerId, Server> {
    /**
     * Registers a server without a password, as {@link #create(Server, String)} does.
     *
     * @param server its id is ignored
     * @throws SaasException as {@link #create(Server, String)}
     */
    default Server create(Server server) {
        return create(server, null);
    }

    /**
     * Registers a server. An active one has to respond, and to accept the password, which takes at most a few seconds.
     * An inactive one is not contacted, so it can be registered before it exists: see {@link #status}. A
     * {@linkplain Server#source source} is registered inactive, draining and lost.
     *
     * @param server its id is ignored
     * @param password for its provider; stored encrypted and never returned; null: none
     * @throws SaasException {@code server.invalid}, also if it does not respond, and {@code setting.invalid} with
     *     everything that is wrong, {@code backend.unknown}, {@code backend.unsupported}, {@code server.key-missing}
     *     for a password if the control plane has no secret key
     */
    Server create(Server server, @Nullable String password);

    /**
     * Changes a server under a lock, as {@link Accounts#update(UserId, UnaryOperator)} does for accounts. Name and
     * backend cannot change, nor whether it is a source. New settings apply to what starts after this, on every node
     * within seconds. If the server has tenants and has not been given up, changed settings are tested by connecting
     * with them.
     *
     * @throws SaasException as {@link #create(Server, String)}; {@code server.in-use} for other settings while a tenant
     *     is being moved from or to the server, or read from it, or a drill restores a backup on it; {@code
     *     backend.unavailable} for other settings with which a server that has tenants does not respond; {@code
     *     server.invalid} for those with which it has no database of this control plane
     */
    Server update(ServerId server, UnaryOperator<Server> change);

    /**
     * Replaces the password of a server. It applies as new settings do.
     *
     * @param password null: none
     * @throws SaasException {@code server.key-missing}, {@code server.invalid} for a server of the catalog's backend
     */
    void setPassword(ServerId server, @Nullable String password);

    /**
     * Encrypts the passwords of servers again that were not encrypted with the first of the {@linkplain
     * SaasBuilder#secretKeys secret keys}. All or none.
     *
     * @return how many
     * @throws SaasException {@code server.key-missing}, {@code server.key-wrong} if no key decrypts one
     */
    int rotateServerPasswords();

    /**
     * Removes a server from the catalog.
     *
     * @throws SaasException {@code server.in-use} while it has a tenant, a template or a spare, while a plan names it,
     *     or while a move or a drill works on it, or a source is being read
     */
    void delete(ServerId server);

    /**
     * Shows what {@link #giveUp} would lose. Checks the server, which takes at most a few seconds, and changes nothing.
     */
    @AllowedFor(READ_ONLY)
    @Needs(VIEW_INSTALLATION)
    ServerLoss loss(ServerId server);

    /**
     * Gives up a server that is lost with everything on it. Nothing connects to it any more, and operations on it end.
     * This process must have found it down at each check for ten minutes. Call {@link #loss} first.
     *
     * <p>Its tenants stay in the catalog and can be {@linkplain Tenants#purge purged} or deleted; the {@link
     * DeletionProof} then lists nothing as verified. Its spares are removed, and the maintenance rebuilds its
     * templates elsewhere. Does nothing if the server was already given up.
     *
     * @param confirmation the name of the server
     * @throws SaasException {@code server.not-lost} if it responds, has not been down for long enough, or is a server
     *     of the catalog's own backend; {@code server.invalid} if the confirmation is another text
     */
    Server giveUp(ServerId server, String confirmation);

    /**
     * Undoes {@link #giveUp} for a server that responds again and still has its databases. It stays out of service
     * until it is set active. What was done meanwhile stays: tenants that were purged, and spares and templates that
     * were forgotten, have databases that no record knows. {@link Reconciliation} finds them. Does nothing if the
     * server is not given up.
     *
     * @throws SaasException {@code backend.unavailable} if it does not respond; {@code server.invalid} if it has no
     *     database of this control plane, or is a source
     */
    Server reinstate(ServerId server);

    /**
     * Reads users and sizes of every tenant on a server.
     *
     * @return how many tenants were read
     * @throws SaasException {@code backend.unavailable} if the server is down; tenants read before that stay updated
     */
    int sync(ServerId server);

    /**
     * Checks a server, which takes at most a few seconds, and counts its databases. Does not throw if the server is
     * down.
     */
    @AllowedFor(READ_ONLY)
    @Needs(VIEW_INSTALLATION)
    ServerStatus status(ServerId server);

    /**
     * Returns what each database on a server takes of it, as the maintenance of this process last read it; empty if it
     * has not for five minutes, or if the server is down or its backend does not know. Does not contact the server.
     */
    @AllowedFor(READ_ONLY)
    @Needs(VIEW_INSTALLATION)
    List<DatabaseLoad> load(ServerId server);

    /**
     * Returns the last status of every server in this process. The maintenance checks them regularly. Does not
     * contact the servers.
     */
    @AllowedFor(READ_ONLY)
    @Needs(VIEW_INSTALLATION)
    List<ServerStatus> statuses();

    /** Finds moves that would even out the sizes of the servers, as {@link #rebalancing(Rebalancing.Measure)} does. */
    @AllowedFor(READ_ONLY)
    @Needs(VIEW_INSTALLATION)
    default Rebalancing rebalancing() {
        return rebalancing(Rebalancing.Measure.SIZE);
    }

    /**
     * Finds moves that would even out the servers. Changes nothing. The maintenance must have read the sizes and loads
     * of the databases. Reads sums by server and the largest tenants of crowded servers, not all tenants. The section
     * Evening out servers of docs/servers.md says which servers lose and take tenants.
     */
    @AllowedFor(READ_ONLY)
    @Needs(VIEW_INSTALLATION)
    Rebalancing rebalancing(Rebalancing.Measure by);

    /** Returns the server with this name, such as {@code default}; empty if there is none. */
    @AllowedFor(READ_ONLY)
    @Needs(VIEW_INSTALLATION)
    default Optional<Server> findByName(String name) {
        return list(Query.where(Filter.equal(Server.NAME, name))).stream().findFirst();
    }
}
