// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.server;

import java.sql.Connection;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Handles;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.TemplateEngine;
import org.jspecify.annotations.Nullable;

/** Creates Jdbi handles for the statements of this module, which have named parameters. Thread-safe. */
public final class JdbiFactory {
    /** Passes a connection from {@link #on} to the shared instance. */
    private static final ThreadLocal<@Nullable Connection> GIVEN = new ThreadLocal<>();

    /** One instance for all connections, since creating one takes longer than most statements. */
    private static final Jdbi FOR_GIVEN = over(GIVEN::get);

    private JdbiFactory() {}

    /** Returns a handle for a connection. It need not be closed: closing it would only close the connection. */
    static Handle on(Connection connection) {
        GIVEN.set(connection);
        try {
            return FOR_GIVEN.open();
        } finally {
            GIVEN.remove();
        }
    }

    /** A connection may have autocommit switched off, which must not look like a forgotten transaction. */
    private static Jdbi over(ConnectionFactory connections) {
        Jdbi jdbi = Jdbi.create(connections).setSqlParser(new NamedParameters());
        // Statements are not templates. Otherwise Jdbi would search them for placeholders with another parser, which is
        // slow to start.
        jdbi.getConfig(SqlStatements.class).setTemplateEngine(TemplateEngine.NOP);
        jdbi.getConfig(Handles.class).setForceEndTransactions(false);
        return jdbi;
    }
}
