// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.fleet.Server;

/** The check of a backend that works with one database server only. */
public final class SingleServer {
    private SingleServer() {}

    /**
     * Refuses every server but the default one.
     *
     * @param backend for the message, such as {@code H2}
     * @throws SaasException {@code backend.unsupported}
     */
    public static void check(String backend, Server server) {
        if (!server.name().equals(Server.DEFAULT_NAME)) {
            throw SaasException.unsupported(
                    ErrorCodes.BACKEND_UNSUPPORTED,
                    "The " + backend + " backend cannot reach server " + server.name() + ", only " + Server.DEFAULT_NAME
                            + ".");
        }
    }
}
