// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * A tenant's application reaches neither another database nor the tables of the control plane, and nothing runs for it
 * with the rights of the control plane.
 */
public abstract class HostileReachContract extends HostileContract {
    /** For subclasses. */
    protected HostileReachContract() {}

    /** Attacks on other databases. */
    @TestFactory
    protected Stream<DynamicTest> reachAnotherDatabase() {
        return withstand(
                false,
                attack(
                        "the attacker's login in the victim's database",
                        tenant -> tenant.opensWith(tenant.victimLogin().url())),
                attack(
                        "the victim's user with the attacker's password",
                        tenant -> open(
                                tenant,
                                tenant.victimLogin().url(),
                                tenant.victimLogin().user(),
                                tenant.login().password())),
                attack(
                        "the victim's user without a password",
                        tenant -> open(
                                tenant,
                                tenant.victimLogin().url(),
                                tenant.victimLogin().user(),
                                "")),
                attack(
                        "the victim's user in the attacker's database",
                        tenant -> open(
                                tenant,
                                tenant.login().url(),
                                tenant.victimLogin().user(),
                                tenant.login().password())),
                attack(
                        "a database that a URL names in other letters",
                        tenant -> tenant.opensWith(
                                tenant.victimLogin().url().replace("victim.example", "VICTIM.example"))),
                attack(
                        "a database that a URL reaches by a path",
                        tenant -> tenant.opensWith(tenant.login().url() + "/../victim.example")),
                sql("the victim's table by a qualified name", "SELECT * FROM \"victim.example\".public.vault"),
                sql("the victim's table by a foreign key", "CREATE TABLE spy (c varchar(100) REFERENCES vault)"),
                sql("a synonym or a view of a table elsewhere", "CREATE VIEW spy AS SELECT * FROM vault"),
                attack(
                        "the attacker becomes the victim",
                        tenant -> tenant.attempt(
                                "SET ROLE \"" + tenant.victimLogin().user() + "\"",
                                "GRANT \"" + tenant.victimLogin().user() + "\" TO \""
                                        + tenant.login().user() + "\"",
                                "SET SESSION AUTHORIZATION \""
                                        + tenant.victimLogin().user() + "\"",
                                "ALTER USER \"" + tenant.victimLogin().user() + "\" SET PASSWORD 'mine'",
                                "ALTER USER \"" + tenant.victimLogin().user() + "\" PASSWORD 'mine'")));
    }

    private static void open(HostileTenant tenant, String url, String user, String password) {
        try (Connection connection = DriverManager.getConnection(url, user, password)) {
            throw new AssertionError("A login that is not the attacker's was accepted: "
                    + tenant.attempt(connection, "SELECT content FROM vault"));
        } catch (SQLException refused) {
            tenant.assertNoEffect("a refused login");
        }
    }

    /** Attacks on the tables that the control plane has in every tenant database. */
    @TestFactory
    protected Stream<DynamicTest> reachTheTablesOfTheControlPlane() {
        List<Attack> attacks = new ArrayList<>();
        for (RecordType<?> type : RecordTypes.database()) {
            String table = "allotment." + type.name();
            String column = type.fields().get(1).column();
            attacks.add(sql(
                    "reads and writes " + type.name(),
                    "SELECT * FROM " + table,
                    "SELECT " + column + " FROM " + table + " FOR UPDATE",
                    "UPDATE " + table + " SET " + column + " = " + column,
                    "DELETE FROM " + table,
                    "TRUNCATE TABLE " + table,
                    "ALTER TABLE " + table + " RENAME TO x",
                    "DROP TABLE " + table + " CASCADE"));
        }
        attacks.add(sql(
                "makes itself a member",
                "INSERT INTO allotment.members (login, name, active, share, owner, lang, tz, created_at)"
                        + " VALUES ('me', 'me', true, false, true, 'en', 'UTC', CURRENT_TIMESTAMP)"));
        attacks.add(sql(
                "pays for itself",
                "INSERT INTO allotment.parameters (key, value, hidden) VALUES ('plan', 'max', true)"));
        attacks.add(sql(
                "replaces the control plane's schema",
                "ALTER SCHEMA allotment RENAME TO x",
                "DROP SCHEMA allotment CASCADE",
                "CREATE SCHEMA allotment"));
        attacks.add(sql(
                "reads through a view, a copy or a key",
                "CREATE VIEW spy AS SELECT * FROM allotment.parameters",
                "SELECT * FROM spy",
                "CREATE TABLE copy_of AS SELECT * FROM allotment.parameters",
                "SELECT * FROM copy_of",
                "CREATE TABLE child (id bigint REFERENCES allotment.parameters)",
                "INSERT INTO child VALUES (1)"));
        attacks.add(sql(
                "hides a table of the control plane",
                "CREATE TABLE parameters (id bigint, key varchar(100), value varchar(100), hidden boolean)",
                "INSERT INTO parameters VALUES (1, 'hidden.key', 'mine', true)",
                "CREATE TABLE members (id bigint)",
                "CREATE TABLE schema_version (version integer)"));
        attacks.add(sql(
                "grants itself rights",
                "GRANT ALL ON allotment.parameters TO PUBLIC",
                "GRANT ALL ON SCHEMA allotment TO PUBLIC",
                "GRANT SELECT ON ALL TABLES IN SCHEMA allotment TO PUBLIC",
                "ALTER SCHEMA allotment OWNER TO CURRENT_USER",
                "SELECT * FROM allotment.parameters"));
        return withstand(false, attacks.toArray(Attack[]::new));
    }

