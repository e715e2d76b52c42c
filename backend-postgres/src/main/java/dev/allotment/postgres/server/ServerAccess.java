// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.server;

import dev.allotment.SaasException;
import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.Failures;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.jdbc.PreferQueryMode;

/** Opens connections to the databases of a server as an administrator. Thread-safe. */
public final class ServerAccess {
    static final String SEARCH_PATH = "allotment,pg_temp";

    /**
     * Unqualified names mean system tables first, then tables of the base schema, and temporary tables last. The server
     * notices within a minute that a process is unreachable.
     */
    private static final Map<String, String> OPTIONS = Map.of(
            "search_path", SEARCH_PATH,
            "tcp_keepalives_idle", "30",
            "tcp_keepalives_interval", "10",
            "tcp_keepalives_count", "3",
            "tcp_user_timeout", "60000");

    /**
     * The owner of a database can set defaults for all sessions in it. The backend sets these itself. Otherwise the
     * owner could make an administrator's session run its code, or block it.
     */
    private static final Map<String, String> TENANT_OPTIONS = with(
            OPTIONS,
            Map.ofEntries(
                    Map.entry("role", "none"),
                    Map.entry("local_preload_libraries", ""),
                    Map.entry("standard_conforming_strings", "on"),
                    Map.entry("exit_on_error", "off"),
                    Map.entry("client_min_messages", "warning"),
                    Map.entry("default_transaction_isolation", "read committed"),
                    Map.entry("default_transaction_read_only", "off"),
                    Map.entry("default_transaction_deferrable", "off"),
                    Map.entry("idle_session_timeout", "0"),
                    Map.entry("synchronous_commit", "on"),
                    Map.entry("default_tablespace", ""),
                    Map.entry("default_table_access_method", "heap"),
                    Map.entry("row_security", "on"),
                    Map.entry("quote_all_identifiers", "off")));

    /** Sessions that replicate are not to end because of a setting of the database either. */
    private static final Map<String, String> REPLICATION_OPTIONS = Map.of(
            "statement_timeout", "0",
            "lock_timeout", "0",
            "idle_in_transaction_session_timeout", "0",
            "wal_sender_timeout", "60000");

    /** Setting it in a server that does not know it is an error. */
    private static final Map<String, String> TENANT_OPTIONS_SINCE_17 =
            with(TENANT_OPTIONS, Map.of("transaction_timeout", "0"));

    /**
     * Keeps prepared statements after a DDL statement: databases and roles change on these connections, but no table
     * does. It is part of the URL because drivers before 42.7.13 have no method for it. These keep the statements
     * anyway, and ignore it.
     */
    private static final String KEEP_STATEMENTS = "flushCacheOnDdl=false";

    /** How long the creation of a replication slot waits for each transaction. */
    private static final Duration SLOT_WAIT = Duration.ofMinutes(5);

    private static final Pattern HOST = Pattern.compile("(\\[[^]]*]|[^:]*)(?::(\\d+))?");
    private static final Pattern SSL_MODE = Pattern.compile("[?&]sslmode=([a-z-]+)");

    private final PostgresSettings settings;
    private final UnaryOperator<DataSource> observed;
    private final ControlStatements statements;
    private final Pooler pooler = new Pooler();
    private final Timeline timeline = new Timeline();
    private volatile @Nullable PostgresVersion version;

    /** @param statements that the role of the control plane may send in tenant databases */
    public ServerAccess(PostgresSettings settings, ControlStatements statements) {
        this(settings, statements, UnaryOperator.identity());
    }

    /** With a wrapper around the driver; for tests that kill a process between two statements. */
    public ServerAccess(PostgresSettings settings, ControlStatements statements, UnaryOperator<DataSource> observed) {
        this.settings = settings;
        this.statements = statements;
        this.observed = observed;
    }

    /** Returns a source of connections for work in the catalog. */
    public DataSource catalog() {
        Duration most = settings.timeouts().catalog();
        return catalog(with(OPTIONS, timeout("statement_timeout", most)), most);
    }

    /**
     * Returns a source of connections to the same database, to create, rename and drop databases, and to migrate the
     * catalog. Only this process ends a statement that takes long, see {@link ServerSession#executeLong}.
     */
    public DataSource server() {
        return catalog(
                with(OPTIONS, timeout("lock_timeout", settings.timeouts().turn())),
                settings.timeouts().server());
    }

    private DataSource catalog(Map<String, String> options, Duration most) {
        String url = settings.url().of(settings.url().database(), KEEP_STATEMENTS);
        return observed.apply(source(url, options, most, timeline::read));
    }

