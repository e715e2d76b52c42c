// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.RowQuota;
import dev.allotment.spi.backend.Transfer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * No application keeps its database from being suspended, resumed, limited, renamed, copied or deleted. It may have any
 * locks, transactions, statements, settings and objects there, and come back as fast as it can. While a database is
 * open, a change inside it may fail as unavailable. Once it is closed, every change succeeds.
 *
 * <p>With the system property {@code allotment.exhaustive}, each assault is made alone, against each change. Otherwise
 * assaults that do not hinder each other are made together.
 */
public abstract class HostileRefusalContract extends HostileContract {
    private static final boolean EXHAUSTIVE = Boolean.getBoolean("allotment.exhaustive");

    private static final DatabaseRef SHOP = ref("besieged.example", 81);
    private static final DatabaseRef RENAMED = ref("moved.example", 81);
    private static final DatabaseRef COPY = ref("besieged-copy.example", 82);
    private static final DatabaseRef RECEIVED = ref("besieged-received.example", 83);

    private static final String PASSWORD = "a-password_of-the-besieger";
    private static final String RECORD = "what the control plane stores";

    /** More than a change may take. One that waits for the application never ends. */
    private static final Duration BOUND = Duration.ofSeconds(60);

    /** For subclasses. */
    protected HostileRefusalContract() {}

    @Override
    boolean sharesStorage() {
        return true;
    }

    /**
     * Assaults that are made together.
     *
     * @param sieges what the application does
     */
    private record Assault(String name, List<Consumer<Siege>> sieges) {
        void on(Siege siege) {
            sieges.forEach(each -> each.accept(siege));
        }
    }

    private static Assault assault(String name, Consumer<Siege> siege) {
        return new Assault(name, List.of(siege));
    }

    private static Consumer<Siege> holding(String... statements) {
        return siege -> siege.hold(statements);
    }

    /** Those that others would wait for come last. */
    private static final List<Assault> LOCKS = List.of(
            assault(
                    "locks on all tables, by analyzing them",
                    holding("ANALYZE", "SELECT count(*) FROM information_schema.tables")),
            assault(
                    "locks on rows, in an idle transaction",
                    holding(
                            "INSERT INTO sale_order (state) VALUES ('held')",
                            "UPDATE sale_order SET state = 'held'",
                            "SELECT * FROM sale_order FOR UPDATE")),
            assault("locks on tables, in an idle transaction", siege -> {
                siege.prepare("CREATE TABLE locked (note varchar(20))");
                siege.hold(
                        "LOCK TABLE locked IN ACCESS EXCLUSIVE MODE",
                        "ALTER TABLE locked ADD COLUMN x integer",
                        "CREATE INDEX locked_note ON locked (note)",
                        "DROP TABLE locked",
                        "CREATE TABLE mine (id integer)");
            }),
            assault(
                    "open cursors and temporary tables",
                    holding(
                            "CREATE TEMPORARY TABLE passing (id integer)",
                            "CREATE LOCAL TEMPORARY TABLE passing (id integer)",
                            "INSERT INTO passing VALUES (1)",
                            "DECLARE c CURSOR FOR SELECT * FROM passing FOR UPDATE",
                            "FETCH 1 FROM c",
                            "SET LAZY_QUERY_EXECUTION 1",
                            "SELECT * FROM passing")),
            assault(
                    "locks of the application's own kind, and notifications",
                    holding(
                            "SELECT pg_advisory_lock(g) FROM generate_series(1, 200) g",
                            "SELECT pg_advisory_xact_lock(hashtextextended('allotment', 0))",
                            "LISTEN allotment",
                            "NOTIFY allotment, 'x'")),
            assault("transactions that outlive their sessions", siege -> {
                siege.hold("INSERT INTO sale_order (state) VALUES ('held')", "PREPARE TRANSACTION 'first'");
                siege.hold(
                        "INSERT INTO sale_order (state) VALUES ('held')",
                        "ALTER ROLE CURRENT_USER SET work_mem = '1MB'",
                        "PREPARE TRANSACTION 'it''s \\ mine'");
                siege.hold("INSERT INTO sale_order (state) VALUES ('held')", "PREPARE COMMIT third");
            }),
            assault(
                    "locks on its own role and database",
                    holding(
                            "ALTER DATABASE :shop SET work_mem = '1MB'",
                            "GRANT CONNECT ON DATABASE :shop TO PUBLIC",
                            "COMMENT ON DATABASE :shop IS 'mine'",
                            "COMMENT ON SCHEMA public IS 'mine'",
                            "ALTER ROLE CURRENT_USER PASSWORD 'another-password_of-mine'",
                            "ALTER ROLE CURRENT_USER IN DATABASE :shop SET work_mem = '1MB'")),
            assault("a queue behind a system table", siege -> {
                siege.hold("SELECT count(*) FROM pg_class", "SELECT count(*) FROM information_schema.tables");
                siege.execute("VACUUM FULL pg_class", "ANALYZE");
            }));

