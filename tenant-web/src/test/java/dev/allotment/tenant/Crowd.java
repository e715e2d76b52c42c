// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.DatabaseLogin;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Many tenants that work at the same time over few connections. */
final class Crowd {
    private final List<Tenant> tenants;
    private final int limit;
    private final Function<Tenant, DatabaseLogin> logins;

    private Crowd(List<Tenant> tenants, int limit, Function<Tenant, DatabaseLogin> logins) {
        this.tenants = tenants;
        this.limit = limit;
        this.logins = logins;
    }

    static Crowd of(int count, int limit, Function<Tenant, DatabaseLogin> logins) {
        List<Tenant> tenants = IntStream.range(0, count)
                .mapToObj(i -> Tenant.builder(new UUID(1, i), "tenant-" + i, new ServerId(1 + i % 3))
                        .build())
                .toList();
        return new Crowd(tenants, limit, logins);
    }

    List<Tenant> tenants() {
        return tenants;
    }

    /**
     * Uses each tenant at least once, in random order; fails if a limit is exceeded.
     *
     * @param threads each acquires up to two connections at once, and all must fit: a thread with one connection waits
     *     for the second
     */
    void work(int threads, int times) throws Exception {
        AtomicInteger max = new AtomicInteger();
        Set<String> worked = ConcurrentHashMap.newKeySet();
        try (TenantDataSources sources = TenantDataSources.builder(logins, Tenant::serverId)
                .maxConnections(limit)
                .acquireTimeout(Duration.ofSeconds(20))
                .build()) {
            ExecutorService pool = Executors.newFixedThreadPool(threads);
            List<Future<?>> tasks = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                int number = thread;
                tasks.add(pool.submit(() -> {
                    Random random = new Random(number);
                    for (int i = number; i < times; i += threads) {
                        Tenant tenant = tenants.get(i < tenants.size() ? i : random.nextInt(tenants.size()));
                        use(sources, tenant, random.nextInt(4) == 0);
                        worked.add(tenant.name());
                        max.accumulateAndGet(sources.reservedConnections(), Math::max);
                    }
                    return null;
                }));
            }
            pool.shutdown();
            for (Future<?> task : tasks) {
                task.get(2, TimeUnit.MINUTES);
            }
            assertThat(worked).hasSameSizeAs(tenants);
            assertThat(max.get()).describedAs("maximum of connections at once").isEqualTo(limit);
            assertThat(sources.acquiredConnections()).isZero();
            assertThat(sources.openPools()).isPositive().isLessThanOrEqualTo(limit);
        }
    }

    /** Uses one connection, or two at once as nested calls do. */
    private void use(TenantDataSources sources, Tenant tenant, boolean two) throws Exception {
        try (Connection connection = sources.of(tenant).getConnection()) {
            if (two) {
                use(sources, tenant, false);
            }
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("select catalog_name from information_schema.schemata")) {
                assertThat(row.next()).isTrue();
                assertThat(row.getString(1)).endsWithIgnoringCase(tenant.name());
            }
        }
    }
}