    /** The timeline of the server, as the newest connection to the database of the catalog has found it. */
    @Nullable
    String timeline() {
        return timeline.newest();
    }

    /** Returns connections like {@link #catalog()}, each opened for one caller and closed afterwards. */
    public Connections unpooled() {
        DataSource source = catalog();
        return new Connections() {
            @Override
            public Connection acquire() throws SQLException {
                return source.getConnection();
            }

            @Override
            public void release(Connection connection, boolean reusable) {
                Connections.close(connection);
            }
        };
    }

    /**
     * Opens a connection to a tenant database, or to one that becomes one, as the role of the control plane. It sends
     * nothing but {@link ControlStatements}.
     */
    public Connection connect(String database) throws SQLException {
        return connect(database, settings.timeouts().lock());
    }

    /** Opens a connection like {@link #connect(String)}, for statements that wait only so long for a lock. */
    public Connection connect(String database, Duration lockTimeout) throws SQLException {
        return statements.guard(connectUnguarded(database, lockTimeout));
    }

    /** Opens a connection to a database in which no tenant has any rights, or which belongs to another application. */
    public Connection connectUnguarded(String database) throws SQLException {
        return connectUnguarded(database, settings.timeouts().lock());
    }

    private Connection connectUnguarded(String database, Duration lockTimeout) throws SQLException {
        Map<String, String> options = with(
                with(tenantOptions(), timeout("lock_timeout", lockTimeout)),
                timeout("statement_timeout", settings.timeouts().statement()));
        Connection connection = observed.apply(source(
                        settings.url().of(database),
                        options,
                        settings.timeouts().statement()))
                .getConnection();
        version = PostgresVersion.of(connection);
        connection.setAutoCommit(settings.autoCommit());
        return connection;
    }

    /**
     * Opens a connection as the role that owns a tenant database. Each text is sent unchanged, and may have several
     * statements. The server cancels a statement that takes too long. If the tenant's code ignores that, the connection
     * is closed.
     *
     * @param password the present password of the role
     */
    public Connection connect(String database, String role, String password) throws SQLException {
        Duration most = settings.timeouts().piece();
        PGSimpleDataSource source =
                source(settings.url().of(database), with(tenantOptions(), timeout("statement_timeout", most)), most);
        source.setUser(role);
        source.setPassword(password);
        source.setPreferQueryMode(PreferQueryMode.SIMPLE);
        // Until the session has started. The tenant may have locks that it waits for.
        source.setSocketTimeout(settings.connectSeconds());
        Connection connection = observed.apply(source).getConnection();
        connection.setAutoCommit(true);
        return connection;
    }

    /**
     * Opens a connection to a tenant database as a role for one session. Code of the tenant may run over it, so the
     * driver leaves no prepared statement on the server that such code could replace.
     *
     * @param most how long a statement takes. If the server does not answer for longer, the connection is closed
     */
    public Connection connectConfined(String database, String role, String password, Duration most)
            throws SQLException {
        Map<String, String> options = with(
                with(
                        tenantOptions(),
                        timeout("lock_timeout", settings.timeouts().lock())),
                timeout("statement_timeout", most));
        PGSimpleDataSource source = source(settings.url().of(database), options, most);
        source.setUser(role);
        source.setPassword(password);
        source.setPrepareThreshold(0);
        Connection connection = observed.apply(source).getConnection();
        connection.setAutoCommit(settings.autoCommit());
        return connection;
    }

    /**
     * Opens a connection that can create a replication slot in a database. The server first waits for all transactions
     * of all databases that are running, for at most {@link #SLOT_WAIT} each.
     */
    public Connection connectForReplication(String database) throws SQLException {
        PGSimpleDataSource source = new BoundedDataSource(
                Math.toIntExact(SLOT_WAIT.multipliedBy(2).toMillis()), settings.password(), connection -> {});
        source.setConnectTimeout(settings.connectSeconds());
        source.setSocketTimeout(settings.connectSeconds());
        source.setTcpKeepAlive(true);
        source.setAssumeMinServerVersion(String.valueOf(PostgresVersion.OLDEST));
        source.setURL(settings.url().of(database));
        source.setApplicationName("allotment");
        source.setUser(settings.user());
        source.setReplication("database");
        source.setPreferQueryMode(PreferQueryMode.SIMPLE);
        source.setOptions(joined(with(replicationOptions(), timeout("lock_timeout", SLOT_WAIT))));
        return observed.apply(source).getConnection();
    }

