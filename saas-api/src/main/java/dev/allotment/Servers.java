// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The database servers; for administrators. New databases go to those that are in service, are not known to be down and
 * have room: by free capacity times weight, or to the one that a plan is set to.
 */
public interface Servers extends Lookup<ServerId, Server> {
    /**
     * As {@link #create(Server, String)}, without a password.
     *
     * @param server its id is not used
     * @throws SaasException as {@link #create(Server, String)}
     */
    default Server create(Server server) {
        return create(server, null);
    }

    /**
     * Registers a server. It is not asked whether it is there: see {@link #status}.
     *
     * @param server its id is not used
     * @param password for its provider; stored encrypted, and never given back; null: none
     * @throws SaasException {@code server.invalid} and {@code setting.invalid} naming all that is wrong, {@code
     *     backend.unknown}, {@code backend.unsupported}, {@code server.key-missing} for a password where the control plane
     *     has no secret key
     */
    Server create(Server server, @Nullable String password);

    /**
     * As {@link Accounts#update}; name and backend say where it is, and stay. New settings count for what begins after
     * this, on every node within seconds.
     *
     * @throws SaasException as {@link #create(Server, String)}
     */
    Server update(ServerId server, UnaryOperator<Server> change);

    /**
     * Replaces the password of a server; it counts as new settings do.
     *
     * @param password null: there is none any more
     * @throws SaasException {@code server.key-missing}, {@code server.invalid} for a server of the catalog's backend
     */
    void setPassword(ServerId server, @Nullable String password);

    /**
     * Forgets a server.
     *
     * @throws SaasException {@code server.in-use} while a tenant or a template lives on it
     */
    void delete(ServerId server);

    /**
     * Gives a server up that is lost with all that was on it, for good: from now on nobody asks it for anything, what was on it
     * counts as not there, and what is under way there ends. Its client databases stay in the catalog, and can be {@link
     * Tenants#purge purged}, or deleted; the {@link DeletionProof} says then that the server was asked for nothing. Its spares
     * are forgotten, and its templates are built anew elsewhere, by the maintenance. Giving up what was given up is no error.
     *
     * @throws SaasException {@code server.not-lost} where it answers, or is one of the catalog's own backend
     */
    Server giveUp(ServerId server);

    /**
     * Re-reads users and sizes of every tenant on it.
     *
     * @return how many tenants were read
     * @throws SaasException {@code backend.unavailable} where it is down; the tenants before stay read
     */
    int sync(ServerId server);

    /** Asks a server how it is, which takes a few seconds at most, and counts what is on it. A server that is down is no error. */
    ServerStatus status(ServerId server);

    /** All servers as they were when last asked, by this process: the maintenance asks now and then. No I/O on them. */
    List<ServerStatus> statuses();
}
