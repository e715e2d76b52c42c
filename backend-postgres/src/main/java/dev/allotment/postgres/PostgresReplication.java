// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import dev.allotment.jdbc.Failures;
import dev.allotment.jdbc.Schema;
import dev.allotment.postgres.database.ActiveSessions;
import dev.allotment.postgres.database.ConfinedSession;
import dev.allotment.postgres.database.DatabaseStatus;
import dev.allotment.postgres.database.TenantConnections;
import dev.allotment.postgres.server.PostgresDialect;
import dev.allotment.postgres.server.PostgresSettings;
import dev.allotment.postgres.server.ServerSession;
import dev.allotment.postgres.server.SqlResource;
import dev.allotment.postgres.server.SqlStates;
import dev.allotment.postgres.transfer.DatabaseSender;
import dev.allotment.postgres.transfer.ReplicationInventory;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Replication;
import dev.allotment.spi.backend.ReplicationSource;
import java.io.InputStream;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logical replication of tenant databases. Slot, publication and subscription of a replication have the same name. They
 * belong to the role of the control plane, so the tenant's application can neither change them nor read the password in
 * the subscription. Changes are applied with the rights of the owner of each table. Thread-safe.
 */
final class PostgresReplication implements Replication {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresReplication.class);

    private static final int UUID_DIGITS = 32;
    private static final int HEXADECIMAL = 16;

    /** How many bytes of the log a copy may lack, so that it gets them in a fraction of a second. */
    private static final long NEAR = 1 << 20;

    /** How long a closed database waits for its copy. */
    private static final Duration REST = Duration.ofMillis(1500);

    /** After how many failures a copy cannot apply a change. A lost connection is one failure. */
    private static final int MOST_FAILURES = 20;

    /** After how long a copy that does not connect is given up: the source keeps its log for it. */
    private static final Duration LONGEST_UNREAD = Duration.ofMinutes(2);

    /** How often a subscription may get in the way of dropping its slot. */
    private static final int MOST_ATTEMPTS = 20;

    private static final String SOURCE_OBSTACLES = SqlResource.read(PostgresReplication.class, "source-obstacles.sql");

    private static final String TARGET_OBSTACLES = SqlResource.read(PostgresReplication.class, "target-obstacles.sql");

    /** A server has another one after it has failed over, or was restored. */
    private static final String TIMELINE = "SELECT system_identifier || '/'"
            + " || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) FROM pg_control_system()";

    private static final String IS_ON_TIMELINE = "SELECT obj_description(oid, 'pg_subscription') = (" + TIMELINE
            + ") FROM pg_subscription WHERE subname = ?";

    private static final String MAY_TRY = "SELECT has_database_privilege(current_database(), 'CREATE')";

    private static final String SUBSCRIPTION = """
            SELECT s.subname, COALESCE(c.apply_error_count, 0)
            FROM pg_subscription s LEFT JOIN pg_stat_subscription_stats c ON c.subid = s.oid
            WHERE s.subdbid = CAST(:database AS oid) AND starts_with(s.subname, :prefix)
            """;

    /** A slot without a process that reads it lacks everything, however little that is. */
    private static final String BEHIND = """
            SELECT active, CAST(pg_wal_lsn_diff(pg_current_wal_flush_lsn(), confirmed_flush_lsn) AS bigint)
                + CASE WHEN active THEN 0 ELSE CAST(:near AS bigint) + 1 END
            FROM pg_replication_slots
            WHERE slot_name = :slot AND confirmed_flush_lsn IS NOT NULL AND wal_status IS DISTINCT FROM 'lost'
            """;

    /** Everything that was committed before is in the part of the log that has reached the disk then. */
    private static final String FLUSH = "BEGIN; SET LOCAL synchronous_commit = local;"
            + " SELECT pg_logical_emit_message(true, 'allotment', ''); COMMIT";

    private static final String HAS_REST = """
            SELECT confirmed_flush_lsn >= CAST(:lsn AS pg_lsn) FROM pg_replication_slots WHERE slot_name = :slot
            """;

    private static final String END_SENDER = "SELECT active_pid FROM pg_replication_slots WHERE slot_name = :slot"
            + " AND active_pid IS NOT NULL AND pg_terminate_backend(active_pid)";

    private static final String DROP_SLOT =
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = :slot";

    private static final String SLOTS = """
            SELECT slot_name, database FROM pg_replication_slots
            WHERE starts_with(slot_name, :prefix)
                AND substr(slot_name, length(:prefix) + 1) ~ '^[0-9a-f]{32}_[0-9]{1,18}$'
            """;

    private static final String SUBSCRIPTIONS = """
            SELECT s.subname, d.datname FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid
            WHERE starts_with(s.subname, :prefix)
                AND substr(s.subname, length(:prefix) + 1) ~ '^[0-9a-f]{32}_[0-9]{1,18}$'
            """;

    private static final String PUBLICATIONS = """
            SELECT run FROM (SELECT substr(pubname, length(p.prefix) + 1) AS run
                FROM pg_publication, (SELECT CAST(? AS text) AS prefix) p WHERE starts_with(pubname, p.prefix)) found
            WHERE run ~ '^[0-9a-f]{32}_[0-9]{1,18}$'
            """;

    /** The address of a database that cannot be replicated. */
    private static final String NOWHERE = "nowhere";

    private static final String A_MOMENT = "SELECT pg_sleep(0.01)";

    /** A slot, a subscription or a publication, and the database that it is in. */
    private record Kept(Run run, String database) {}

    /** Whether a copy reads the log, and how many bytes it lacks. */
    private record Lag(boolean read, long bytes) {}

    /** A replication by its name. */
    private record Run(String name) {
        UUID operation() {
            return new UUID(
                    new BigInteger(name.substring(0, UUID_DIGITS / 2), HEXADECIMAL).longValue(),
                    new BigInteger(name.substring(UUID_DIGITS / 2, UUID_DIGITS), HEXADECIMAL).longValue());
        }

        long number() {
            return Long.parseLong(name.substring(UUID_DIGITS + 1));
        }
    }

    private final PostgresDatabases databases;
    private final PostgresSettings settings;
    private final TenantConnections tenantConnections;

    /** Since when nothing has read a slot, by the name of the replication, in nanoseconds. */
    private final Map<String, Long> unread = new ConcurrentHashMap<>();

    PostgresReplication(PostgresDatabases databases, PostgresSettings settings, TenantConnections tenantConnections) {
        this.databases = databases;
        this.settings = settings;
        this.tenantConnections = tenantConnections;
    }

    private String prefix() {
        return databases.scheme().rolePrefix();
    }

    private String full(String name) {
        return prefix() + name;
    }

    @Override
    public ReplicationSource source(DatabaseRef database) {
        if (databases.size(database) < settings.largeBytes()) {
            return new ReplicationSource(
                    NOWHERE, List.of("it is smaller than " + (settings.largeBytes() >> 20) + " MB"));
        }
        List<String> obstacles = databases.withoutLock(
                "Looking for obstacles to a replication",
                session -> session.query(
                        SOURCE_OBSTACLES, query -> query.mapTo(String.class).list()));
        if (obstacles.isEmpty()) {
            obstacles = inside(
                    database,
                    "Looking for obstacles to the replication of database " + database.name(),
                    inventory -> inventory.obstacles());
        }
        return new ReplicationSource(obstacles.isEmpty() ? address(database) : NOWHERE, obstacles);
    }

    /**
     * Creates a role that the other server signs in as. The other server may belong to the control plane under another
     * identity, so the prefix is part of the address.
     */
    private String address(DatabaseRef database) {
        return databases.onServer("Creating a role for the replication of database " + database.name(), session -> {
            try {
                return prefix() + " " + tenantConnections.movers().address(session, database);
            } catch (SQLException e) {
                throw new UnableToExecuteStatementException(e, null);
            }
        });
    }

    @Override
    public List<String> obstacles(ReplicationSource source) {
        return databases.onServer("Looking for obstacles to a replication", session -> {
            List<String> obstacles = session.query(
                    TARGET_OBSTACLES, query -> query.mapTo(String.class).list());
            boolean mayTry =
                    session.query(MAY_TRY, query -> query.mapTo(Boolean.class).one());
            if (obstacles.isEmpty() && mayTry) {
                try {
                    // It connects to the other server, which need not have the publication yet.
                    session.execute("BEGIN; " + subscribe("attempt", source) + "; ROLLBACK");
                } catch (RuntimeException e) {
                    session.recover();
                    LOG.atInfo().setCause(e).log("The server of a database cannot be reached from the new server");
                    obstacles = List.of("the new server cannot connect to the old one with the password of the control"
                            + " plane's role");
                }
            }
            return obstacles;
        });
    }

    /** Does not check that the other server has the publication. */
    private String subscribe(String name, ReplicationSource source) {
        String[] address = source.address().split(" ", 2);
        String published = Schema.quoted(address[0] + name);
        return "CREATE SUBSCRIPTION " + Schema.quoted(full(name)) + " CONNECTION " + literal(address[1])
                + " PUBLICATION " + published + " WITH (create_slot = false, slot_name = " + published
                + ", copy_data = false, enabled = true, streaming = off, run_as_owner = false)";
    }

    /** Means the same with each value of standard_conforming_strings. */
    private static String literal(String text) {
        return "E'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    @Override
    public void send(DatabaseRef database, String name, Consumer<? super InputStream> receiver) {
        boolean sent = false;
        try {
            publish(database, new Run(name));
            try (Connection exporting = tenantConnections.openForReplication(database)) {
                String snapshot = createSlot(exporting, full(name));
                databases.read(database, snapshot, (control, sender) -> {
                    // The snapshot is in use now, so its source is not needed any more.
                    close(exporting);
                    check(control, database, full(name));
                    receiver.accept(sender);
                });
            } catch (SQLException e) {
                throw Failures.translate(
                        PostgresDialect.INSTANCE, "Creating a replication slot for database " + database.name(), e);
            }
            sent = true;
        } finally {
            if (!sent) {
                endAfterFailure(database, name);
            }
        }
    }

    private void publish(DatabaseRef database, Run run) {
        try (Connection connection = tenantConnections.open(database)) {
            connection.setAutoCommit(true);
            ReplicationInventory inventory = ReplicationInventory.of(connection);
            List<String> obstacles = inventory.obstacles();
            if (!obstacles.isEmpty()) {
                throw DatabaseSender.notTransferable(
                        database.name(),
                        "it contains what cannot be replicated while it is open, " + obstacles.get(0),
                        null);
            }
            // What is left of others, but not what has replaced this run.
            unpublish(connection, each -> !each.operation().equals(run.operation()) || each.number() <= run.number());
            inventory.publish(full(run.name()));
        } catch (SQLException e) {
            throw Failures.translate(PostgresDialect.INSTANCE, "Publishing database " + database.name(), e);
        }
    }

    private static String createSlot(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "CREATE_REPLICATION_SLOT " + name + " LOGICAL pgoutput (SNAPSHOT 'export')")) {
            row.next();
            return row.getString("snapshot_name");
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("Closing the connection that created a replication slot failed", e);
        }
    }

    private static void check(Connection connection, DatabaseRef database, String publication) {
        try {
            ReplicationInventory.of(connection).checkUnchanged(database.name(), publication);
        } catch (SQLException e) {
            throw Failures.translate(PostgresDialect.INSTANCE, "Reading database " + database.name(), e);
        }
    }

    private void endAfterFailure(DatabaseRef database, String name) {
        try {
            end(run -> run.name().equals(name), database);
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .setCause(e)
                    .addKeyValue("database", database.name())
                    .log("A replication that failed could not be ended; it is tried again");
        }
    }

    @Override
    public void follow(DatabaseRef copy, String name, ReplicationSource source) {
        String what = "Replicating to database " + copy.name();
        databases.whileChanging(what, copy, session -> {
            if (subscriptions(session, copy).contains(full(name))) {
                return;
            }
            try (Connection connection = tenantConnections.open(copy)) {
                connection.setAutoCommit(false);
                execute(connection, subscribe(name, source));
                if (!hasTables(connection, full(name))) {
                    connection.rollback();
                    throw DatabaseSender.notTransferable(
                            copy.name(),
                            "the new server has reached another server under the address of the old one",
                            null);
                }
                execute(
                        connection,
                        "COMMENT ON SUBSCRIPTION " + Schema.quoted(full(name)) + " IS "
                                + literal(timeline(connection)));
                connection.commit();
            } catch (SQLException e) {
                throw DatabaseSender.notTransferable(
                        copy.name(), "the new server cannot connect to the old one, or may not follow it", e);
            }
        });
    }

    private static String timeline(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(TIMELINE)) {
            row.next();
            return row.getString(1);
        }
    }

    /**
     * Refuses a copy on a server that has failed over. The failed one may have confirmed more than this one has, and
     * the source would leave that out without an error.
     */
    private static void requireSameTimeline(Connection connection, DatabaseRef copy, String name) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(IS_ON_TIMELINE)) {
            query.setString(1, name);
            try (ResultSet row = query.executeQuery()) {
                if (!row.next() || !row.getBoolean(1)) {
                    throw DatabaseSender.notTransferable(
                            copy.name(),
                            "the new server failed over meanwhile, so its copy may lack changes; try again",
                            null);
                }
            }
        }
    }

    private static boolean hasTables(Connection connection, String name) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT EXISTS (SELECT FROM pg_subscription_rel r"
                + " JOIN pg_subscription s ON s.oid = r.srsubid WHERE s.subname = ?)")) {
            query.setString(1, name);
            try (ResultSet row = query.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    private List<String> subscriptions(ServerSession session, DatabaseRef copy) {
        DatabaseStatus there = databases.look(session, copy);
        return there.isFinished()
                ? subscriptions(session, there.present().oid(), copy.name(), MOST_FAILURES)
                : List.of();
    }

    private List<String> subscriptions(ServerSession session, long database, String name, int mostFailures) {
        return session.query(
                SUBSCRIPTION,
                query -> query.bind("database", database)
                        .bind("prefix", prefix())
                        .map((row, context) -> {
                            if (row.getLong(2) >= mostFailures) {
                                throw DatabaseSender.notTransferable(
                                        name,
                                        "the new server cannot apply a change that was made meanwhile, or has lost the"
                                                + " connection to the old one too often; its log has the reason",
                                        null);
                            }
                            return row.getString(1);
                        })
                        .list());
    }

    @Override
    public @Nullable String followed(DatabaseRef copy) {
        String what = "Looking for the replication of database " + copy.name();
        List<String> names = databases.withoutLock(what, session -> subscriptions(session, copy));
        if (names.isEmpty()) {
            return null;
        }
        try (Connection connection = tenantConnections.open(copy)) {
            requireSameTimeline(connection, copy, names.get(0));
        } catch (SQLException e) {
            throw Failures.translate(PostgresDialect.INSTANCE, what, e);
        }
        return names.get(0).substring(prefix().length());
    }

    @Override
    public long behind(DatabaseRef database, String name, Duration most) {
        return behind(database, name, most, LONGEST_UNREAD);
    }

    /** For tests, which cannot wait that long for a copy that does not connect. */
    long behind(DatabaseRef database, String name, Duration most, Duration longestUnread) {
        long start = System.nanoTime();
        String what = "Waiting for the copy of database " + database.name();
        Lag lag = databases.withoutLock(what, session -> {
            while (true) {
                Lag now = lag(session, database, name);
                if (now.bytes() <= NEAR || System.nanoTime() - start > most.toNanos()) {
                    return now;
                }
                session.execute(A_MOMENT);
            }
        });
        if (lag.bytes() <= NEAR) {
            unread.remove(name);
            inside(database, what, inventory -> {
                inventory.checkAndNote(database.name(), full(name));
                return true;
            });
            return 0;
        }
        if (lag.read()) {
            unread.remove(name);
        } else {
            // The application may have changed a setting with which the copy cannot connect.
            inside(database, what, inventory -> {
                inventory.checkUnchanged(database.name(), full(name));
                return true;
            });
            requireReader(database, name, longestUnread);
        }
        return lag.bytes();
    }

    private void requireReader(DatabaseRef database, String name, Duration most) {
        long now = System.nanoTime();
        Long since = unread.putIfAbsent(name, now);
        if (since != null && now - since > most.toNanos()) {
            throw DatabaseSender.notTransferable(
                    database.name(),
                    "the new server has not connected to the old one for too long; its log has the reason",
                    null);
        }
    }

    private Lag lag(ServerSession session, DatabaseRef database, String name) {
        List<Lag> found = session.query(
                BEHIND,
                query -> query.bind("slot", full(name))
                        .bind("near", NEAR)
                        .map((row, context) -> new Lag(row.getBoolean(1), row.getLong(2)))
                        .list());
        if (found.isEmpty()) {
            throw DatabaseSender.notTransferable(
                    database.name(),
                    "its server has lost what was changed while it was copied: the log became too large"
                            + " (max_slot_wal_keep_size), or the server failed over",
                    null);
        }
        return found.get(0);
    }

    @Override
    public void hasten(DatabaseRef copy) {
        String what = "Ending the replication to database " + copy.name();
        databases.whileChanging(what, copy, session -> {
            try (Connection connection = tenantConnections.open(copy)) {
                connection.setAutoCommit(true);
                for (String name : subscriptions(session, copy)) {
                    // Otherwise up to three wal_writer_delay pass before a change is confirmed.
                    execute(
                            connection,
                            "ALTER SUBSCRIPTION " + Schema.quoted(name) + " SET (synchronous_commit = local)");
                }
            } catch (SQLException e) {
                throw Failures.translate(PostgresDialect.INSTANCE, what, e);
            }
        });
    }

    @Override
    public boolean settle(DatabaseRef database, String name, String newName) {
        return databases.settle(database, newName, session -> {
            session.execute(FLUSH);
            String lsn = session.query(
                    "SELECT CAST(pg_current_wal_flush_lsn() AS text)",
                    query -> query.mapTo(String.class).one());
            long start = System.nanoTime();
            while (!hasRest(session, name, lsn)) {
                if (System.nanoTime() - start > REST.toNanos()) {
                    return false;
                }
                session.execute(A_MOMENT);
            }
            endSender(session, full(name));
            return true;
        });
    }

    private boolean hasRest(ServerSession session, String name, String lsn) {
        return session.query(
                        HAS_REST,
                        query -> query.bind("lsn", lsn)
                                .bind("slot", full(name))
                                .mapTo(Boolean.class)
                                .list())
                .equals(List.of(true));
    }

    /** PostgreSQL itself would look every tenth of a second whether it has ended. */
    private static void endSender(ServerSession session, String slot) {
        session.query(
                        END_SENDER,
                        query -> query.bind("slot", slot).mapTo(Integer.class).list())
                .forEach(process -> ActiveSessions.awaitEnd(session, process));
    }

    @Override
    public Map<String, String> counters(DatabaseRef database, String name) {
        try (ConfinedSession tenant =
                tenantConnections.confined().open(database, settings.timeouts().statement())) {
            tenant.connection().setAutoCommit(true);
            return inside(database, "Reading the sequences of database " + database.name(), inventory -> {
                inventory.checkQuickly(database.name(), full(name));
                Map<String, String> states = new HashMap<>(inventory.counters());
                states.putAll(inventory.sequences(tenant.connection()));
                return states;
            });
        } catch (SQLException e) {
            throw Failures.translate(
                    PostgresDialect.INSTANCE, "Reading the sequences of database " + database.name(), e);
        }
    }

    @Override
    public void unfollow(DatabaseRef copy, Map<String, String> counters) {
        String what = "Ending the replication to database " + copy.name();
        databases.whileChanging(what, copy, session -> {
            DatabaseStatus there = databases.look(session, copy);
            List<String> names = subscriptions(session, there.present().oid(), copy.name(), Integer.MAX_VALUE);
            if (names.isEmpty()) {
                return;
            }
            try (Connection connection = tenantConnections.open(copy)) {
                connection.setAutoCommit(true);
                if (!counters.isEmpty()) {
                    requireSameTimeline(connection, copy, names.get(0));
                    ReplicationInventory.of(connection).setSequences(counters);
                }
                for (String name : names) {
                    unsubscribe(connection, name);
                }
            } catch (SQLException e) {
                throw Failures.translate(PostgresDialect.INSTANCE, what, e);
            }
        });
    }

    /** Does not need the other server. */
    private static void unsubscribe(Connection connection, String name) throws SQLException {
        String quoted = Schema.quoted(name);
        execute(
                connection,
                "ALTER SUBSCRIPTION " + quoted + " DISABLE; ALTER SUBSCRIPTION " + quoted
                        + " SET (slot_name = NONE); COMMENT ON SUBSCRIPTION " + quoted
                        + " IS NULL; DROP SUBSCRIPTION " + quoted);
    }

    /** Removes what keeps PostgreSQL from dropping a database, whose lock the session has. */
    void leave(ServerSession session, String database, long oid) {
        List<String> names = subscriptions(session, oid, database, Integer.MAX_VALUE);
        if (!names.isEmpty()) {
            try (Connection connection = tenantConnections.openUnchecked(database)) {
                for (String name : names) {
                    unsubscribe(connection, name);
                }
            } catch (SQLException e) {
                throw Failures.translate(PostgresDialect.INSTANCE, "Dropping database " + database, e);
            }
        }
        kept(session, SLOTS).stream()
                .filter(each -> each.database().equals(database))
                .forEach(each -> dropSlot(session, full(each.run().name())));
    }

    @Override
    public Set<UUID> operations() {
        return databases.withoutLock(
                "Looking for replications",
                session -> Stream.of(SLOTS, SUBSCRIPTIONS)
                        .flatMap(each -> kept(session, each).stream())
                        .map(each -> each.run().operation())
                        .collect(Collectors.toSet()));
    }

    private List<Kept> kept(ServerSession session, String sql) {
        return session.query(
                sql,
                query -> query.bind("prefix", prefix())
                        .map((row, context) ->
                                new Kept(new Run(row.getString(1).substring(prefix().length())), row.getString(2)))
                        .list());
    }

    @Override
    public void end(UUID operation, long before, @Nullable DatabaseRef database) {
        end(run -> run.operation().equals(operation) && run.number() < before, database);
    }

    /** Ends the slots last, since only these, and subscriptions, show that something is left. */
    private void end(Predicate<Run> which, @Nullable DatabaseRef database) {
        String what = "Ending a replication";
        Set<String> published = new HashSet<>();
        Set<Kept> subscribed = new HashSet<>();
        databases.withoutLock(what, session -> {
            ended(session, SLOTS, which).forEach(each -> published.add(each.database()));
            return subscribed.addAll(ended(session, SUBSCRIPTIONS, which));
        });
        if (database != null) {
            published.add(database.name());
        }
        published.forEach(each -> unpublish(each, which));
        databases.onServer(what, session -> {
            ended(session, SLOTS, which)
                    .forEach(each -> dropSlot(session, full(each.run().name())));
            tenantConnections.movers().tidy(session);
            return null;
        });
        for (Kept each : subscribed) {
            try (Connection connection = tenantConnections.openUnchecked(each.database())) {
                unsubscribe(connection, full(each.run().name()));
            } catch (SQLException e) {
                throw Failures.translate(PostgresDialect.INSTANCE, what, e);
            }
        }
    }

    private List<Kept> ended(ServerSession session, String sql, Predicate<Run> which) {
        return kept(session, sql).stream()
                .filter(each -> which.test(each.run()))
                .toList();
    }

    /** A subscription may connect again between the two. */
    private static void dropSlot(ServerSession session, String slot) {
        for (int attempt = 1; ; attempt++) {
            endSender(session, slot);
            try {
                session.query(
                        DROP_SLOT,
                        query -> query.bind("slot", slot).mapTo(String.class).list());
                return;
            } catch (RuntimeException e) {
                if (attempt == MOST_ATTEMPTS) {
                    throw e;
                }
                session.recover();
            }
        }
    }

    /**
     * A publication that stays makes the application fail if a table loses its primary key. If it cannot be dropped
     * now, the next replication of the database does so.
     */
    private void unpublish(String database, Predicate<Run> which) {
        try (Connection connection = tenantConnections.openUnchecked(database)) {
            unpublish(connection, which);
        } catch (SQLException e) {
            if (!SqlStates.UNKNOWN_DATABASE.matches(e)) {
                LOG.atWarn()
                        .setCause(e)
                        .addKeyValue("database", database)
                        .log("Dropping the publication of a replication failed; it stays until the database is"
                                + " replicated again");
            }
        }
    }

    private void unpublish(Connection connection, Predicate<Run> which) throws SQLException {
        List<Run> runs = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(PUBLICATIONS)) {
            query.setString(1, prefix());
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    runs.add(new Run(rows.getString(1)));
                }
            }
        }
        for (Run run : runs) {
            if (which.test(run)) {
                execute(connection, "DROP PUBLICATION IF EXISTS " + Schema.quoted(full(run.name())));
            }
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }

    @FunctionalInterface
    private interface Reading<T> {
        T from(ReplicationInventory inventory) throws SQLException;
    }

    private <T> T inside(DatabaseRef database, String what, Reading<T> reading) {
        try (Connection connection = tenantConnections.open(database)) {
            connection.setAutoCommit(true);
            return reading.from(ReplicationInventory.of(connection));
        } catch (SQLException e) {
            throw Failures.translate(PostgresDialect.INSTANCE, what, e);
        }
    }
}
