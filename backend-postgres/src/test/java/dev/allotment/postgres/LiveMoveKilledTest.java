// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.SaasException;
import dev.allotment.postgres.server.PostgresSettings;
import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.Replication;
import dev.allotment.spi.backend.ReplicationSource;
import java.sql.SQLException;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Processes that are killed while they replicate a database to another server. */
final class LiveMoveKilledTest extends LiveMoves {
    private static final int KILLS = 20;
    /** The first kills hit the start of a move. */
    private static final int FEW_STATEMENTS = 30;

    /** If a process is killed before any of the statements of a call, the next one that repeats the call completes it. */
    @Test
    void canBeKilledBetweenAnyTwoStatements() throws SQLException {
        killEverywhere(
                side -> side.send(SHOP, name(1), content -> {
                    there.discard(COPY);
                    there.transfer().receive(COPY, content);
                }),
                () -> source.end(OPERATION, SHOP));
        replicate(1);
        int[] count = {0};
        killEverywhere(side -> side.settle(SHOP, name(1), ASIDE.name()), () -> {
            settle(1);
            DatabaseRef present = here.find(SHOP.uuid());
            assertThat(present).isEqualTo(ASIDE);
            here.rename(ASIDE, SHOP.name());
            here.open(SHOP);
            count[0]++;
            try {
                execute("INSERT INTO orders (note) VALUES ('after')");
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            catchUp(1);
        });
        settle(1);
        assertThat(server.value(COPY.name(), "SELECT count(*) FROM orders WHERE note = 'after'"))
                .isEqualTo(Integer.toString(count[0]));
        here.rename(ASIDE, SHOP.name());
        killEverywhere(side -> side.end(OPERATION, SHOP), () -> {
            source.end(OPERATION, SHOP);
            assertThat(source.operations()).isEmpty();
        });
    }

    /** Does what a node does that moves the database, or continues with that. */
    private static void move(Databases from, Databases to, int run) {
        Replication source = from.replication();
        Replication target = to.replication();
        if (!ASIDE.equals(from.find(SHOP.uuid()))) {
            if (target.followed(COPY) == null) {
                source.end(OPERATION, SHOP);
                to.discard(COPY);
                ReplicationSource address = source.source(SHOP);
                source.send(SHOP, name(run), content -> to.transfer().receive(COPY, content));
                target.follow(COPY, name(run), address);
            }
            String name = target.followed(COPY);
            target.hasten(COPY);
            do {
                from.open(SHOP);
                assertThat(source.behind(SHOP, name, MOST)).isZero();
            } while (!source.settle(SHOP, name, ASIDE.name()));
        }
        String name = target.followed(COPY);
        if (name != null) {
            target.unfollow(COPY, source.counters(ASIDE, name));
        }
        to.rename(COPY, SHOP.name());
    }

    @Test
    void losesNoCommitIfNodesAreKilledAtRandom() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Writer writer = new Writer();
        Thread thread = new Thread(writer, "writer");
        thread.start();
        PostgresSettings settings = settings(fixture.settings());
        int run = 1;
        for (boolean killed = true; killed; run++) {
            StatementKiller killer = new StatementKiller();
            try (Backend victim = new PostgresBackend(
                    settings, new ServerAccess(settings, PostgresBackend.CONTROL_STATEMENTS, killer))) {
                Databases calls = databases(victim, run);
                calls.list();
                killer.killAfter(run > KILLS ? Integer.MAX_VALUE : random.nextInt(FEW_STATEMENTS * run));
                move(calls, databases(elsewhere, run), run);
            } catch (StatementKiller.Killed | SaasException e) {
                assertThat(killer.hasKilled()).as("%s, seed %s", e, seed).isTrue();
            }
            killer.killAfter(Integer.MAX_VALUE);
            killed = killer.hasKilled();
        }
        there = databases(elsewhere, run);
        assertNothingIsLost(writer, thread);
    }

    private void killEverywhere(Consumer<Replication> call, Runnable repair) {
        PostgresSettings settings = settings(fixture.settings());
        boolean killed = true;
        for (int statements = 0; killed; statements++) {
            StatementKiller killer = new StatementKiller(false);
            try (Backend victim = new PostgresBackend(
                    settings, new ServerAccess(settings, PostgresBackend.CONTROL_STATEMENTS, killer))) {
                Databases calls = databases(victim, 1);
                calls.list();
                killer.killAfter(statements);
                call.accept(calls.replication());
            } catch (StatementKiller.Killed | SaasException e) {
                assertThat(killer.hasKilled()).as("%s", e).isTrue();
            }
            killer.killAfter(Integer.MAX_VALUE);
            killed = killer.hasKilled();
            repair.run();
        }
    }
}
