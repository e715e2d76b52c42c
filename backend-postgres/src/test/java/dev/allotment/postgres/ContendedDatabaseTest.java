// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jdbc.Schema;
import dev.allotment.postgres.server.PostgresSettings;
import dev.allotment.postgres.server.Timeouts;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.FencingToken;
import dev.allotment.tck.BackendFixture;
import dev.allotment.tck.Siege;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What waits for locks of an application inside an open database ends soon, changes nothing, and can be repeated. */
final class ContendedDatabaseTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(21, 1));
    private static final int ROUNDS = 8;

    private final PostgresTestServer server = PostgresTestServer.shared();
    private final PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
    private final Backend backend = impatient();
    private final Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);

    /** A backend whose statements in tenant databases wait for locks only briefly. */
    private Backend impatient() {
        return impatient(PostgresBackend.TENANT_SCHEMA);
    }

    private Backend impatient(Schema tenantSchema) {
        Timeouts usual = Timeouts.DEFAULT;
        return new PostgresBackend(
                PostgresSettings.read(Settings.of(fixture.settings()))
                        .withTimeouts(new Timeouts(
                                Duration.ofMillis(300),
                                usual.statement(),
                                usual.script(),
                                usual.piece(),
                                usual.turn(),
                                usual.catalog(),
                                usual.silence(),
                                usual.grace())),
                tenantSchema);
    }

    @BeforeEach
    void make() {
        backend.catalog().migrate();
    }

    @AfterEach
    void close() {
        backend.close();
        fixture.close();
    }

    private DatabaseLogin open() {
        databases.create(SHOP);
        databases.open(SHOP);
        return databases.login(SHOP, PostgresFixture.PASSWORD);
    }

    private void configure() {
        databases.configure(SHOP, tx -> {
            tx.run("CREATE TABLE IF NOT EXISTS of_script (id int)");
            tx.enforce(List.of());
            return null;
        });
    }

    private static void assertCanBeRepeated(Runnable call) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(SaasException.class, e -> {
            assertThat(e.category()).isEqualTo(ErrorCategory.UNAVAILABLE);
            assertThat(e.retryable()).isTrue();
        });
    }

    @Test
    void aConfigurationBehindAQueueForASystemTableCanBeRepeatedUntilTheQueueEnds() {
        DatabaseLogin login = open();
        configure();
        try (Siege siege = new Siege(login, SHOP.name())) {
            siege.hold("SELECT count(*) FROM pg_class");
            siege.execute("VACUUM FULL pg_class");
            assertCanBeRepeated(this::configure);
            // Not the queue, which would let the next one through, but what it waits for.
            server.execute(
                    "postgres",
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE state = 'idle in transaction'"
                            + " AND usename = '" + login.user() + "'");
            while (siege.isAnyConnected()) {
                Thread.onSpinWait();
            }
            configure();

            siege.hold("SELECT count(*) FROM pg_class");
            siege.execute("VACUUM FULL pg_class");
            databases.close(SHOP);
            configure();
        }
    }

    /** The migration needs a lock that the application has. */
    @Test
    void aMigrationThatWaitsForAnApplicationCanBeRepeatedAndSucceedsOnceItIsClosed() {
        DatabaseLogin login = open();
        String me = '"' + login.user() + '"';
        server.execute(
                SHOP.name(),
                "CREATE TABLE public.sale_order (id int)",
                "ALTER TABLE public.sale_order OWNER TO keeper",
                "GRANT ALL ON public.sale_order TO " + me);
        try (Siege siege = new Siege(login, SHOP.name());
                Backend later = impatient(NextVersion.tenantSchema(
                        "LOCK TABLE public.sale_order; CREATE TABLE allotment.later (id bigint)"))) {
            Databases fresh = later.databases(BackendFixture.DEFAULT_SERVER);
            siege.hold("SELECT * FROM sale_order");
            siege.hold("ANALYZE");
            assertCanBeRepeated(() -> fresh.transact(SHOP, tx -> 1));
            assertThat(server.value(SHOP.name(), "SELECT max(version) FROM allotment.schema_version"))
                    .isEqualTo("1");
            fresh.close(SHOP);
            fresh.transact(SHOP, tx -> 1);
        }
        assertThat(server.value(SHOP.name(), "SELECT max(version) FROM allotment.schema_version"))
                .isEqualTo("2");
    }

    /** Two nodes claim the same spare at once. The server decides, in the transaction that renames it. */
    @Test
    void aSpareIsClaimedByOneOfTwoNodes() {
        try (Backend second = impatient()) {
            List<Databases> nodes = List.of(databases, second.databases(BackendFixture.DEFAULT_SERVER));
            for (int round = 1; round <= ROUNDS; round++) {
                DatabaseRef spare = new DatabaseRef("spare-" + round + ".example", new UUID(22, round));
                databases.create(spare);
                boolean sameOperation = round % 2 == 0;
                List<String> names = new ArrayList<>();
                CountDownLatch ready = new CountDownLatch(nodes.size());
                List<CompletableFuture<String>> claims = new ArrayList<>();
                for (int node = 0; node < nodes.size(); node++) {
                    long operation = sameOperation ? 1 : 1 + node;
                    String name = "claimed-" + operation + "-" + round + ".example";
                    names.add(name);
                    FencingToken token = new FencingToken(1, operation, new UUID(round, operation), 1);
                    Databases on = nodes.get(node).fencedBy(token);
                    claims.add(CompletableFuture.supplyAsync(() -> claim(on, spare, name, ready)));
                }
                List<String> outcomes =
                        claims.stream().map(CompletableFuture::join).toList();

                DatabaseRef now = databases.find(spare.uuid());
                assertThat(now).isNotNull();
                if (sameOperation) {
                    assertThat(outcomes).containsExactly("claimed", "claimed");
                    assertThat(now.name()).isEqualTo(names.get(0));
                } else {
                    assertThat(outcomes).containsExactlyInAnyOrder("claimed", "refused");
                    assertThat(now.name()).isEqualTo(names.get(outcomes.indexOf("claimed")));
                }
                databases.drop(now);
            }
        }
    }

    private static String claim(Databases on, DatabaseRef spare, String name, CountDownLatch ready) {
        ready.countDown();
        while (ready.getCount() > 0) {
            Thread.onSpinWait();
        }
        try {
            on.claim(spare, name);
            return "claimed";
        } catch (SaasException e) {
            assertThat(e.code()).isIn(ErrorCodes.DATABASE_UNKNOWN, ErrorCodes.OPERATION_TAKEN_OVER);
            return "refused";
        }
    }
}
