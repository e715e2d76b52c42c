// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import java.sql.Connection;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Handles;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.ColonPrefixSqlParser;
import org.jdbi.v3.core.statement.SqlParser;

/** Makes Jdbi the way this module uses it: for statements only, transactions are run by {@link Transactions}. */
public final class Jdbis {
    private Jdbis() {}

    /** For statements on one connection; it need not be closed, since closing it closes the connection and nothing else. */
    public static Handle on(Connection connection) {
        return over(() -> connection, new ColonPrefixSqlParser()).open();
    }

    /** Over connections that may come without autocommit, which must not look like a forgotten transaction. */
    static Jdbi over(ConnectionFactory connections, SqlParser parser) {
        Jdbi jdbi = Jdbi.create(connections).setSqlParser(parser);
        jdbi.getConfig(Handles.class).setForceEndTransactions(false);
        return jdbi;
    }
}
