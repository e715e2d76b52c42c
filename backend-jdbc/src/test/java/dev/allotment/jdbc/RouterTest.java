// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.PoolUse;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RouterTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(50);

    private final AtomicLong ticker = new AtomicLong();
    private final AtomicInteger opened = new AtomicInteger();
    private final Set<Connection> live = ConcurrentHashMap.newKeySet();
    private final AtomicInteger most = new AtomicInteger();
    private volatile CountDownLatch closing = new CountDownLatch(0);
    private volatile CountDownLatch mayClose = new CountDownLatch(0);

    @Test
    void reusesAConnectionForTheSameDatabase() throws SQLException {
        try (Router<String> router = router(2, LONG)) {
            use(router.to("a"));
            use(router.to("a"));
            assertThat(opened).hasValue(1);
            assertThat(router.openConnections()).isEqualTo(1);
        }
    }

    @Test
    void aConnectionOfACallerIsUsedNextAndTakesThePlaceOfTheOldest() throws SQLException {
        try (Router<String> router = router(1, SHORT)) {
            use(router.to("a"));
            Connection mine = open();
            router.add("b", mine);
            assertThat(live).containsExactly(mine);
            assertThat(router.openConnections()).isEqualTo(1);

            assertThat(router.to("b").acquire()).isSameAs(mine);
            router.add("c", open());
            assertThat(live).as("while all are in use").containsExactly(mine);
            router.to("b").release(mine, true);
            router.exclusively(List.of("c"), alone -> {
                router.add("c", open());
                return null;
            });
            assertThat(live).as("while another caller is alone").containsExactly(mine);
        }
        assertThat(live).isEmpty();
    }

    @Test
    void oneDatabaseLeavesConnectionsForTheOthers() throws SQLException {
        try (Router<String> router = router(20, SHORT)) {
            for (int i = 0; i < 4; i++) {
                router.to("a").acquire();
            }
            assertThatThrownBy(() -> router.to("a").acquire())
                    .isInstanceOfSatisfying(
                            SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE));
            use(router.to("b"));
        }
        try (Router<String> small = router(2, SHORT)) {
            small.to("a").acquire();
            use(small.to("b"));
            assertThatThrownBy(() -> small.to("a").acquire()).isInstanceOf(SaasException.class);
        }
    }

    @Test
    void onlyOneCallerTriesASlowDatabaseAgain() throws SQLException {
        try (Router<String> router = router(20, LONG)) {
            Connections slow = router.to("a");
            Connection late = slow.acquire();
            slow.ended(SqlDialect.Failure.BUSY);
            slow.release(late, true);

            Connection attempt = slow.acquire();
            assertThatThrownBy(slow::acquire)
                    .isInstanceOfSatisfying(
                            SaasException.class, e -> assertThat(e.retryable()).isTrue());
            use(router.to("b"));
            slow.ended(null);
            use(slow);
            slow.release(attempt, true);
            use(slow);
        }
    }

    @Test
    void slowDatabasesTogetherUseAPartOfTheConnections() throws SQLException {
        try (Router<String> router = router(8, LONG)) {
            for (String database : List.of("a", "b", "c")) {
                router.to(database).ended(SqlDialect.Failure.SILENT);
            }
            router.to("a").acquire();
            router.to("b").acquire();
            assertThatThrownBy(() -> router.to("c").acquire()).isInstanceOf(SaasException.class);
            use(router.to("d"));

            ticker.addAndGet(Duration.ofSeconds(31).toNanos());
            use(router.to("c"));
        }
    }

    @Test
    void aSlowDatabaseIsStillAvailableForExclusiveUse() {
        try (Router<String> router = router(8, LONG)) {
            router.to("a").ended(SqlDialect.Failure.BUSY);
            router.exclusively(List.of("a"), alone -> {
                try {
                    use(alone.to("a"));
                    Connection first = alone.to("a").acquire();
                    use(alone.to("a"));
                    alone.to("a").release(first, true);
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
                return null;
            });
        }
    }

    @Test
    void saysHowManyConnectionsAreInUse() throws Exception {
        try (Router<String> router = router(2, LONG)) {
            Connections connections = router.to("a");
            Connection first = connections.acquire();
            use(router.to("b"));
            assertThat(router.use("tenants")).isEqualTo(new PoolUse("tenants", 1, 1, 0, 2));

            Thread waiting = new Thread(() -> use(connections));
            waiting.start();
            while (router.use("tenants").waiting() == 0) {
                Thread.onSpinWait();
            }
            connections.release(first, true);
            waiting.join();
            assertThat(router.use("tenants").waiting()).isZero();
            assertThat(router.use("tenants").busy()).isZero();
        }
    }

    @Test
    void doesNotUseAnOldConnection() throws SQLException {
        try (Router<String> router = router(2, LONG)) {
            use(router.to("a"));
            ticker.addAndGet(Duration.ofMinutes(31).toNanos());
            Connection fresh = router.to("a").acquire();
            assertThat(opened).hasValue(2);
            assertThat(live).hasSize(1);
            ticker.addAndGet(Duration.ofMinutes(31).toNanos());
            router.to("a").release(fresh, true);
            assertThat(live).isEmpty();
            assertThat(router.openConnections()).isZero();
        }
    }

    @Test
    void closesTheIdleConnectionsOfADatabaseThatLostOne() throws SQLException {
        try (Router<String> router = router(8, LONG)) {
            Connection first = router.to("a").acquire();
            Connection second = router.to("a").acquire();
            router.to("a").release(second, true);
            use(router.to("b"));
            router.to("a").ended(SqlDialect.Failure.UNREACHABLE);
            router.to("a").release(first, false);
            assertThat(live).hasSize(1);
            use(router.to("b"));
            assertThat(opened).hasValue(3);
        }
    }

    @Test
    void closesTheConnectionThatWasIdleForLongestToMakeRoom() throws SQLException {
        try (Router<String> router = router(2, LONG)) {
            use(router.to("a"));
            use(router.to("b"));
            use(router.to("a"));
            use(router.to("c"));
            assertThat(live).hasSize(2);
            use(router.to("a"));
            assertThat(opened).hasValue(3);
            use(router.to("b"));
            assertThat(opened).hasValue(4);
            assertThat(most).hasValue(2);
        }
    }

    @Test
    void closesAConnectionInAnUnknownState() throws SQLException {
        try (Router<String> router = router(2, LONG)) {
            Connections connections = router.to("a");
            connections.release(connections.acquire(), false);
            assertThat(live).isEmpty();
            assertThat(router.openConnections()).isZero();
        }
    }

    @Test
    void failsWhenNoConnectionBecomesFreeInTime() throws SQLException {
        try (Router<String> router = router(1, SHORT)) {
            Connections connections = router.to("a");
            Connection connection = connections.acquire();
            assertThatThrownBy(() -> router.to("b").acquire()).isInstanceOfSatisfying(SaasException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
                assertThat(e.retryable()).isTrue();
            });
            connections.release(connection, true);
            use(router.to("b"));
        }
    }

    @Test
    void aFailureToConnectUsesNoCapacity() throws SQLException {
        try (Router<String> router = new Router<>(1, SHORT, key -> {
            throw new SQLException("down", "08001");
        })) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> router.to("a").acquire()).isInstanceOf(SQLException.class);
            }
            assertThat(router.openConnections()).isZero();
        }
    }

    @Test
    void exclusiveAccessWaitsForOthersAndClosesTheirConnections() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (Router<String> router = router(2, LONG)) {
            Connections connections = router.to("a");
            Connection used = connections.acquire();
            CountDownLatch waiting = new CountDownLatch(1);
            Future<Integer> exclusive = threads.submit(() -> {
                waiting.countDown();
                return router.exclusively(List.of("a", "b"), access -> {
                    access.closeConnections();
                    return live.size();
                });
            });
            waiting.await();
            use(router.to("c"));
            assertThat(exclusive.isDone()).isFalse();
            connections.release(used, true);
            assertThat(exclusive.get()).as("only the connection to c is left").isEqualTo(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void exclusiveAccessWaitsForAConnectionThatIsBeingClosedForAnotherDatabase() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (Router<String> router = router(1, LONG)) {
            use(router.to("a"));
            closing = new CountDownLatch(1);
            mayClose = new CountDownLatch(1);
            Future<?> other = threads.submit(() -> use(router.to("b")));
            closing.await();
            Future<Boolean> exclusive =
                    threads.submit(() -> router.exclusively(List.of("a"), access -> mayClose.getCount() == 0));
            assertThatThrownBy(() -> exclusive.get(50, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            mayClose.countDown();
            assertThat(exclusive.get()).isTrue();
            other.get();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void refusesOtherCallersDuringExclusiveAccess() throws SQLException {
        try (Router<String> router = router(2, SHORT)) {
            router.exclusively(List.of("a"), access -> {
                assertThatThrownBy(() -> router.to("a").acquire()).isInstanceOf(SaasException.class);
                use(access.to("a"));
                use(router.to("b"));
                return null;
            });
            use(router.to("a"));
        }
    }

    @Test
    void theDatabaseStaysUsableAfterExclusiveAccessTimesOut() throws SQLException {
        try (Router<String> router = router(4, SHORT)) {
            Connections connections = router.to("a");
            Connection used = connections.acquire();
            assertThatThrownBy(() -> router.exclusively(List.of("a"), access -> null))
                    .isInstanceOf(SaasException.class);
            use(connections);
            connections.release(used, true);
        }
    }

    @Test
    void closesIdleConnectionsAndRefusesNewOnes() throws SQLException {
        Router<String> router = router(3, LONG);
        Connections connections = router.to("a");
        Connection used = connections.acquire();
        use(router.to("b"));
        router.close();
        assertThat(live).as("only the connection in use is left").hasSize(1);
        connections.release(used, true);
        assertThat(live).isEmpty();
        assertThatThrownBy(connections::acquire)
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.BACKEND_CLOSED));
    }

    @Test
    void eightThreadsShareTwoConnectionsToFiveDatabases() throws Exception {
        Set<String> exclusiveKeys = ConcurrentHashMap.newKeySet();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (Router<String> router = router(2, LONG)) {
            List<Future<?>> done = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                int first = thread;
                done.add(threads.submit(() -> {
                    for (int i = 0; i < 500; i++) {
                        String key = "database" + (first + i) % 5;
                        if (i % 50 == first) {
                            router.exclusively(List.of(key), access -> {
                                assertThat(exclusiveKeys.add(key)).isTrue();
                                access.closeConnections();
                                use(access.to(key));
                                exclusiveKeys.remove(key);
                                return null;
                            });
                        } else {
                            Connections connections = router.to(key);
                            Connection connection = take(connections);
                            assertThat(exclusiveKeys).doesNotContain(key);
                            connections.release(connection, i % 7 != 0);
                        }
                    }
                }));
            }
            for (Future<?> each : done) {
                each.get();
            }
            assertThat(most).hasValueLessThanOrEqualTo(2);
            assertThat(router.openConnections()).isEqualTo(live.size()).isLessThanOrEqualTo(2);
        } finally {
            threads.shutdownNow();
        }
        assertThat(live).isEmpty();
    }

    private static void use(Connections connections) {
        connections.release(take(connections), true);
    }

    private static Connection take(Connections connections) {
        try {
            return connections.acquire();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private Router<String> router(int max, Duration timeout) {
        return new Router<>(max, timeout, key -> open(), ticker::get);
    }

    /** A connection that knows only whether it is open. */
    private Connection open() {
        opened.incrementAndGet();
        Connection[] self = new Connection[1];
        self[0] = (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "close" -> {
                            closing.countDown();
                            mayClose.await();
                            live.remove(self[0]);
                        }
                        case "isValid", "getAutoCommit" -> {
                            return true;
                        }
                        case "isClosed" -> {
                            return !live.contains(self[0]);
                        }
                        case "hashCode" -> {
                            return System.identityHashCode(proxy);
                        }
                        case "equals" -> {
                            return proxy == arguments[0];
                        }
                        default -> {
                            return null;
                        }
                    }
                    return null;
                });
        live.add(self[0]);
        most.accumulateAndGet(live.size(), Math::max);
        return self[0];
    }
}
