// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import dev.allotment.DatabaseLogin;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;

/**
 * A migration of all tenants with several workers, and a loop over the same databases with nothing but Flyway. Turns
 * alternate: each has another migration, of the same kind. The loop in as many threads shows what the processors allow.
 */
final class TenantMigrations {
    private static final int WORKERS = 8;
    private static final int ROUNDS = 2;
    private static final double EXPECTED = 4;
    private static final int LEASE_SECONDS = 5;

    private TenantMigrations() {}

    /** The databases have the first version. */
    static void run(Embedding embedding, Report report) throws Exception {
        List<DatabaseLogin> logins = new ArrayList<>();
        try (Saas saas = embedding.builder(1).open()) {
            Query<Tenant> open = Query.where(Filter.equal(Tenant.STATE, TenantState.OPEN));
            for (Tenant tenant : saas.tenants().list(open)) {
                logins.add(saas.database(tenant.name()).login());
            }
        }
        double loop = 0;
        double threads = 0;
        double workers = 0;
        int version = 1;
        for (int i = 0; i < ROUNDS; i++) {
            loop += loop(logins, embedding.location(++version));
            threads += threads(logins, embedding.location(++version));
            workers += workers(embedding, ++version, logins.size());
        }
        report.goal(
                String.format(Locale.ROOT, "a migration of %,d tenants by %d workers", logins.size(), WORKERS),
                String.format(Locale.ROOT, "%.1f s, %.1f times as fast", workers / ROUNDS, loop / workers),
                String.format(
                        Locale.ROOT,
                        "a loop with Flyway: %.1f s; the same loop in %d threads: %.1f s",
                        loop / ROUNDS,
                        WORKERS,
                        threads / ROUNDS),
                "≥ 4 times as fast",
                loop / workers >= EXPECTED);
    }

    private static double loop(List<DatabaseLogin> logins, String location) {
        long start = System.nanoTime();
        for (DatabaseLogin login : logins) {
            migrate(login, location);
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private static double threads(List<DatabaseLogin> logins, String location) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(WORKERS);
        try {
            long start = System.nanoTime();
            List<Future<?>> all = new ArrayList<>();
            for (DatabaseLogin login : logins) {
                all.add(threads.submit(() -> migrate(login, location)));
            }
            for (Future<?> each : all) {
                each.get();
            }
            return (System.nanoTime() - start) / 1e9;
        } finally {
            threads.shutdown();
        }
    }

    private static void migrate(DatabaseLogin login, String location) {
        int done = Flyway.configure()
                .dataSource(login.url(), login.user(), login.password())
                .locations(location)
                .load()
                .migrate()
                .migrationsExecuted;
        if (done == 0) {
            throw new IllegalStateException("There was nothing to migrate");
        }
    }

    private static double workers(Embedding embedding, int version, int databases) throws Exception {
        ExecutorService executor = Executors.newCachedThreadPool();
        ScheduledExecutorService leases = Executors.newSingleThreadScheduledExecutor();
        try (Saas saas = embedding.builder(version).executor(executor).open()) {
            var unused = leases.scheduleAtFixedRate(
                    () -> saas.maintenance().renewLeases(), LEASE_SECONDS, LEASE_SECONDS, TimeUnit.SECONDS);
            long start = System.nanoTime();
            Operation done = saas.operations()
                    .await(
                            saas.campaigns()
                                    .start(Campaign.of(CampaignChange.schema())
                                            .parallel(WORKERS)
                                            .build())
                                    .id(),
                            Duration.ofHours(1));
            double seconds = (System.nanoTime() - start) / 1e9;
            if (done.state() != OperationState.DONE
                    || saas.campaigns().status(done.id()).done() != databases) {
                throw new IllegalStateException("Not all tenants were migrated: " + done);
            }
            return seconds;
        } finally {
            leases.shutdown();
            executor.shutdown();
        }
    }
}
