// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Opens connections to the databases of a server, as its administrator. Thread-safe. */
final class ServerAccess {
    /** Records are found by name, never a temporary table in their place. */
    private static final String CATALOG_OPTIONS = "-c search_path=allotment,pg_temp";

    /**
     * The owner of a database can give it settings that count for everybody who connects; these are not left to it, since it
     * could make an administrator's session do its will, or nothing at all.
     */
    private static final String CLIENT_OPTIONS = CATALOG_OPTIONS
            + " -c role=none"
            + " -c default_transaction_isolation=read\\ committed"
            + " -c default_transaction_read_only=off"
            + " -c default_transaction_deferrable=off"
            + " -c statement_timeout=0"
            + " -c lock_timeout=0"
            + " -c transaction_timeout=0"
            + " -c idle_in_transaction_session_timeout=0"
            + " -c idle_session_timeout=0";

    private final PostgresSettings settings;
    private final UnaryOperator<DataSource> observed;

    ServerAccess(PostgresSettings settings) {
        this(settings, UnaryOperator.identity());
    }

    /** With something between this and the driver; for tests that end a process between any two statements. */
    ServerAccess(PostgresSettings settings, UnaryOperator<DataSource> observed) {
        this.settings = settings;
        this.observed = observed;
    }

    /** For the catalog's own database. */
    DataSource catalog() {
        PGSimpleDataSource source = source(settings.url().of(settings.url().database()), CATALOG_OPTIONS);
        // Databases and roles come and go on these connections, and the statements that they have prepared mind
        // neither.
        source.setFlushCacheOnDdl(false);
        return observed.apply(source);
    }

    /** A new connection to a client database, or to one that becomes one. */
    Connection connect(String database) throws SQLException {
        Connection connection = observed.apply(source(settings.url().of(database), CLIENT_OPTIONS))
                .getConnection();
        connection.setAutoCommit(settings.autoCommit());
        return connection;
    }

    private PGSimpleDataSource source(String url, String options) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setConnectTimeout(settings.connectSeconds());
        source.setTcpKeepAlive(true);
        // Saves two statements at the beginning of each connection.
        source.setAssumeMinServerVersion("17");
        source.setURL(url);
        source.setApplicationName("allotment");
        source.setUser(settings.user());
        source.setPassword(settings.password());
        source.setOptions(options);
        return source;
    }
}
