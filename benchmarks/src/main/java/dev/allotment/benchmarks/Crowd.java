// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import dev.allotment.CreateTenant;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.fleet.Server;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The same work of the catalog with a thousand tenants and with a hundred thousand or a million, on a thousand database
 * servers, with five nodes. The servers are simulated, so that nothing but the catalog and the nodes is measured.
 */
final class Crowd {
    private static final int FEW = 1_000;
    private static final int SERVERS = 1_000;
    private static final int NODES = 5;
    private static final int WARM_UP = 100;
    private static final int DUE = 100;
    private static final double ALLOWED = 1.3;
    private static final int RETENTION_ROUNDS = 15;

    private static final String OLD_USAGE = """
            INSERT INTO allotment.usage (tenant_id, day, name, users, peak_users, database_size_bytes,
                peak_database_size_bytes, file_size_bytes, peak_file_size_bytes, records, read_at)
            SELECT n, date_trunc('day', now()) - make_interval(days => 2000 + %2$d), 'row', 1, 1, 1, 1, 1, 1, '{}', now()
            FROM generate_series(1, %1$d) n
            """;

    private final SimulatedServers servers = new SimulatedServers();
    private final Postgres postgres;
    private final Effort effort;
    private final List<Saas> nodes = new ArrayList<>();
    private final Map<String, double[]> figures = new LinkedHashMap<>();
    private int created;

    private Crowd(Postgres postgres, Effort effort) {
        this.postgres = postgres;
        this.effort = effort;
    }

    static void run(Effort effort, Report report) throws Exception {
        try (Postgres postgres = new Postgres()) {
            Crowd crowd = new Crowd(postgres, effort);
            try {
                crowd.measure(report);
            } finally {
                crowd.nodes.forEach(Saas::close);
            }
        }
    }

    private void measure(Report report) throws Exception {
        for (int i = 1; i <= NODES; i++) {
            nodes.add(open("crowd-" + i));
        }
        Saas first = nodes.get(0);
        for (int i = 1; i <= SERVERS; i++) {
            first.servers()
                    .create(Server.builder("simulated-" + i)
                            .backend(SimulatedServers.NAME)
                            .settings(Map.of(SimulatedServers.SERVER, "simulated-" + i))
                            .capacity(4_000)
                            .build());
        }
        Plan plan = first.plans()
                .create(Plan.builder("Crowd").dbNameTemplate("made-%i.example").build());
        User owner = first.accounts()
                .create(
                        SignUp.builder("crowd@example.com", "Owner", "Owner's Password")
                                .build(),
                        Role.PORTAL);
        for (int i = 0; i < WARM_UP; i++) {
            create(plan, owner);
        }
        int there = 0;
        int[] sizes = {FEW, effort.tenants()};
        for (int i = 0; i < sizes.length; i++) {
            Growth.fill(postgres, SERVERS, there + 1, sizes[i]);
            there = sizes[i];
            postgres.execute("VACUUM ANALYZE");
            measure(plan, owner, i);
        }
        tell(report);
    }

    private void create(Plan plan, User owner) {
        Saas node = nodes.get(created++ % NODES);
        node.tenants().create(CreateTenant.onPlan(plan).owner(owner).build());
    }

    private void measure(Plan plan, User owner, int size) throws Exception {
        Saas node = nodes.get(0);
        Query<Tenant> page = Query.all().orderBy(Tenant.NAME).page(0, 20);
        sample(
                size,
                "search by name",
                () -> node.tenants().list(Query.where(Filter.equal(Tenant.NAME, "row-77.example"))));
        sample(size, "a page of 20, in order of name", () -> node.tenants().list(page));
        sample(size, "look-up of a host", () -> node.tenants().findByHost("row-77.example"));
        sample(size, "look-up of an unknown host", () -> node.tenants().findByHost("nowhere.portal.localhost"));
        sample(
                size,
                "all servers with their number of databases",
                () -> node.servers().statuses());
        sample(size, "the first names for db.list", () -> node.tenants().databaseNames(10));
        sample(size, "db_exist", () -> node.tenants().findByName("row-77.example"));
        // Run all due work first, so that only new work is due, and all nodes have checked all servers.
        for (Saas each : nodes) {
            while (each.maintenance().run() > 0) {
                // Until nothing is due.
            }
        }
        sample(size, "creation, with the choice of a server", () -> {
            create(plan, owner);
            return null;
        });
        for (Saas each : nodes) {
            while (each.maintenance().run() > 0) {
                // Until nothing is due.
            }
        }
        sample(
                size,
                "a round of the maintenance with nothing due",
                () -> node.maintenance().run());
        Sample rounds = new Sample();
        for (int i = 0; i < 5; i++) {
            Growth.makeDue(postgres, DUE);
            long start = System.nanoTime();
            onAllNodes();
            rounds.add(System.nanoTime() - start);
        }
        keep(size, "a round of 5 nodes at once with 100 about to expire", rounds.medianMillis());
        keep(size, "heap of 5 nodes, in MiB", liveHeap());
        measureRetention(size);
    }

    /** A node that has just started looks for old records at once, and continues as long as it finds many. */
    private void measureRetention(int size) throws Exception {
        postgres.execute(OLD_USAGE.formatted(RETENTION_ROUNDS * 1_000, size + 1));
        Sample rounds = new Sample();
        try (Saas started = open("retention-" + size)) {
            for (int i = 0; i < RETENTION_ROUNDS; i++) {
                long start = System.nanoTime();
                started.maintenance().run();
                rounds.add(System.nanoTime() - start);
            }
        }
        keep(size, "a round that deletes 1,000 old records", rounds.medianMillis());
    }

    private Saas open(String node) {
        return Saas.builder()
                .backend("postgres", postgres.settings())
                .node(node)
                .provider(servers)
                .secretKey("a key for the passwords of servers")
                .open();
    }

    private void onAllNodes() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(NODES);
        try {
            List<Future<Integer>> rounds = new ArrayList<>();
            for (Saas node : nodes) {
                rounds.add(threads.submit(() -> node.maintenance().run()));
            }
            for (Future<Integer> round : rounds) {
                round.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    private void sample(int size, String name, Callable<?> work) throws Exception {
        Sample sample = new Sample();
        int times = 4 * effort.creations();
        for (int i = -times; i < times; i++) {
            long start = System.nanoTime();
            Object result = work.call();
            if (i >= 0) {
                sample.add(System.nanoTime() - start);
            }
            if (result instanceof List<?> list && list.isEmpty()) {
                throw new IllegalStateException(name + " found nothing");
            }
        }
        keep(size, name, sample.medianMillis());
    }

    private void keep(int size, String name, double value) {
        figures.computeIfAbsent(name, key -> new double[2])[size] = value;
    }

    /** Returns the size of what is in use after a full collection, in MiB. */
    private static double liveHeap() {
        Runtime runtime = Runtime.getRuntime();
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return (runtime.totalMemory() - runtime.freeMemory()) / 1048576.0;
    }

    private void tell(Report report) {
        figures.forEach((name, values) -> {
            double growth = values[1] / values[0];
            report.goal(
                    name + String.format(Locale.ROOT, ", %,d tenants on %,d servers", effort.tenants(), SERVERS),
                    String.format(Locale.ROOT, "%.2fx (%.2f)", growth, values[1]),
                    String.format(Locale.ROOT, "%,d tenants: %.2f", FEW, values[0]),
                    "≤ 1.3x",
                    growth <= ALLOWED);
        });
    }
}
