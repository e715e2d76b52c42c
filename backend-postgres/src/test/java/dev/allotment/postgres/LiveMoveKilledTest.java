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
import java.sql.SQLException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Processes that are killed while they replicate a database to another server. */
final class LiveMoveKilledTest extends LiveMoves {
    private Consumer<Replication> settling() {
        return side -> side.settle(SHOP, name(1), ASIDE.name());
    }

    /** If a process is killed before any of the statements of a call, the next one that repeats the call completes it. */
    @Test
    void canBeKilledBetweenAnyTwoStatements() throws SQLException {
        killEverywhere(
                side -> side.send(SHOP, name(1), content -> {
                    there.discard(COPY);
                    there.receive(COPY, content);
                }),
                () -> source.end(OPERATION, SHOP));
        replicate(1);
        int[] count = {0};
        killEverywhere(settling(), () -> {
            settling().accept(source);
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
        settling().accept(source);
        assertThat(server.value(COPY.name(), "SELECT count(*) FROM orders WHERE note = 'after'"))
                .isEqualTo(Integer.toString(count[0]));
        here.rename(ASIDE, SHOP.name());
        killEverywhere(side -> side.end(OPERATION, SHOP), () -> {
            source.end(OPERATION, SHOP);
            assertThat(source.operations()).isEmpty();
        });
    }

    private void killEverywhere(Consumer<Replication> call, Runnable repair) {
        PostgresSettings settings = settings(fixture.settings());
        boolean killed = true;
        for (int statements = 0; killed; statements++) {
            StatementKiller killer = new StatementKiller(false);
            try (Backend victim = new PostgresBackend(settings, new ServerAccess(settings, killer))) {
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
