// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.DatabaseLogin;
import dev.allotment.Saas;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.testing.MemoryBackend;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class TenantDataSourcesTest {
    private static final ServerId ONE = new ServerId(1);
    private static final ServerId OTHER = new ServerId(2);

    private final String run = UUID.randomUUID().toString();
    private final AtomicInteger logins = new AtomicInteger();
    private final AtomicLong nanos = new AtomicLong();
    private final List<TenantDataSources> opened = new ArrayList<>();
    private final List<Connection> anchors = new ArrayList<>();

    @AfterEach
    void close() throws SQLException {
        opened.forEach(TenantDataSources::close);
        for (Connection anchor : anchors) {
            anchor.close();
        }
    }

    private static Tenant tenant(String name, ServerId server) {
        return Tenant.builder(new UUID(1, name.hashCode()), name, server).build();
    }

    private static Tenant tenant(String name) {
        return tenant(name, ONE);
    }

    private DatabaseLogin login(Tenant tenant) {
        logins.incrementAndGet();
        return new DatabaseLogin("jdbc:h2:mem:" + run + tenant.name(), "sa", "");
    }

    private TenantDataSources open(TenantDataSources.Builder builder) {
        TenantDataSources sources = builder.build();
        opened.add(sources);
        return sources;
    }

    private TenantDataSources.Builder builder() {
        return TenantDataSources.builder(this::login, Tenant::serverId).acquireTimeout(Duration.ofMillis(300));
    }

    @Test
    void reusesConnectionsAndGivesEachToOneCallerAtATime() throws SQLException {
        TenantDataSources sources = open(builder());
        DataSource shop = sources.of(tenant("shop"));
        Connection first = shop.getConnection();
        Connection physical = first.unwrap(Connection.class);
        Connection second = shop.getConnection();

        assertThat(second.unwrap(Connection.class)).isNotSameAs(physical);
        assertThat(sources.acquiredConnections()).isEqualTo(2);
        first.close();
        first.close();
        assertThat(first.isClosed()).isTrue();
        assertThat(sources.acquiredConnections()).isOne();
        assertThatThrownBy(first::createStatement).isInstanceOf(SQLException.class);
        try (Connection third = shop.getConnection()) {
            assertThat(third.unwrap(Connection.class)).isSameAs(physical);
        }
        second.close();
        assertThat(sources.acquiredConnections()).isZero();
        assertThat(sources.reservedConnections()).isEqualTo(2);
    }

    /** Returns when a thread waits for a connection, or when the task got one despite the limit. */
    private static void awaitWaitingThread(TenantDataSources sources, Future<?> task) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (sources.waitingThreads() == 0 && !task.isDone() && System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
        assertThat(sources.waitingThreads()).describedAs("threads that wait").isOne();
    }

    @Test
    void makesCallersWaitAtTheLimitOfATenantAndNamesTheLimit() throws Exception {
        TenantDataSources sources = open(builder().maxConnectionsPerTenant(2).acquireTimeout(Duration.ofSeconds(20)));
        DataSource shop = sources.of(tenant("shop"));
        Connection first = shop.getConnection();
        try (Connection second = shop.getConnection()) {
            ExecutorService other = Executors.newSingleThreadExecutor();
            Future<Connection> waiting = other.submit(() -> shop.getConnection());
            awaitWaitingThread(sources, waiting);
            assertThat(waiting).isNotDone();
            first.close();
            waiting.get(10, TimeUnit.SECONDS).close();
            other.shutdown();
            assertThat(second.isClosed()).isFalse();
        }

        TenantDataSources impatient = open(builder().maxConnectionsPerTenant(1).acquireTimeout(Duration.ofMillis(1)));
        DataSource own = impatient.of(tenant("shop"));
        try (Connection inUse = own.getConnection()) {
            assertThatThrownBy(own::getConnection)
                    .isInstanceOf(SQLTransientConnectionException.class)
                    .hasMessageContainingAll("tenant shop", "within 1 ms", "at most 50", "at most 1 by one tenant");
            assertThat(inUse.isValid(1)).isTrue();
        }
        assertThat(impatient.acquiredConnections()).isZero();
    }

    @Test
    void closesTheLeastRecentlyUsedPoolButNoneInUse() throws SQLException {
        TenantDataSources sources = open(builder().maxConnections(3));
        Connection a = sources.of(tenant("a")).getConnection();
        sources.of(tenant("b")).getConnection().close();
        sources.of(tenant("c")).getConnection().close();
        sources.of(tenant("b")).getConnection().close();
        int before = logins.get();

        sources.of(tenant("d")).getConnection().close();
        assertThat(sources.openPools()).isEqualTo(3);
        sources.of(tenant("b")).getConnection().close();
        assertThat(logins.get() - before).describedAs("b was still open").isOne();
        sources.of(tenant("c")).getConnection().close();
        assertThat(logins.get() - before).describedAs("c was closed").isEqualTo(2);
        assertThat(a.isValid(1)).isTrue();
        a.close();
    }

    @Test
    void closesSpareConnectionsOfAPoolInUse() throws SQLException {
        TenantDataSources sources = open(builder().maxConnections(4));
        DataSource greedy = sources.of(tenant("greedy"));
        List<Connection> four = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            four.add(greedy.getConnection());
        }
        DataSource other = sources.of(tenant("other"));
        assertThatThrownBy(other::getConnection).isInstanceOf(SQLTransientConnectionException.class);
        for (Connection each : four.subList(1, 4)) {
            each.close();
        }
        try (Connection b = other.getConnection();
                Connection c = other.getConnection()) {
            assertThat(four.get(0).isValid(1) && b.isValid(1) && c.isValid(1)).isTrue();
            assertThat(sources.reservedConnections()).isEqualTo(4);
        }
        four.get(0).close();
        assertThat(sources.acquiredConnections()).isZero();
    }

    @Test
    void keepsToTheLimitOfEachServer() throws SQLException {
        TenantDataSources sources = open(builder().maxConnections(10).maxConnectionsPerServer(1));
        Connection a = sources.of(tenant("a", ONE)).getConnection();
        DataSource c = sources.of(tenant("c", ONE));
        try (Connection b = sources.of(tenant("b", OTHER)).getConnection()) {
            assertThatThrownBy(c::getConnection).hasMessageContaining("1 of at most 1 on its server");
            a.close();
            c.getConnection().close();
            assertThat(b.isValid(1)).isTrue();
        }
        assertThat(sources.openPools()).isEqualTo(2);
    }

    @Test
    void closesPoolsThatAreIdle() throws SQLException {
        TenantDataSources sources =
                open(builder().idleTimeout(Duration.ofSeconds(60)).ticker(nanos::get));
        sources.of(tenant("a")).getConnection().close();
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(30));
        Connection inUse = sources.of(tenant("used")).getConnection();
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(31));
        sources.of(tenant("c")).getConnection().close();
        assertThat(sources.openPools()).isEqualTo(2);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(61));
        sources.of(tenant("d")).getConnection().close();
        assertThat(sources.openPools()).isEqualTo(2);
        assertThat(inUse.isValid(1)).isTrue();
        inUse.close();
    }

    @Test
    void leaksNoConnectionsOfAnUnreachableDatabase() throws SQLException {
        TenantDataSources sources = open(TenantDataSources.builder(
                        tenant -> new DatabaseLogin("jdbc:h2:mem:" + run + tenant.name() + ";IFEXISTS=TRUE", "sa", ""),
                        Tenant::serverId)
                .maxConnections(1)
                .acquireTimeout(Duration.ofMillis(300)));
        DataSource gone = sources.of(tenant("gone"));
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(gone::getConnection).isInstanceOf(SQLException.class);
        }
        assertThat(sources.acquiredConnections()).isZero();
        anchor("jdbc:h2:mem:" + run + "here");
        sources.of(tenant("here")).getConnection().close();
        assertThat(sources.reservedConnections()).isOne();
    }

    @Test
    void followsATenantToAnotherServerWithoutWaiting() throws SQLException {
        String at = "jdbc:h2:mem:" + run;
        AtomicReference<ServerId> server = new AtomicReference<>(ONE);
        AtomicInteger asked = new AtomicInteger();
        TenantDataSources sources = open(TenantDataSources.builder(
                        tenant -> {
                            logins.incrementAndGet();
                            return new DatabaseLogin(at + tenant.name() + server.get() + ";IFEXISTS=TRUE", "sa", "");
                        },
                        tenant -> {
                            asked.incrementAndGet();
                            return server.get();
                        })
                .acquireTimeout(Duration.ofMinutes(5)));
        Connection old = anchor(at + "shop" + ONE);
        Tenant stale = tenant("shop");
        DataSource shop = sources.of(stale);
        Connection before = shop.getConnection();
        assertThat(asked).hasValue(0);
        before.unwrap(Connection.class).close();
        old.close();
        anchor(at + "shop" + OTHER);

        server.set(OTHER);
        try (Connection after = shop.getConnection()) {
            assertThat(after.getMetaData().getURL()).endsWith("shop" + OTHER);
        }
        assertThat(asked).hasValue(1);
        int known = logins.get();
        try (Connection fresh = sources.of(tenant("shop", OTHER)).getConnection()) {
            assertThat(fresh.getMetaData().getURL()).endsWith("shop" + OTHER);
        }
        assertThat(logins).as("another pool, which counts on the other server").hasValue(known + 1);
        assertThat(asked).hasValue(1);
    }

    private Connection anchor(String url) throws SQLException {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL(url);
        Connection anchor = source.getConnection("sa", "");
        anchors.add(anchor);
        return anchor;
    }

    @Test
    void closesAllConnectionsAndOpensNoMore() throws SQLException {
        TenantDataSources sources = open(builder());
        DataSource shop = sources.of(tenant("shop"));
        Connection acquired = shop.getConnection();
        sources.close();
        sources.close();
        acquired.close();

        assertThatThrownBy(shop::getConnection).isInstanceOf(SQLException.class).hasMessageContaining("closed");
    }

    @Test
    void theBuilderNamesEveryMistake() {
        TenantDataSources.Builder wrong = builder()
                .maxConnections(0)
                .maxConnectionsPerServer(-1)
                .maxConnectionsPerTenant(0)
                .acquireTimeout(Duration.ofSeconds(-1))
                .idleTimeout(Duration.ofSeconds(-2));
        assertThatThrownBy(wrong::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(
                        "maxConnections must",
                        "maxConnectionsPerServer",
                        "maxConnectionsPerTenant",
                        "acquireTimeout",
                        "idleTimeout");
    }

    @Test
    @Timeout(30)
    void failsAtOnceAfterTheControlPlaneWasClosed() throws SQLException {
        Saas saas = Saas.builder().backend(MemoryBackend.create()).open();
        TenantDataSources sources =
                open(TenantDataSources.builder(saas, this::login).acquireTimeout(Duration.ofMinutes(5)));
        DataSource known = sources.of(tenant("shop"));
        known.getConnection().close();
        assertThat(saas.isOpen()).isTrue();
        saas.close();

        assertThat(saas.isOpen()).isFalse();
        assertThatThrownBy(known::getConnection)
                .isInstanceOf(SQLNonTransientConnectionException.class)
                .hasMessageContaining("control plane has been closed");
    }

    @Test
    void connectsToTheTenantThatTheThreadWorksFor() throws Exception {
        List<String> switches = new ArrayList<>();
        TenantDataSources sources = open(builder().onSwitch(to -> {
            switches.add("to " + to.name());
            return () -> switches.add("back from " + to.name());
        }));
        CurrentTenant current = sources.currentTenant();
        Tenant shop = tenant("shop");

        current.runAs(shop, () -> {
            assertThat(catalog(sources.current())).isEqualToIgnoringCase(run + "shop");
            current.runAs(tenant("bar"), () -> {
                assertThat(catalog(sources.current())).isEqualToIgnoringCase(run + "bar");
            });
            current.runAs(shop, () -> assertThat(current.get()).isEqualTo(shop));
            assertThat(catalog(sources.current())).isEqualToIgnoringCase(run + "shop");
        });

        assertThat(switches).containsExactly("to shop", "to bar", "back from bar", "back from shop");
        assertThat(current.find()).isEmpty();
        assertThatThrownBy(() -> sources.current().getConnection())
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("works for no tenant");
        assertThatThrownBy(current::get).hasMessageContaining("works for no tenant");
    }

    @Test
    void goesBackToTheTenantBeforeWhenWorkFailsOrIsRefused() {
        TenantDataSources sources = open(builder().onSwitch(to -> {
            if (to.name().equals("refused")) {
                throw new IllegalStateException("no");
            }
            return () -> {};
        }));
        CurrentTenant current = sources.currentTenant();
        current.runAs(tenant("shop"), () -> {
            assertThatThrownBy(() -> current.runAs(tenant("bar"), () -> {
                        throw new IllegalArgumentException("broken");
                    }))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> current.runAs(tenant("refused"), () -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("no");
            assertThat(current.get()).isEqualTo(tenant("shop"));
        });
        assertThat(current.find()).isEmpty();
    }

    @Test
    void addsWhatAFrameworkDoesOnSwitchAndUndoesTheRestIfItRefuses() {
        List<String> switches = new ArrayList<>();
        TenantDataSources sources = open(builder().onSwitch(to -> {
            switches.add("first");
            return () -> switches.add("first back");
        }));
        CurrentTenant current = sources.currentTenant();
        current.onSwitch(to -> {
            if (to.name().equals("refused")) {
                throw new IllegalStateException("no");
            }
            switches.add("second");
            return () -> switches.add("second back");
        });

        current.runAs(tenant("shop"), () -> switches.add("work"));
        assertThat(switches).containsExactly("first", "second", "work", "second back", "first back");
        switches.clear();
        assertThatThrownBy(() -> current.runAs(tenant("refused"), () -> switches.add("work")))
                .hasMessage("no");
        assertThat(switches).containsExactly("first", "first back");
        assertThat(current.find()).isEmpty();
    }

    private static String catalog(DataSource source) {
        try (Connection connection = source.getConnection()) {
            return connection.getCatalog();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void servesFiveHundredTenantsWithinALimitOfFifty() throws Exception {
        Crowd.of(500, 50, this::login).work(8, 1_500);
    }
}
