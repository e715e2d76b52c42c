// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import dev.allotment.CreateTenant;
import dev.allotment.DatabaseLogin;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.User;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.fleet.Server;
import dev.allotment.hook.TenantSchema;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * How long it takes to find out that 10,000 tenants need nothing. They are rows of the catalog on simulated servers.
 * Only one of them has a database.
 */
final class IdleTenants {
    private static final int TENANTS = 10_000;
    private static final int SERVERS = 10;
    private static final int ROUNDS = 5;
    private static final double ALLOWED_MILLIS = 5_000;

    private static final TenantSchema SCHEMA = new TenantSchema() {
        @Override
        public String version() {
            return "1";
        }

        @Override
        public void migrate(DatabaseLogin login) {
            // An application without tables.
        }
    };

    private IdleTenants() {}

    static void run(Report report) throws Exception {
        ExecutorService executor = Executors.newCachedThreadPool();
        try (Postgres postgres = new Postgres();
                Saas saas = Saas.builder()
                        .backend("postgres", postgres.settings())
                        .node("benchmarks")
                        .provider(new SimulatedServers())
                        .secretKey("a key for the passwords of servers")
                        .tenantSchema(SCHEMA)
                        .executor(executor)
                        .open()) {
            User owner = saas.accounts()
                    .signUp(SignUp.builder("owner@example.com", "Owner", "a password of the owner")
                            .build());
            Plan plan = saas.plans()
                    .create(Plan.builder("plan").dbNameTemplate("db-%i.example").build());
            saas.tenants().create(CreateTenant.onPlan(plan).owner(owner).build());
            for (int i = 1; i <= SERVERS; i++) {
                saas.servers()
                        .create(Server.builder("simulated-" + i)
                                .backend(SimulatedServers.NAME)
                                .settings(Map.of(SimulatedServers.SERVER, "simulated-" + i))
                                .build());
            }
            Growth.fill(postgres, SERVERS, 1, TENANTS);
            tell(
                    report,
                    "a round of the maintenance with nothing due",
                    () -> saas.maintenance().runDue());
            tell(report, "a migration of all tenants with nothing to migrate", () -> {
                Operation done = saas.operations()
                        .await(
                                saas.campaigns()
                                        .start(Campaign.of(CampaignChange.schema())
                                                .build())
                                        .id(),
                                Duration.ofMinutes(5));
                if (done.state() != OperationState.DONE
                        || saas.campaigns().status(done.id()).done() != 0) {
                    throw new IllegalStateException("Something was migrated, or nothing was done: " + done);
                }
            });
        } finally {
            executor.shutdown();
        }
    }

    private static void tell(Report report, String what, Runnable work) {
        Sample sample = new Sample();
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            work.run();
            sample.add(System.nanoTime() - start);
        }
        report.goal(
                what + ", 10,000 tenants on " + SERVERS + " servers, longest of " + ROUNDS,
                Report.millis(sample.percentileMillis(100)),
                "",
                "≤ 5 s",
                sample.percentileMillis(100) <= ALLOWED_MILLIS);
    }
}
