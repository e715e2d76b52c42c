// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.postgres.transfer.ReplicationInventory;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Copies of databases to another server while applications change them. */
final class LiveMoveTest extends LiveMoves {
    @Test
    void losesNoCommitOfAnApplicationThatWritesAllTheTime() throws Exception {
        Writer writer = new Writer();
        Thread thread = new Thread(writer, "writer");
        thread.start();
        replicate(1);
        catchUp(1);
        target.hasten(COPY);
        settle(1);
        arrive(1);
        assertNothingIsLost(writer, thread);
        assertThat(Duration.ofNanos(writer.longest)).isLessThan(Duration.ofSeconds(60));
    }

    /** An application may create them at any time, and replication would not carry them, or would stop it. */
    /** The other server stores how it connects, and may log it. */
    @Test
    void theOtherServerDoesNotGetThePasswordOfTheControlPlane() {
        String address = source.source(SHOP).address();
        String other = source.source(SHOP).address();

        assertThat(address)
                .contains("user='allotment_mover_")
                .doesNotContain("user='mover'")
                .doesNotContain(PostgresTestServer.Admin.MOVER.password())
                .isNotEqualTo(other);
        String role = address.replaceFirst(".*user='([^']*)'.*", "$1");
        assertThat(server.value(
                        "postgres",
                        "SELECT concat_ws(' ', rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, isfinite(rolvaliduntil))"
                                + " FROM pg_roles WHERE rolname = '" + role + "'"))
                .isEqualTo("f f f f t");
        assertThat(server.values(
                        "postgres",
                        "SELECT CAST(CAST(roleid AS regrole) AS text) FROM pg_auth_members WHERE member = '" + role
                                + "'::regrole"))
                .containsExactly(fixture.identity(SHOP).role());
    }

    @Test
    void namesWhatCannotBeReplicated() throws SQLException {
        execute(
                "CREATE TABLE \"Log\" (line text)",
                "CREATE UNLOGGED TABLE cache (id int PRIMARY KEY)",
                "CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM orders",
                "CREATE TABLE secret (id int PRIMARY KEY)",
                "ALTER TABLE secret FORCE ROW LEVEL SECURITY",
                "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
                "CREATE TRIGGER always AFTER INSERT ON orders EXECUTE FUNCTION nothing()",
                "ALTER TABLE orders ENABLE ALWAYS TRIGGER always",
                "ALTER DATABASE \"moved.example\" SET array_nulls = off",
                "ALTER DATABASE \"moved.example\" SET role = 'none'",
                "ALTER DATABASE \"moved.example\" SET statement_timeout = '1min'");
        assertThat(source.source(SHOP).obstacles())
                .containsExactlyInAnyOrder(
                        "table without a primary key public.\"Log\"",
                        "unlogged table public.cache",
                        "materialized view public.totals",
                        "forced policies of table public.secret",
                        "trigger always of public.orders, which also runs for replicated rows",
                        "setting array_nulls of the database or of the control plane's role",
                        "setting role of the database or of the control plane's role");
        assertThatThrownBy(() -> source.send(SHOP, name(1), content -> {
                    throw new AssertionError("it was read");
                }))
                .hasMessageContaining("cannot be replicated while it is open");
        execute("INSERT INTO \"Log\" VALUES ('x')", "UPDATE \"Log\" SET line = 'y'");
        assertThat(server.values(SHOP.name(), "SELECT pubname FROM pg_publication"))
                .isEmpty();
    }

