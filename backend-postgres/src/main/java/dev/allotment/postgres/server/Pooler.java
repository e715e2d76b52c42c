// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.server;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Whether a connection pooler, such as PgBouncer, is between this process and the server. It is looked for once: the
 * first connection shows it. Thread-safe.
 */
final class Pooler {
    /** A pooler that consists of fewer processes shows that it shares sessions. */
    private static final int CONNECTIONS = 4;

    private static final int ROUNDS = 5;

    private volatile @Nullable Boolean present;

    /**
     * Sets what a pooler has dropped: it does not pass on the options of a connection. Nothing that the owner of a
     * database can define runs before this.
     */
    void prepare(Connection connection, Map<String, String> options) throws SQLException {
        Boolean known = present;
        if (known == null) {
            // The server, or a pooler in its place, gives the driver a process to cancel queries with.
            known = connection.unwrap(PGConnection.class).getBackendPID() != process(connection);
            present = known;
        }
        if (known) {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(settings(options))) {
                row.next();
            }
        }
    }

    private static String settings(Map<String, String> options) {
        return options.entrySet().stream()
                .map(option -> "pg_catalog.set_config('" + option.getKey() + "', '" + option.getValue() + "', false)")
                .collect(Collectors.joining(", ", "SELECT ", ""));
    }

    /** The process of the server that works for a connection now. */
    private static int process(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_catalog.pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }

    /**
     * Refuses a pooler that gives the transactions of a connection to different sessions of the server. Opens no
     * further connections if there is no pooler.
     *
     * @throws SaasException {@code backend.unsupported}
     */
    void checkKeepsSessions(DataSource source) throws SQLException {
        List<Connection> open = new ArrayList<>();
        try {
            open.add(source.getConnection());
            if (Boolean.TRUE.equals(present) && !keepsSessions(source, open)) {
                throw SaasException.unsupported(
                        ErrorCodes.BACKEND_UNSUPPORTED,
                        "A connection pooler such as PgBouncer is between this process and the database server, and gives"
                                + " each transaction to another session. The control plane's locks and settings last as"
                                + " long as its session. Set pool_mode = session for its user, or connect to PostgreSQL"
                                + " directly.");
            }
        } finally {
            for (Connection each : open) {
                each.close();
            }
        }
    }

    /**
     * Between transactions, a pooler that shares sessions gives the one that was used last, or the next one, to the
     * next transaction. So two connections have the same process, or one has another process at the next time.
     */
    private static boolean keepsSessions(DataSource source, List<Connection> open) throws SQLException {
        List<Integer> processes = new ArrayList<>();
        processes.add(process(open.get(0)));
        while (open.size() < CONNECTIONS) {
            Connection next = source.getConnection();
            open.add(next);
            processes.add(process(next));
        }
        boolean kept = new HashSet<>(processes).size() == open.size();
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = open.size() - 1; i >= 0; i--) {
                kept &= process(open.get(i)) == processes.get(i);
            }
        }
        return kept;
    }
}
