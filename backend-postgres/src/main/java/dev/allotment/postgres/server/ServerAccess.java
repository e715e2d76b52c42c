// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.server;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.jdbc.PreferQueryMode;

/** Opens connections to the databases of a server, as its administrator. Thread-safe. */
public final class ServerAccess {
    /**
     * System tables are found first, as always, then our own, and a temporary table never in their place. The server notices
     * within a minute that a process is out of reach.
     */
    private static final String OPTIONS = "-c search_path=allotment,pg_temp"
            + " -c tcp_keepalives_idle=30"
            + " -c tcp_keepalives_interval=10"
            + " -c tcp_keepalives_count=3"
            + " -c tcp_user_timeout=60000";

    /**
     * The owner of a database can give it settings that count for everybody who connects; these are not left to it, since it
     * could make an administrator's session do its will, or nothing at all.
     */
    private static final String TENANT_OPTIONS = OPTIONS
            + " -c role=none"
            + " -c local_preload_libraries="
            + " -c standard_conforming_strings=on"
            + " -c exit_on_error=off"
            + " -c client_min_messages=warning"
            + " -c default_transaction_isolation=read\\ committed"
            + " -c default_transaction_read_only=off"
            + " -c default_transaction_deferrable=off"
            + " -c transaction_timeout=0"
            + " -c idle_session_timeout=0";

    /**
     * Databases and roles come and go on these connections, and the statements that they have prepared mind neither. In the URL,
     * since drivers before 42.7.13, which keep them anyway, have no method for it and pass over what they do not know.
     */
    private static final String DO_NOT_FORGET_STATEMENTS = "flushCacheOnDdl=false";

    private final PostgresSettings settings;
    private final UnaryOperator<DataSource> observed;

    public ServerAccess(PostgresSettings settings) {
        this(settings, UnaryOperator.identity());
    }

    /** With something between this and the driver; for tests that end a process between any two statements. */
    public ServerAccess(PostgresSettings settings, UnaryOperator<DataSource> observed) {
        this.settings = settings;
        this.observed = observed;
    }

    /** For the catalog's own database. */
    public DataSource catalog() {
        return catalog(OPTIONS);
    }

    /** For the same, to make, rename and drop databases. */
    public DataSource server() {
        return catalog(OPTIONS + option("lock_timeout", settings.timeouts().turn()));
    }

    private DataSource catalog(String options) {
        String url = settings.url().of(settings.url().database(), DO_NOT_FORGET_STATEMENTS);
        return observed.apply(source(url, options));
    }

    /** A new connection to a client database, or to one that becomes one. */
    public Connection connect(String database) throws SQLException {
        String options = TENANT_OPTIONS
                + option("lock_timeout", settings.timeouts().lock())
                + option("statement_timeout", settings.timeouts().statement());
        Connection connection =
                observed.apply(source(settings.url().of(database), options)).getConnection();
        connection.setAutoCommit(settings.autoCommit());
        return connection;
    }

    /**
     * A new connection of the role that owns a client database. Each text is sent as it is, whatever statements are in it. The
     * server ends what takes too long; from code that catches that, the connection is cut off.
     *
     * @param password that it has now
     */
    public Connection connect(String database, String role, String password) throws SQLException {
        Duration most = settings.timeouts().piece();
        PGSimpleDataSource source =
                source(settings.url().of(database), TENANT_OPTIONS + option("statement_timeout", most));
        source.setUser(role);
        source.setPassword(password);
        source.setPreferQueryMode(PreferQueryMode.SIMPLE);
        Connection connection = observed.apply(source).getConnection();
        connection.setAutoCommit(true);
        connection.setNetworkTimeout(
                Runnable::run, Math.toIntExact(most.plus(Timeouts.GRACE).toMillis()));
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
        source.setOptions(options
                + option(
                        "idle_in_transaction_session_timeout",
                        settings.timeouts().silence()));
        return source;
    }

    private static String option(String name, Duration time) {
        return " -c " + name + "=" + time.toMillis();
    }
}