    @Tag("long")
    @Test
    void copesWithTruncatedTablesButNotWithAFailoverOfTheNewServer() throws SQLException {
        replicate(1);
        catchUp(1);
        execute("CREATE TEMPORARY TABLE passing (id int)", "TRUNCATE orders");
        catchUp(1);
        settle(1);
        Map<String, String> counters = source.counters(ASIDE, name(1));
        assertThat(counters).containsKey("public.orders_id_seq");
        assertThat(server.value(COPY.name(), "SELECT count(*) FROM orders")).isEqualTo("0");

        // The comment has the server and its timeline, which is another one after a failover.
        String subscription = server.value("postgres", "SELECT subname FROM pg_subscription");
        server.execute(COPY.name(), "COMMENT ON SUBSCRIPTION \"" + subscription + "\" IS '1/00000001'");
        assertThatThrownBy(() -> target.followed(COPY)).hasMessageContaining("the new server failed over");
        assertThatThrownBy(() -> target.unfollow(COPY, counters))
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.DATABASE_NOT_TRANSFERABLE));
        target.unfollow(COPY, Map.of());
        assertThat(target.followed(COPY)).isNull();
    }

    /** Some of these leave no trace in what the database contains, but have put rows into other tables on the way. */
    @Test
    void noticesEveryChangeOfStructure() throws SQLException {
        execute(
                "CREATE SCHEMA blue",
                "CREATE TABLE blue.items (id int PRIMARY KEY)",
                "CREATE SCHEMA green",
                "CREATE TABLE green.items (id int PRIMARY KEY)",
                "CREATE TYPE colour AS ENUM ('red', 'grey')",
                "CREATE TYPE place AS (street text, town text)",
                "CREATE TABLE addresses (id int PRIMARY KEY, place place, colour colour)",
                "CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM orders WITH NO DATA");
        List<String> changes = List.of(
                // The columns stay the same, but the rows were written anew.
                "ALTER TABLE orders ALTER note TYPE text USING upper(note)",
                // The description of the database stays the same.
                "ALTER SCHEMA blue RENAME TO other; ALTER SCHEMA green RENAME TO blue; ALTER SCHEMA other RENAME TO green",
                "ALTER TABLE blue.items SET SCHEMA public; ALTER TABLE green.items SET SCHEMA blue;"
                        + " ALTER TABLE items SET SCHEMA green",
                "ALTER SCHEMA blue RENAME TO other; ALTER SCHEMA other RENAME TO blue",
                "ALTER TABLE blue.items RENAME TO other; ALTER TABLE blue.other RENAME TO items",
                "ALTER TYPE colour RENAME VALUE 'red' TO 'blue'; ALTER TYPE colour RENAME VALUE 'blue' TO 'red'",
                "ALTER TYPE place DROP ATTRIBUTE town; ALTER TYPE place ADD ATTRIBUTE town text",
                "REFRESH MATERIALIZED VIEW totals");
        try (Connection connection = server.connect(SHOP.name())) {
            ReplicationInventory inventory = ReplicationInventory.of(connection);
            for (String change : changes) {
                String publication = "allotment_" + changes.indexOf(change);
                inventory.publish(publication);
                inventory.checkAndNote(SHOP.name(), publication);
                execute(change);
                assertThatThrownBy(() -> inventory.checkQuickly(SHOP.name(), publication))
                        .as(change)
                        .hasMessageContaining("were changed meanwhile");
            }
        }
    }

    @Tag("long")
    @Test
    void leavesNothingThatTheApplicationCanReadOrChange() throws SQLException {
        replicate(1);
        String password = server.value("postgres", "SELECT subconninfo FROM pg_subscription");
        assertThat(password).contains("password=").contains("-c role=none").contains("-c wal_sender_timeout=60000");
        there.open(COPY);
        DatabaseLogin copy = there.login(COPY, PostgresFixture.PASSWORD);
        String publication = server.value(SHOP.name(), "SELECT pubname FROM pg_publication");
        String subscription = server.value("postgres", "SELECT subname FROM pg_subscription");
        assertThatThrownBy(() -> execute(copy, "SELECT subconninfo FROM pg_subscription"))
                .hasMessageContaining("permission denied");
        assertThatThrownBy(() -> execute(copy, "DROP SUBSCRIPTION \"" + subscription + "\""))
                .hasMessageContaining("must be owner");
        assertThatThrownBy(() -> execute("DROP PUBLICATION \"" + publication + "\""))
                .hasMessageContaining("must be owner");
        assertThatThrownBy(() -> execute("ALTER PUBLICATION \"" + publication + "\" DROP TABLE orders"))
                .hasMessageContaining("must be owner");

        String alter = "ALTER SUBSCRIPTION \"" + subscription + "\" ";
        server.execute(COPY.name(), alter + "DISABLE");
        assertThatThrownBy(() -> {
                    long end = System.nanoTime() + MOST.toNanos();
                    while (System.nanoTime() < end) {
                        ((PostgresReplication) source).behind(SHOP, name(1), Duration.ZERO, Duration.ofMillis(20));
                    }
                })
                .hasMessageContaining("has not connected to the old one");
        execute("DROP TABLE orders");
        assertThatThrownBy(() -> source.behind(SHOP, name(1), Duration.ZERO))
                .hasMessageContaining("were changed meanwhile");
        server.execute(COPY.name(), alter + "ENABLE");
        assertThatThrownBy(() -> source.behind(SHOP, name(1), MOST))
                .hasMessageContaining("were changed meanwhile")
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.DATABASE_NOT_TRANSFERABLE));
    }

    /** A run that was frozen wakes, and fails, while the run that has taken over replicates. */
    @Tag("long")
    @Test
    void endsNothingOfTheRunThatHasTakenOver() {
        replicate(2);
        String publication = server.value(SHOP.name(), "SELECT pubname FROM pg_publication");
        String left = '"' + publication.replace(name(2), "0".repeat(32) + "_3") + '"';
        server.execute(SHOP.name(), "CREATE PUBLICATION " + left, "ALTER PUBLICATION " + left + " OWNER TO mover");
        assertThatThrownBy(() -> source.send(SHOP, name(1), content -> {
                    throw new IllegalStateException("this run has lost its lease");
                }))
                .hasMessageContaining("has lost its lease");
        source.end(OPERATION, 2, SHOP);
        assertThat(server.values(SHOP.name(), "SELECT pubname FROM pg_publication"))
                .containsExactly(publication);
        catchUp(2);

        // The source ends first, since the maintenance looks at one server after the other.
        assertThat(source.operations()).containsExactly(OPERATION);
        source.end(OPERATION, null);
        assertThat(source.operations()).isEmpty();
        assertThat(server.values(SHOP.name(), "SELECT pubname FROM pg_publication"))
                .isEmpty();
        assertThatThrownBy(() -> source.behind(SHOP, name(2), MOST)).hasMessageContaining("has lost what was changed");
        assertThat(source.settle(SHOP, name(2), ASIDE.name())).isFalse();
        here.open(SHOP);
        // Its subscription has the password of the source, and would try to connect for ever.
        assertThat(target.operations()).containsExactly(OPERATION);
        target.end(OPERATION, null);
        assertThat(target.operations()).isEmpty();
        assertThat(server.values("postgres", "SELECT subname FROM pg_subscription"))
                .isEmpty();
    }
}
