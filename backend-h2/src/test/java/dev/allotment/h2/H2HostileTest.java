// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.tck.HostileTenant;
import dev.allotment.tck.Siege;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serial;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * H2 runs in the process of the control plane, with its rights on files and its Java classes. An application reaches
 * none of them, as the owner of its schema and as the user that only has rights on rows. The kit has the attacks that
 * do not depend on H2.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class H2HostileTest {
    private static final String LOOT = "allotment.test.loot";

    /** Shows that an attack ran Java code in this process. */
    public static final class Trap implements Serializable {
        @Serial
        private static final long serialVersionUID = 1L;

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            System.setProperty(LOOT, "deserialized");
        }
    }

    private record Attack(String name, List<String> statements) {}

    private static Attack attack(String name, String... statements) {
        return new Attack(name, List.of(statements));
    }

    private static final List<Attack> CODE = List.of(
            attack(
                    "an alias with source code",
                    "CREATE ALIAS hack AS $$ void hack() { System.setProperty(\"" + LOOT + "\", \"alias\"); } $$",
                    "CALL hack()"),
            attack(
                    "an alias for a method of Java",
                    "CREATE ALIAS hack FOR 'java.lang.System.setProperty(java.lang.String,java.lang.String)'",
                    "CALL hack('" + LOOT + "', 'method')",
                    "CREATE ALIAS hack FOR \"java.lang.Runtime.getRuntime\""),
            attack(
                    "a trigger with source code, and one with a class of the control plane",
                    "CREATE TRIGGER hack BEFORE INSERT ON sale_order AS '//javascript\njava.lang.System.exit(1)'",
                    "CREATE TRIGGER hack BEFORE INSERT ON sale_order CALL 'dev.allotment.h2.RowLimitTrigger'",
                    "CREATE TRIGGER row_limit_1_before BEFORE INSERT ON sale_order CALL 'dev.allotment.h2.RowLimitTrigger'",
                    "INSERT INTO sale_order (state) VALUES ('a')"),
            attack(
                    "an aggregate and a storage engine",
                    "CREATE AGGREGATE hack FOR 'dev.allotment.h2.H2HostileTest$Trap'",
                    "CREATE TABLE hack (id integer) ENGINE \"dev.allotment.h2.H2HostileTest$Trap\"",
                    "CREATE DOMAIN hack AS JAVA_OBJECT DEFAULT X'00'"),
            attack("serialized objects", serialized()),
            attack(
                    "a listener, a serializer and an authenticator",
                    "SET DATABASE_EVENT_LISTENER 'dev.allotment.h2.H2HostileTest$Trap'",
                    "SET JAVA_OBJECT_SERIALIZER 'dev.allotment.h2.H2HostileTest$Trap'",
                    "SET AUTHENTICATOR TRUE",
                    "SET BUILTIN_ALIAS_OVERRIDE TRUE"));

    private static String[] serialized() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(new Trap());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String object = "CAST(X'" + HexFormat.of().formatHex(bytes.toByteArray()) + "' AS JAVA_OBJECT)";
        List<String> statements = new ArrayList<>();
        for (String type : List.of(
                "VARCHAR", "UUID", "INTEGER", "GEOMETRY", "JSON", "VARBINARY", "BLOB", "BOOLEAN", "INTEGER ARRAY")) {
            statements.add("SELECT CAST(" + object + " AS " + type + ")");
        }
        statements.add("SELECT " + object + " = " + object + ", " + object + " < X'00'");
        statements.add("CREATE TABLE objects (o JAVA_OBJECT PRIMARY KEY)");
        statements.add("INSERT INTO objects VALUES (" + object + ")");
        statements.add("SELECT count(*), max(o) IS NULL FROM objects GROUP BY o");
        statements.add("ANALYZE TABLE objects");
        statements.add("DROP TABLE objects");
        return statements.toArray(String[]::new);
    }

    private static final List<Attack> FILES = List.of(
            attack(
                    "reads files",
                    "SELECT FILE_READ('%s/key', 'UTF-8')",
                    "SELECT UTF8TOSTRING(FILE_READ('classpath:dev/allotment/h2/database/001-records.sql'))",
                    "SELECT * FROM CSVREAD('%s/key')",
                    "SELECT * FROM CSVREAD('file:%s/key', NULL, 'charset=UTF-8')",
                    "SELECT * FROM CSVREAD('zip:%s/key!/x')",
                    "INSERT INTO sale_order (state) SELECT * FROM CSVREAD('%s/key')",
                    "CREATE TABLE lines AS SELECT * FROM CSVREAD('%s/key')"),
            attack(
                    "writes files",
                    "SELECT FILE_WRITE(X'00', '%s/stolen')",
                    "CALL CSVWRITE('%s/stolen', 'SELECT 1')",
                    "SCRIPT TO '%s/stolen'",
                    "SCRIPT DROP TO '%s/stolen' TABLE sale_order",
                    "BACKUP TO '%s/stolen'",
                    "SET TRACE_LEVEL_FILE 3",
                    "SET TRACE_MAX_FILE_SIZE 1000",
                    "SHUTDOWN SCRIPT"),
            attack(
                    "runs scripts",
                    "RUNSCRIPT FROM '%s/key'",
                    "RUNSCRIPT FROM 'classpath:x.sql'",
                    "RUNSCRIPT FROM '%s/../x'"),
            attack(
                    "links tables of other databases, through files and the network",
                    "CREATE LINKED TABLE spy(NULL, 'jdbc:h2:%s/catalog', 'sa', '', 'tenants')",
                    "CREATE LINKED TABLE spy(NULL, '%u', 'sa', '', 'vault')",
                    "CREATE LINKED TABLE spy('javax.naming.InitialContext', 'ldap://127.0.0.1:1/x', 'sa', '', 'x')",
                    "CALL LINK_SCHEMA('spy', '', 'jdbc:h2:%s/catalog', 'sa', '', 'allotment')",
                    "CREATE FORCE LINKED TABLE spy(NULL, 'jdbc:h2:mem:spy', 'sa', '', 'x')"));

    private static final List<Attack> CONTROL = List.of(
            attack(
                    "becomes an administrator",
                    "ALTER USER application ADMIN TRUE",
                    "ALTER USER limited_application ADMIN TRUE",
                    "ALTER USER sa SET PASSWORD 'mine'",
                    "ALTER USER sa SET SALT X'00' HASH X'00'",
                    "CREATE USER mine PASSWORD 'mine' ADMIN",
                    "DROP USER sa",
                    "ALTER USER sa RENAME TO mine"),
            attack(
                    "grants itself rights",
                    "CREATE ROLE mine",
                    "GRANT ALTER ANY SCHEMA TO PUBLIC",
                    "GRANT ALL ON SCHEMA allotment TO PUBLIC",
                    "GRANT SELECT ON allotment.parameters TO application",
                    "ALTER SCHEMA allotment RENAME TO mine"),
            attack(
                    "reads what the system tables say of others",
                    "SELECT * FROM information_schema.users",
                    "SELECT * FROM information_schema.settings",
                    "SELECT * FROM information_schema.sessions",
                    "SELECT * FROM information_schema.locks",
                    "SELECT * FROM information_schema.in_doubt",
                    "SELECT * FROM information_schema.query_statistics",
                    "SELECT * FROM information_schema.session_state",
                    "SELECT * FROM information_schema.rights",
                    "SELECT * FROM information_schema.triggers",
                    "SELECT view_definition FROM information_schema.views",
                    "SELECT DB_OBJECT_SQL('USER', 'SA')",
                    "SELECT DB_OBJECT_SQL('TABLE', 'allotment', 'parameters')",
                    "EXPLAIN ANALYZE SELECT * FROM allotment.parameters",
                    "TABLE allotment.parameters",
                    "SCRIPT NODATA",
                    "HELP"),
            attack(
                    "reads through a view, a query and a table of its own",
                    "CREATE VIEW spy AS SELECT * FROM allotment.parameters",
                    "CREATE FORCE VIEW spy AS SELECT * FROM allotment.parameters",
                    "CREATE OR REPLACE FORCE VIEW spy AS SELECT * FROM allotment.credentials",
                    "SELECT * FROM spy",
                    "CREATE SYNONYM IF NOT EXISTS other FOR allotment.parameters",
                    "SELECT * FROM other",
                    "SELECT * FROM (SELECT * FROM allotment.parameters) p",
                    "WITH p AS (SELECT * FROM allotment.parameters) SELECT * FROM p",
                    "SELECT (SELECT max(\"value\") FROM allotment.parameters)",
                    "MERGE INTO allotment.parameters USING DUAL ON TRUE WHEN MATCHED THEN DELETE",
                    "CREATE TABLE child (id bigint REFERENCES allotment.parameters)",
                    "CREATE MATERIALIZED VIEW seen AS SELECT * FROM allotment.parameters"),
            attack(
                    "changes settings of the database",
                    "SET DB_CLOSE_DELAY -1",
                    "SET CLUSTER 'x'",
                    "SET ALLOW_LITERALS NONE",
                    "SET EXCLUSIVE TRUE",
                    "SET EXCLUSIVE 2",
                    "SET MODE Oracle",
                    "SET CACHE_SIZE 1",
                    "SET WRITE_DELAY 100000",
                    "SET RETENTION_TIME 0",
                    "SET MAX_MEMORY_ROWS 1",
                    "SET MAX_OPERATION_MEMORY 1",
                    "SET MAX_LENGTH_INPLACE_LOB 1000000000",
                    "SET COLLATION GERMAN",
                    "SET IGNORECASE TRUE",
                    "SET DEFAULT_TABLE_TYPE MEMORY",
                    "SET DEFAULT_LOCK_TIMEOUT 1",
                    "SET LOCK_MODE 0",
                    "SET REFERENTIAL_INTEGRITY FALSE",
                    "SET QUERY_STATISTICS TRUE",
                    "SET OPTIMIZE_REUSE_RESULTS 0",
                    "SET DEFAULT_NULL_ORDERING LOW",
                    "SET CREATE_BUILD 1"),
            attack(
                    "shuts its database down",
                    "SHUTDOWN",
                    "SHUTDOWN IMMEDIATELY",
                    "SHUTDOWN COMPACT",
                    "SHUTDOWN DEFRAG",
                    "CHECKPOINT",
                    "CHECKPOINT SYNC",
                    "DROP ALL OBJECTS DELETE FILES"),
            attack(
                    "ends sessions of others",
                    "SELECT ABORT_SESSION(s) FROM SYSTEM_RANGE(1, 20) r(s)",
                    "SELECT CANCEL_SESSION(s) FROM SYSTEM_RANGE(1, 20) r(s)"),
            attack(
                    "leaves a transaction in doubt",
                    "SET AUTOCOMMIT OFF",
                    "INSERT INTO sale_order (state) VALUES ('held')",
                    "PREPARE COMMIT mine",
                    "COMMIT TRANSACTION mine",
                    "ROLLBACK TRANSACTION mine"),
            attack(
                    "changes its password and its schema",
                    "SET PASSWORD 'mine'",
                    "ALTER USER application SET PASSWORD 'mine'",
                    "ALTER USER application RENAME TO mine",
                    "ALTER SCHEMA application RENAME TO mine",
                    "SET SCHEMA allotment",
                    "SET SCHEMA_SEARCH_PATH allotment, application"));

    @TempDir
    static Path folder;

    private Backend backend;
    /** The attacker of the present group. */
    private @Nullable HostileTenant tenant;

    private boolean isLimited;

    @BeforeAll
    void open() {
        System.clearProperty(LOOT);
        backend = new H2BackendProvider().open(Settings.of(Map.of("path", folder.toString())));
        backend.catalog().migrate();
    }

    @AfterAll
    void close() {
        leave();
        backend.close();
    }

    @TestFactory
    Stream<DynamicTest> runNoCodeInTheProcess() {
        return withstand(CODE);
    }

    @TestFactory
    Stream<DynamicTest> reachNoFilesAndNoOtherDatabases() {
        return withstand(FILES);
    }

    @TestFactory
    Stream<DynamicTest> takeNothingFromTheControlPlane() {
        return withstand(CONTROL);
    }

    /** Each attack is made as the owner of the schema, and as the user with rights on rows. */
    private Stream<DynamicTest> withstand(List<Attack> attacks) {
        List<DynamicTest> tests = new ArrayList<>();
        for (boolean limited : new boolean[] {false, true}) {
            String user = limited ? "as a user of rows" : "as the owner";
            for (Attack attack : attacks) {
                tests.add(DynamicTest.dynamicTest(attack.name() + ", " + user, () -> withstand(attack, limited)));
            }
        }
        return tests.stream();
    }

    private void withstand(Attack attack, boolean limited) {
        if (limited != isLimited || tenant == null) {
            leave();
            tenant = tenant(limited);
            isLimited = limited;
        }
        HostileTenant attacker = tenant;
        attacker.attempt(attack.statements().stream()
                .map(sql -> sql.replace("%s", folder.toString())
                        .replace("%u", attacker.victimLogin().url()))
                .toArray(String[]::new));
        attacker.assertNoEffect(attack.name());
    }

    private void leave() {
        if (tenant != null) {
            tenant.close();
            tenant = null;
        }
    }

    private HostileTenant tenant(boolean limited) {
        HostileTenant made = new HostileTenant(backend, limited);
        // A user or a schema that the attacker damaged is repaired when the attacker connects again.
        made.assertNoEffect("no attack");
        made.watch("code that ran", () -> String.valueOf(System.getProperty(LOOT)));
        made.watch("files", this::files);
        made.watch("users", () -> administrator(made, "SELECT user_name, is_admin FROM information_schema.users"));
        made.watch("rights", () -> administrator(made, """
                SELECT grantee, grantedrole, rights, table_schema, table_name FROM information_schema.rights
                """));
        made.watch("settings", () -> administrator(made, """
                SELECT setting_name, setting_value FROM information_schema.settings
                WHERE setting_name NOT LIKE 'info.%' AND setting_name NOT LIKE 'property.%'
                """));
        return made;
    }

    private Map<String, Boolean> files() {
        Map<String, Boolean> found = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(folder)) {
            walk.forEach(each -> found.put(folder.relativize(each).toString(), Files.isDirectory(each)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private List<String> administrator(HostileTenant in, String sql) {
        String url = "jdbc:h2:allotment:0:file:"
                + folder.resolve("databases/db-" + in.database().name()) + "/"
                + in.database().uuid() + ";IFEXISTS=TRUE";
        List<String> found = new ArrayList<>();
        try (Connection open = in.connect();
                Connection connection = DriverManager.getConnection(
                        url, "sa", Files.readString(folder.resolve("key"), StandardCharsets.UTF_8));
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(open.isValid(5)).isTrue();
            while (rows.next()) {
                List<String> row = new ArrayList<>();
                for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
                    row.add(rows.getString(column));
                }
                found.add(row.toString());
            }
        } catch (SQLException | IOException e) {
            throw new AssertionError("The administrator could not look into a database", e);
        }
        found.sort(null);
        return found;
    }

    /** H2 cannot cancel it: it hashes for some seconds without looking up. */
    @Test
    void aStatementThatCannotBeCancelledKeepsNoDatabaseFromBeingClosedAndDropped() throws SQLException {
        leave();
        try (HostileTenant slow = new HostileTenant(backend, false);
                Connection idle = slow.connect();
                Siege siege = new Siege(slow.login(), slow.database().name())) {
            siege.execute("SELECT HASH('SHA-256', STRINGTOUTF8(state), 3000000) FROM sale_order LIMIT 1");
            slow.databases().close(slow.database());
            assertThat(idle.isValid(5)).isFalse();
            assertThat(slow.opensWith(slow.login().url())).isFalse();
            slow.databases().drop(slow.database());
            assertThat(slow.databases().remains(slow.database())).doesNotContainValue(true);
        }
    }
}