    private static final List<Assault> SESSIONS = List.of(
            assault("statements that do not end", siege -> {
                siege.execute("SELECT count(*) FROM generate_series(1, 100000000) a, generate_series(1, 1000) b");
                siege.execute("SELECT count(*) FROM SYSTEM_RANGE(1, 1000000) a, SYSTEM_RANGE(1, 1000000) b");
                siege.execute("WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r");
            }),
            assault(
                    "statements that ignore a cancellation",
                    siege -> siege.execute(
                            "DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(10); EXCEPTION WHEN query_canceled THEN NULL; END;"
                                    + " END LOOP; END $$")),
            assault(
                    "sessions that come back at once",
                    siege -> siege.again(3, "SELECT 1", "INSERT INTO sale_order (state) VALUES ('again')")),
            assault(
                    "sessions that come back and change their own role and database",
                    siege -> siege.again(
                            2,
                            "ALTER ROLE CURRENT_USER SET work_mem = '1MB'",
                            "ALTER DATABASE :shop SET work_mem = '1MB'",
                            "COMMENT ON DATABASE :shop IS 'mine'")),
            assault(
                    "sessions that come back and change tables",
                    siege -> siege.again(
                            2,
                            "CREATE TABLE passing_by (id integer)",
                            "ALTER TABLE besieged ADD COLUMN y integer, DROP COLUMN note",
                            "ALTER TABLE besieged ADD COLUMN note varchar(20), DROP COLUMN y",
                            "DROP TABLE passing_by")));

