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

/** Makes Jdbi the way this module uses it: for its own statements with names for their parameters, and nothing else. */
public final class JdbiFactory {
    /** What {@link #on} passes to the instance below, which takes a connection from nowhere else. */
    private static final ThreadLocal<@Nullable Connection> GIVEN = new ThreadLocal<>();

    /** One for all: to set one up takes longer than most statements do. */
    private static final Jdbi FOR_GIVEN = over(GIVEN::get);

    private JdbiFactory() {}

    /** For statements on one connection; it need not be closed, since closing it closes the connection and nothing else. */
    static Handle on(Connection connection) {
        GIVEN.set(connection);
        try {
            return FOR_GIVEN.open();
        } finally {
            GIVEN.remove();
        }
    }

    /** Over connections that may come without autocommit, which must not look like a forgotten transaction. */
    private static Jdbi over(ConnectionFactory connections) {
        Jdbi jdbi = Jdbi.create(connections).setSqlParser(new NamedParameters());
        // Statements are no templates: else Jdbi looks for their gaps, with another parser that takes a while to get
        // going.
        jdbi.getConfig(SqlStatements.class).setTemplateEngine(TemplateEngine.NOP);
        jdbi.getConfig(Handles.class).setForceEndTransactions(false);
        return jdbi;
    }
}