    /** The hosts and ports in the URL, to name the server in the log. */
    String hosts() {
        return settings.url().hosts();
    }

    /**
     * Returns how another PostgreSQL server connects to a database of this one, in the words of libpq.
     */
    public String address(String database, String role, String password) throws SQLException {
        List<String> hosts = new ArrayList<>();
        List<String> ports = new ArrayList<>();
        for (String host : settings.url().hosts().split(",")) {
            Matcher parts = HOST.matcher(host);
            if (parts.matches()) {
                hosts.add(parts.group(1).replaceAll("[\\[\\]]", ""));
                ports.add(parts.group(2) == null ? "5432" : parts.group(2));
            }
        }
        Map<String, String> parts = new TreeMap<>(Map.of(
                "host",
                String.join(",", hosts),
                "port",
                String.join(",", ports),
                "user",
                role,
                "password",
                password,
                "dbname",
                database,
                "connect_timeout",
                Integer.toString(Math.max(2, settings.connectSeconds())),
                "application_name",
                "allotment",
                "options",
                joined(replicationOptions()),
                "target_session_attrs",
                "read-write"));
        Matcher mode = SSL_MODE.matcher(settings.url().parameters());
        if (mode.find()) {
            parts.put("sslmode", mode.group(1));
        }
        return parts.entrySet().stream()
                .map(each -> each.getKey() + "='"
                        + each.getValue().replace("\\", "\\\\").replace("'", "\\'") + "'")
                .collect(Collectors.joining(" "));
    }

    /** Some minor versions of PostgreSQL replace them by their own, so a database may not have such settings either. */
    private Map<String, String> replicationOptions() throws SQLException {
        return with(tenantOptions(), REPLICATION_OPTIONS);
    }

    /** Asks the server for its version before the first connection. Later ones show whether it was upgraded. */
    private Map<String, String> tenantOptions() throws SQLException {
        PostgresVersion known = version;
        if (known == null) {
            try (Connection connection = catalog().getConnection()) {
                known = PostgresVersion.of(connection);
            }
            version = known;
        }
        return known.isAtLeast(17) ? TENANT_OPTIONS_SINCE_17 : TENANT_OPTIONS;
    }

    /**
     * Refuses a connection pooler between this process and the server, unless it keeps sessions apart.
     *
     * @throws SaasException {@code backend.unsupported}, {@code backend.unavailable}
     */
    public void checkPooler() {
        try {
            pooler.checkKeepsSessions(catalog());
        } catch (SQLException e) {
            throw Failures.translate(PostgresDialect.INSTANCE, "Connecting to the database server", e);
        }
    }

    /** How long a statement in a tenant database waits for a lock. */
    public Duration lockTimeout() {
        return settings.timeouts().lock();
    }

    /** @param most how long a statement takes. If the server does not answer for longer, the connection is closed */
    private PGSimpleDataSource source(String url, Map<String, String> given, Duration most) {
        return source(url, given, most, connection -> {});
    }

    private PGSimpleDataSource source(
            String url, Map<String, String> given, Duration most, BoundedDataSource.Preparation more) {
        Map<String, String> options = with(
                given,
                timeout(
                        "idle_in_transaction_session_timeout",
                        settings.timeouts().silence()));
        PGSimpleDataSource source =
                new BoundedDataSource(settings.timeouts().waiting(most), settings.password(), connection -> {
                    pooler.prepare(connection, options);
                    more.prepare(connection);
                });
        source.setConnectTimeout(settings.connectSeconds());
        // Until it is open, a connection must answer as fast as it was to be opened.
        source.setSocketTimeout(settings.connectSeconds());
        source.setTcpKeepAlive(true);
        // Saves two statements when a connection is opened.
        source.setAssumeMinServerVersion(String.valueOf(PostgresVersion.OLDEST));
        source.setURL(url);
        source.setApplicationName("allotment");
        source.setUser(settings.user());
        source.setOptions(joined(options));
        return source;
    }

    private static String joined(Map<String, String> options) {
        return options.entrySet().stream()
                .map(option -> "-c " + option.getKey() + "=" + option.getValue().replace(" ", "\\ "))
                .collect(Collectors.joining(" "));
    }

    private static Map<String, String> timeout(String name, Duration time) {
        return Map.of(name, Long.toString(time.toMillis()));
    }

    private static Map<String, String> with(Map<String, String> options, Map<String, String> more) {
        Map<String, String> all = new TreeMap<>(options);
        all.putAll(more);
        return all;
    }
}
