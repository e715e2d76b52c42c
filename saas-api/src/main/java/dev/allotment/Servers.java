// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.function.UnaryOperator;

/** The database servers; for administrators. */
public interface Servers extends Lookup<ServerId, Server> {
    /**
     * Registers a server.
     *
     * @param server its id is not used
     * @throws SaasException {@code server.invalid} naming all that is wrong
     */
    Server create(Server server);

    /** As {@link Accounts#update}. */
    Server update(ServerId server, UnaryOperator<Server> change);

    /**
     * Forgets a server.
     *
     * @throws SaasException {@code server.in-use} while a tenant or a template lives on it
     */
    void delete(ServerId server);

    /**
     * Re-reads users and sizes of every tenant on it.
     *
     * @return how many tenants were read
     */
    int sync(ServerId server);
}