    /** Attacks on the quota of a table, and on what guards it. */
    @TestFactory
    protected Stream<DynamicTest> actWithTheRightsOfTheControlPlane() {
        return withstand(
                true,
                sql(
                        "removes what enforces the quota",
                        "DROP TABLE sale_order",
                        "DROP TABLE sale_order CASCADE",
                        "ALTER TABLE sale_order DISABLE TRIGGER ALL",
                        "SET REFERENTIAL_INTEGRITY FALSE"),
                sql(
                        "exchanges the limited table",
                        "ALTER TABLE sale_order RENAME TO old_order",
                        "CREATE TABLE sale_order (id bigint, state varchar(20))"),
                sql(
                        "hides the limited table",
                        "CREATE TEMPORARY TABLE sale_order (id bigint, state varchar(20))",
                        "INSERT INTO public.sale_order (state) VALUES ('hidden')"),
                sql(
                        "inserts through a view",
                        "CREATE VIEW orders AS SELECT * FROM sale_order",
                        "INSERT INTO orders (state) VALUES ('more')"),
                sql(
                        "inserts many rows at once",
                        "INSERT INTO sale_order (state) SELECT state FROM sale_order",
                        "MERGE INTO sale_order s USING (SELECT 99 AS id) o ON s.id = o.id"
                                + " WHEN NOT MATCHED THEN INSERT (state) VALUES ('more')"),
                sql(
                        "raises the quota",
                        "UPDATE allotment.row_limits SET max_rows = 1000",
                        "DELETE FROM allotment.row_limits",
                        "UPDATE allotment.record_limits SET max_records = 1000",
                        "DELETE FROM allotment.record_limits"),
                sql(
                        "attaches code to the limited table",
                        "CREATE TABLE child () INHERITS (sale_order)",
                        "CREATE INDEX i ON sale_order (state)",
                        "CREATE RULE r AS ON INSERT TO sale_order DO INSTEAD NOTHING",
                        "ALTER TABLE sale_order ADD x bigint DEFAULT 1"),
                sql(
                        "moves or drops the schema of the limited table",
                        "ALTER SCHEMA public RENAME TO other",
                        "DROP SCHEMA public CASCADE",
                        "ALTER SCHEMA application RENAME TO other",
                        "DROP SCHEMA application CASCADE"),
                attack("inserts in transactions that see an older state", tenant -> {
                    for (int level :
                            List.of(Connection.TRANSACTION_REPEATABLE_READ, Connection.TRANSACTION_SERIALIZABLE)) {
                        try (Connection old = tenant.connect()) {
                            old.setTransactionIsolation(level);
                            old.setAutoCommit(false);
                            tenant.attempt(old, "SELECT count(*) FROM sale_order");
                            tenant.attempt(
                                    "DELETE FROM sale_order", "INSERT INTO sale_order (state) VALUES ('a'), ('b')");
                            tenant.attempt(old, "INSERT INTO sale_order (state) VALUES ('c'), ('d')", "COMMIT");
                        }
                    }
                }));
    }
}
