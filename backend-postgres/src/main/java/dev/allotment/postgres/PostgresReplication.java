// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import dev.allotment.jdbc.Failures;
import dev.allotment.jdbc.Schema;
import dev.allotment.postgres.database.ActiveSessions;
import dev.allotment.postgres.database.DatabaseStatus;
import dev.allotment.postgres.database.TenantConnections;
import dev.allotment.postgres.server.PostgresDialect;
import dev.allotment.postgres.server.PostgresSettings;
import dev.allotment.postgres.server.ServerSession;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
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

    /** How often a subscription may get in the way of dropping its slot. */
    private static final int MOST_ATTEMPTS = 20;

    private static final String SOURCE_OBSTACLES = """
            SELECT reason FROM (SELECT CASE WHEN current_setting('wal_level') <> 'logical'
                    THEN 'wal_level of its server is not logical' END
                UNION ALL SELECT CASE WHEN NOT EXISTS (
                    SELECT FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolreplication))
                    THEN 'the role of the control plane does not have REPLICATION on its server' END
                UNION ALL SELECT CASE WHEN (SELECT count(*) FROM pg_replication_slots)
                        >= CAST(current_setting('max_replication_slots') AS int)
                    THEN 'its server has no free replication slot' END
                UNION ALL SELECT CASE WHEN (SELECT count(*) FROM pg_stat_replication)
                        >= CAST(current_setting('max_wal_senders') AS int)
                    THEN 'its server has no free WAL sender' END) reasons(reason)
            WHERE reason IS NOT NULL
            """;

    private static final String TARGET_OBSTACLES = """
            SELECT reason FROM (SELECT CASE WHEN NOT pg_has_role('pg_create_subscription', 'USAGE')
                    THEN 'the role of the control plane does not have pg_create_subscription on the new server' END
                UNION ALL SELECT CASE WHEN (SELECT count(*) FROM pg_subscription WHERE subenabled)
                        >= CAST(current_setting('max_logical_replication_workers') AS int)
                    THEN 'the new server has no free worker for logical replication' END
                UNION ALL SELECT CASE WHEN (SELECT count(*) FROM pg_replication_origin)
                        >= CAST(current_setting('max_replication_slots') AS int)
                    THEN 'the new server has no free replication origin (max_replication_slots)' END)
                reasons(reason)
            WHERE reason IS NOT NULL
            """;

    private static final String MAY_TRY = "SELECT has_database_privilege(current_database(), 'CREATE')";

    private static final String SUBSCRIPTION = """
            SELECT s.subname, COALESCE(c.apply_error_count, 0)
            FROM pg_subscription s LEFT JOIN pg_stat_subscription_stats c ON c.subid = s.oid
            WHERE s.subdbid = CAST(:database AS oid) AND starts_with(s.subname, :prefix)
            """;

    /** A slot without a process that reads it lacks everything, however little that is. */
    private static final String BEHIND = """
            SELECT CASE WHEN wal_status = 'lost' THEN NULL
                ELSE CAST(pg_wal_lsn_diff(pg_current_wal_flush_lsn(), confirmed_flush_lsn) AS bigint)
                    + CASE WHEN active THEN 0 ELSE CAST(:near AS bigint) + 1 END END
            FROM pg_replication_slots WHERE slot_name = :slot AND confirmed_flush_lsn IS NOT NULL
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

    private static final String A_MOMENT = "SELECT pg_sleep(0.01)";

    private record Slot(String name, String database) {}

    private final PostgresDatabases databases;
    private final PostgresSettings settings;
    private final TenantConnections tenantConnections;

    PostgresReplication(PostgresDatabases databases, PostgresSettings settings, TenantConnections tenantConnections) {
        this.databases = databases;
        this.settings = settings;
        this.tenantConnections = tenantConnections;
    }

    private String prefix() {
        return databases.scheme().rolePrefix();
    }

    private String prefix(UUID operation) {
        return prefix() + operation.toString().replace("-", "") + "_";
    }

    private String full(String name) {
        return prefix() + name;
    }

    @Override
    public ReplicationSource source(DatabaseRef database) {
        // The other server may belong to the control plane under another identity.
        String address = prefix() + " " + tenantConnections.address(database);
        if (databases.size(database) < settings.largeBytes()) {
            return new ReplicationSource(
                    address, List.of("it is smaller than " + (settings.largeBytes() >> 20) + " MB"));
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
        return new ReplicationSource(address, obstacles);
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
            inside(database, "Publishing database " + database.name(), inventory -> {
                List<String> obstacles = inventory.obstacles();
                if (!obstacles.isEmpty()) {
                    throw DatabaseSender.notTransferable(
                            database.name(),
                            "it contains what cannot be replicated while it is open, " + obstacles.get(0),
                            null);
                }
                inventory.publish(full(name));
                return true;
            });
            try (Connection exporting = tenantConnections.openForReplication(database)) {
                String snapshot = createSlot(exporting, full(name));
                databases.read(database, snapshot, (connection, sender) -> {
                    // The snapshot is in use now, so its source is not needed any more.
                    close(exporting);
                    check(connection, database, full(name));
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
            end(operation(name), database);
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
                connection.commit();
            } catch (SQLException e) {
                throw DatabaseSender.notTransferable(
                        copy.name(), "the new server cannot connect to the old one, or may not follow it", e);
            }
        });
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
        List<String> names = databases.withoutLock(
                "Looking for the replication of database " + copy.name(), session -> subscriptions(session, copy));
        return names.isEmpty() ? null : names.get(0).substring(prefix().length());
    }

    @Override
    public long behind(DatabaseRef database, String name, Duration most) {
        long start = System.nanoTime();
        String what = "Waiting for the copy of database " + database.name();
        long behind = databases.withoutLock(what, session -> {
            while (true) {
                long bytes = behind(session, database, name);
                if (bytes <= NEAR || System.nanoTime() - start > most.toNanos()) {
                    return bytes;
                }
                session.execute(A_MOMENT);
            }
        });
        if (behind > NEAR) {
            return behind;
        }
        inside(database, what, inventory -> {
            inventory.checkAndNote(database.name(), full(name));
            return true;
        });
        return 0;
    }

    private long behind(ServerSession session, DatabaseRef database, String name) {
        List<@Nullable Long> found = session.query(
                BEHIND,
                query -> query.bind("slot", full(name))
                        .bind("near", NEAR)
                        .mapTo(Long.class)
                        .list());
        Long bytes = found.isEmpty() ? null : found.get(0);
        if (bytes == null) {
            throw DatabaseSender.notTransferable(
                    database.name(),
                    "its server has lost what was changed while it was copied: the log became too large"
                            + " (max_slot_wal_keep_size), or the server failed over",
                    null);
        }
        return bytes;
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
        return inside(database, "Reading the sequences of database " + database.name(), inventory -> {
            inventory.checkQuickly(database.name(), full(name));
            return inventory.sequences();
        });
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
                ReplicationInventory.of(connection).setSequences(counters);
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
                        + " SET (slot_name = NONE); DROP SUBSCRIPTION " + quoted);
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
        slots(session, prefix()).stream()
                .filter(each -> each.database().equals(database))
                .forEach(each -> dropSlot(session, each.name()));
    }

    @Override
    public Set<UUID> operations() {
        Set<UUID> operations = new HashSet<>();
        databases
                .withoutLock("Looking for replications", session -> slots(session, prefix()))
                .forEach(each -> operations.add(operation(each.name().substring(prefix().length()))));
        return operations;
    }

    private static UUID operation(String name) {
        return new UUID(
                new BigInteger(name.substring(0, UUID_DIGITS / 2), HEXADECIMAL).longValue(),
                new BigInteger(name.substring(UUID_DIGITS / 2, UUID_DIGITS), HEXADECIMAL).longValue());
    }

    private static List<Slot> slots(ServerSession session, String prefix) {
        return session.query(
                "SELECT slot_name, database FROM pg_replication_slots WHERE starts_with(slot_name, :prefix)"
                        + " AND length(slot_name) > length(:prefix) + " + UUID_DIGITS,
                query -> query.bind("prefix", prefix)
                        .map((row, context) -> new Slot(row.getString(1), row.getString(2)))
                        .list());
    }

    @Override
    public void endEarlier(DatabaseRef database, String name) {
        String prefix = prefix(operation(name));
        end(database, each -> each.startsWith(prefix) && isSmaller(each, full(name)));
    }

    /** Compares their numbers. The application may have published something with a name that has none. */
    private static boolean isSmaller(String name, String other) {
        return name.length() == other.length() ? name.compareTo(other) < 0 : name.length() < other.length();
    }

    @Override
    public void end(UUID operation, @Nullable DatabaseRef database) {
        String prefix = prefix(operation);
        end(database, name -> name.startsWith(prefix));
    }

    /** @param ended decides by the full name */
    private void end(@Nullable DatabaseRef database, Predicate<String> ended) {
        Set<String> published = new HashSet<>();
        databases.onServer("Ending a replication", session -> {
            for (Slot slot : slots(session, prefix())) {
                if (ended.test(slot.name())) {
                    published.add(slot.database());
                    dropSlot(session, slot.name());
                }
            }
            return null;
        });
        if (database != null) {
            published.add(database.name());
        }
        published.forEach(each -> unpublish(each, ended));
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

    /** A publication that stays costs the server nothing. */
    private void unpublish(String database, Predicate<String> ended) {
        try (Connection connection = tenantConnections.openUnchecked(database)) {
            for (String name : publications(connection, prefix())) {
                if (ended.test(name)) {
                    execute(connection, "DROP PUBLICATION IF EXISTS " + Schema.quoted(name));
                }
            }
        } catch (SQLException e) {
            LOG.atDebug().setCause(e).addKeyValue("database", database).log("Dropping a publication failed");
        }
    }

    private static List<String> publications(Connection connection, String prefix) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT pubname FROM pg_publication WHERE starts_with(pubname, '" + prefix + "')")) {
            List<String> names = new ArrayList<>();
            while (rows.next()) {
                names.add(rows.getString(1));
            }
            return names;
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