    private static final List<Assault> OBJECTS = List.of(
            assault(
                    "settings of the database and of its role",
                    siege -> siege.prepare(
                            "ALTER DATABASE :shop SET default_transaction_read_only = on",
                            "ALTER DATABASE :shop SET default_transaction_isolation = 'serializable'",
                            "ALTER DATABASE :shop SET lock_timeout = 1",
                            "ALTER DATABASE :shop SET statement_timeout = 1",
                            "ALTER DATABASE :shop SET transaction_timeout = 1",
                            "ALTER DATABASE :shop SET idle_in_transaction_session_timeout = 1",
                            "ALTER DATABASE :shop SET search_path = pg_temp, mine",
                            "ALTER DATABASE :shop SET datestyle = 'german'",
                            "ALTER DATABASE :shop SET extra_float_digits = -15",
                            "ALTER DATABASE :shop SET enable_indexscan = off",
                            "ALTER DATABASE :shop SET default_tablespace = 'pg_global'",
                            "ALTER DATABASE :shop SET synchronous_commit = off",
                            "ALTER DATABASE :shop SET timezone = 'Pacific/Kiritimati'",
                            "SET DEFAULT_LOCK_TIMEOUT 1",
                            "SET QUERY_TIMEOUT 1",
                            "SET THROTTLE 1000",
                            "SET MODE Oracle",
                            "SET SCHEMA information_schema")),
            assault(
                    "rights and limits of the database",
                    siege -> siege.prepare(
                            "REVOKE ALL ON DATABASE :shop FROM PUBLIC",
                            "REVOKE ALL ON DATABASE :shop FROM CURRENT_USER",
                            "REVOKE ALL ON SCHEMA public FROM PUBLIC",
                            "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM CURRENT_USER",
                            "ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM CURRENT_USER",
                            "ALTER DATABASE :shop IS_TEMPLATE true",
                            "ALTER DATABASE :shop CONNECTION LIMIT 0")),
            assault(
                    "objects that are named like those of the control plane",
                    siege -> siege.prepare(
                            "CREATE SCHEMA mine",
                            "CREATE TABLE schema_version (version integer)",
                            "CREATE TABLE parameters (id bigint, \"key\" varchar(9), \"value\" varchar(9), hidden boolean)",
                            "CREATE FUNCTION public.count(bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 1'",
                            "CREATE FUNCTION public.format(text) RETURNS text LANGUAGE sql AS 'SELECT 1'",
                            "CREATE FUNCTION public.eq(bigint, bigint) RETURNS boolean LANGUAGE plpgsql AS"
                                    + " 'BEGIN RAISE EXCEPTION ''mine''; END'",
                            "CREATE OPERATOR public.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = public.eq)",
                            "CREATE TYPE public.uuid AS (x text)",
                            "CREATE DOMAIN public.bigint AS text",
                            "CREATE DOMAIN bigint AS varchar")),
            assault(
                    "code that runs when the tables of the application change",
                    siege -> siege.prepare(
                            "CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS"
                                    + " 'BEGIN RAISE EXCEPTION ''mine''; END'",
                            "CREATE TRIGGER refuse BEFORE INSERT OR UPDATE OR DELETE ON besieged"
                                    + " EXECUTE FUNCTION public.refuse()",
                            "CREATE RULE refuse AS ON INSERT TO besieged DO INSTEAD NOTHING",
                            "CREATE EVENT TRIGGER refuse ON ddl_command_start EXECUTE FUNCTION public.refuse()",
                            "ALTER TABLE besieged ENABLE ROW LEVEL SECURITY",
                            "ALTER TABLE besieged FORCE ROW LEVEL SECURITY")),
            assault(
                    "many objects, large ones, and ones that depend on each other",
                    siege -> siege.prepare(
                            "CREATE TABLE large AS SELECT repeat('x', 1000000) AS content FROM generate_series(1, 3)",
                            "CREATE TABLE large AS SELECT SPACE(1000000) AS content FROM SYSTEM_RANGE(1, 3)",
                            "DO $$ BEGIN FOR i IN 1..100 LOOP EXECUTE format('CREATE TABLE t%s (id int PRIMARY KEY)', i);"
                                    + " END LOOP; END $$",
                            "CREATE VIEW v1 AS SELECT 1 AS a",
                            "CREATE VIEW v2 AS SELECT * FROM v1",
                            "CREATE TABLE parent (id integer PRIMARY KEY, child integer)",
                            "CREATE TABLE child (id integer PRIMARY KEY, parent integer REFERENCES parent)",
                            "ALTER TABLE parent ADD FOREIGN KEY (child) REFERENCES child",
                            "CREATE TABLE \"a \"\" b;--\" (\"c \"\" d\" integer)")),
            assault(
                    "the schemas of the application renamed and dropped",
                    siege -> siege.prepare(
                            "ALTER SCHEMA public RENAME TO hidden",
                            "DROP SCHEMA public CASCADE",
                            "ALTER SCHEMA application RENAME TO hidden",
                            "DROP SCHEMA application CASCADE")));

    /** Something that the control plane does with a besieged database. */
    private record Change(String name, Consumer<Siege> check) {}

    private List<Change> changes() {
        List<Change> changes = List.of(
                new Change("suspended", this::suspended),
                new Change("deleted", siege -> remove(SHOP)),
                new Change("deleted after it was suspended", siege -> {
                    suspend(siege, SHOP);
                    bounded(() -> databases().copy(SHOP, COPY));
                    bounded(() -> assertContent(COPY));
                    bounded(() -> databases().rename(SHOP, RENAMED.name()));
                    remove(RENAMED);
                }),
                new Change("measured, and given another password", siege -> {
                    bounded(() -> databases().login(SHOP, PASSWORD + "-2"));
                    bounded(() -> assertThat(databases().size(SHOP)).isPositive());
                    bounded(() -> databases().open(SHOP));
                }),
                new Change("copied", siege -> {
                    bounded(() -> databases().copy(SHOP, COPY));
                    bounded(() -> assertContent(COPY));
                }),
                new Change("renamed", siege -> {
                    bounded(() -> databases().rename(SHOP, RENAMED.name()));
                    remove(RENAMED);
                }),
                new Change("moved", siege -> mayBeBusy(this::copyToAnotherName)));
        return EXHAUSTIVE ? changes : changes.subList(0, 2);
    }

    /** Assaults with transactions that keep locks. */
    @TestFactory
    protected Stream<DynamicTest> locksKeepNothingFromBeingChanged() {
        return tests("locks of every kind", LOCKS);
    }

    /** Assaults with sessions that do not end, or come back. */
    @TestFactory
    protected Stream<DynamicTest> sessionsKeepNothingFromBeingChanged() {
        return tests("sessions that resist", SESSIONS);
    }

    /** Assaults with settings and objects that stay. */
    @TestFactory
    protected Stream<DynamicTest> objectsKeepNothingFromBeingChanged() {
        return tests("settings and objects that resist", OBJECTS);
    }

