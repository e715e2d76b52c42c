// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import java.sql.SQLException;
import java.time.Duration;
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
                "ALTER TABLE orders ENABLE ALWAYS TRIGGER always");
        assertThat(source.source(SHOP).obstacles())
                .containsExactlyInAnyOrder(
                        "table without a primary key public.\"Log\"",
                        "unlogged table public.cache",
                        "materialized view public.totals",
                        "forced policies of table public.secret",
                        "trigger always of public.orders, which also runs for replicated rows");
        assertThatThrownBy(() -> source.send(SHOP, name(1), content -> {
                    throw new AssertionError("it was read");
                }))
                .hasMessageContaining("cannot be replicated while it is open");
        execute("INSERT INTO \"Log\" VALUES ('x')", "UPDATE \"Log\" SET line = 'y'");
        assertThat(server.values(SHOP.name(), "SELECT pubname FROM pg_publication"))
                .isEmpty();
    }

    @Test
    void refusesACopyOfADatabaseWhoseStructureChanged() throws SQLException {
        replicate(1);
        catchUp(1);
        execute("CREATE TEMPORARY TABLE passing (id int)", "TRUNCATE orders");
        catchUp(1);
        settle(1);
        assertThat(source.counters(ASIDE, name(1))).containsKey("public.orders_id_seq");
        assertThat(server.value(COPY.name(), "SELECT count(*) FROM orders")).isEqualTo("0");

        here.rename(ASIDE, SHOP.name());
        here.open(SHOP);
        // The columns stay the same, but the rows were written anew.
        execute("INSERT INTO orders (note) VALUES ('a')", "ALTER TABLE orders ALTER note TYPE text USING upper(note)");
        assertThatThrownBy(() -> source.counters(SHOP, name(1))).hasMessageContaining("were changed meanwhile");
        assertThatThrownBy(() -> source.behind(SHOP, name(1), MOST))
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.DATABASE_NOT_TRANSFERABLE));
    }

    @Test
    void leavesNothingThatTheApplicationCanReadOrChange() throws SQLException {
        replicate(1);
        String password = server.value("postgres", "SELECT subconninfo FROM pg_subscription");
        assertThat(password).contains("password=");
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
        execute("DROP TABLE orders");
        assertThatThrownBy(() -> source.behind(SHOP, name(1), MOST)).hasMessageContaining("were changed meanwhile");
    }

    @Test
    void noticesThatTheServerHasNotKeptTheChanges() {
        replicate(1);
        catchUp(1);
        source.endEarlier(SHOP, name(1));
        assertThat(source.operations())
                .as("a run that was frozen ends nothing of its own number or a greater one")
                .containsExactly(OPERATION);
        source.endEarlier(SHOP, name(10));
        assertThat(source.operations()).isEmpty();
        assertThat(server.values(SHOP.name(), "SELECT pubname FROM pg_publication"))
                .isEmpty();
        assertThatThrownBy(() -> source.behind(SHOP, name(1), MOST)).hasMessageContaining("has lost what was changed");
        assertThat(source.settle(SHOP, name(1), ASIDE.name())).isFalse();
        here.open(SHOP);
    }
}
