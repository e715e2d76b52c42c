// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.server;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.Migrator;
import java.util.function.Consumer;

/** Makes the catalog's database ready: a server that will do, the schema, and nobody's way in who has no business there. */
public final class CatalogSetup implements Runnable {
    /** The first with a locale of its own that is the same on every machine. */
    private static final int OLDEST = 170_000;

    private static final String WHAT = "Setting up the catalog";

    private final Connections connections;
    private final Migrator migrator;

    public CatalogSetup(Connections connections, Migrator migrator) {
        this.connections = connections;
        this.migrator = migrator;
    }

    @Override
    public void run() {
        onServer(connections, WHAT, CatalogSetup::check);
        migrator.migrate(connections);
        onServer(connections, WHAT, PrivilegeLock::close);
    }

    /** The same for a server that holds client databases only: then nothing is kept in the database that it is reached by. */
    public static void prepare(Connections connections) {
        onServer(connections, "Setting up a database server", session -> {
            checkVersion(session);
            PrivilegeLock.close(session);
        });
    }

    private static void onServer(Connections connections, String what, Consumer<ServerSession> step) {
        try (ServerSession session = ServerSession.open(connections, what)) {
            step.accept(session);
        } catch (RuntimeException e) {
            throw ServerSession.failure(what, e);
        }
    }

    private static void checkVersion(ServerSession session) {
        int version = Integer.parseInt(setting(session, "server_version_num"));
        if (version < OLDEST) {
            throw SaasException.unsupported(
                    ErrorCodes.BACKEND_UNSUPPORTED,
                    "PostgreSQL 17 or newer is needed, found " + setting(session, "server_version") + ".");
        }
    }

    private static void check(ServerSession session) {
        checkVersion(session);
        String encoding = setting(session, "server_encoding");
        if (!encoding.equals("UTF8")) {
            throw SaasException.unsupported(
                    ErrorCodes.BACKEND_UNSUPPORTED,
                    "The catalog's database has encoding " + encoding
                            + " and needs UTF8. Create it with ENCODING 'UTF8'.");
        }
    }

    private static String setting(ServerSession session, String name) {
        return session.query(
                "SELECT current_setting(:name)",
                query -> query.bind("name", name).mapTo(String.class).one());
    }
}