    private Stream<DynamicTest> tests(String together, List<Assault> assaults) {
        if (!declares(Capability.LOGINS) || !hasJdbc()) {
            return Stream.empty();
        }
        List<Assault> made = EXHAUSTIVE
                ? assaults
                : List.of(new Assault(
                        together,
                        assaults.stream()
                                .flatMap(each -> each.sieges().stream())
                                .toList()));
        return made.stream()
                .flatMap(assault -> changes().stream()
                        .map(change -> dynamicTest(
                                change.name() + " despite " + assault.name(), () -> withstand(assault, change))));
    }

    private boolean hasJdbc() {
        databases().create(SHOP);
        databases().open(SHOP);
        boolean jdbc = databases().login(SHOP, PASSWORD).url().startsWith("jdbc:");
        databases().drop(SHOP);
        return jdbc;
    }

    /** Makes an assault on an open database, and ends it after a change. */
    private void withstand(Assault assault, Change change) {
        databases().list().forEach(databases()::drop);
        make();
        DatabaseLogin login = databases().login(SHOP, PASSWORD);
        try (Siege siege = new Siege(login, SHOP.name())) {
            assault.on(siege);
            change.check().accept(siege);
        }
        databases().list().forEach(databases()::drop);
    }

    private void suspended(Siege siege) {
        if (EXHAUSTIVE) {
            mayBeBusy(() -> limit(7));
            mayBeBusy(() -> store("while it is open"));
            mayBeBusy(() -> assertContent(SHOP));
        }
        suspend(siege, SHOP);
        bounded(() -> limit(8));
        bounded(() -> store("while it is closed"));
        bounded(() -> databases().open(SHOP));
        assertThat(fixture().isOpen(backend(), SHOP)).isEqualTo(Optional.of(true));
    }

    private void make() {
        databases().create(SHOP);
        databases().open(SHOP);
        store(RECORD);
        databases().configure(SHOP, tx -> {
            if (declares(Capability.SCRIPTS)) {
                tx.run("CREATE TABLE sale_order (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,"
                        + " state varchar(20)); CREATE TABLE besieged (note varchar(20));");
            }
            return null;
        });
    }

    /** Closes a database. A session that was signing in meanwhile is ended by the next round of the maintenance. */
    private void suspend(Siege siege, DatabaseRef database) {
        bounded(() -> databases().close(database));
        bounded(() -> {
            while (siege.isAnyConnected()) {
                endExcessiveSessions();
            }
        });
        assertThat(fixture().isOpen(backend(), database)).isEqualTo(Optional.of(false));
    }

    private void remove(DatabaseRef database) {
        bounded(() -> databases().drop(database));
        assertThat(databases().remains(database)).doesNotContainValue(true);
        assertThat(databases().exists(database.name())).isFalse();
    }

    private void limit(int max) {
        RowQuota quota = new RowQuota("sale_order", Filter.all(), max, "sale.order", "[]");
        databases().configure(SHOP, tx -> {
            tx.enforce(declares(Capability.ROW_QUOTAS) ? List.of(quota) : List.of());
            return null;
        });
    }

    private void store(String text) {
        databases()
                .transact(
                        SHOP,
                        tx -> tx.records(RecordTypes.PARAMETERS)
                                .insert(new Parameter(0, UUID.randomUUID().toString(), text, true)));
    }

    private void assertContent(DatabaseRef database) {
        List<String> stored = databases()
                .transact(
                        database,
                        tx -> tx.records(RecordTypes.PARAMETERS).list(Query.all()).stream()
                                .map(Parameter::value)
                                .toList());
        assertThat(stored).contains(RECORD);
    }

    private void copyToAnotherName() {
        if (databases().transfer() != null) {
            Transfer transfer = transfer(databases());
            transfer.send(SHOP, content -> transfer.receive(RECEIVED, content));
            databases().drop(RECEIVED);
        }
    }

    private static void bounded(Runnable change) {
        Assertions.assertTimeoutPreemptively(BOUND, change::run);
    }

    /** A change inside an open database ends, and if it fails, it can be tried again. */
    private static void mayBeBusy(Runnable change) {
        bounded(() -> {
            try {
                change.run();
            } catch (SaasException e) {
                assertThat(e.category() == ErrorCategory.UNAVAILABLE
                                || e.code().equals(ErrorCodes.DATABASE_NOT_TRANSFERABLE))
                        .as(e.toString())
                        .isTrue();
            }
        });
    }
}
