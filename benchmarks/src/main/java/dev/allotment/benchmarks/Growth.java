// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import dev.allotment.Saas;
import dev.allotment.fleet.Server;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The same work with a hundred, a thousand and ten thousand tenants in the catalog. They are rows without a database,
 * on servers that exist only in the catalog: the benchmark measures the catalog.
 */
final class Growth {
    private static final int[] SIZES = {100, 1_000, 10_000};
    private static final int WARM_UP = 30;
    private static final int SERVERS = 10;
    private static final double ALLOWED = 1.3;

    /** Inserts rows of tenants that have existed for a while: open, with a reserved name and an expiry. */
    private static final List<String> ROWS = List.of("""
            INSERT INTO allotment.customers (name, active, created_at)
            SELECT 'Customer ' || n, true, now() FROM generate_series(%1$d, %2$d) n
            """, """
            INSERT INTO allotment.reserved_names (name, holder)
            SELECT 'row-' || n || '.example', md5(n::text)::uuid FROM generate_series(%1$d, %2$d) n
            """);

    private static final String DUE = """
            UPDATE allotment.tenants SET expires_at = clock_timestamp() + interval '1 day', next_check_at = now()
            WHERE name IN (SELECT 'row-' || n || '.example' FROM generate_series(1, %d) n)
            """;

    private Growth() {}

    static void run(Effort effort, Report report) throws Exception {
        Path addons = BenchmarkPortal.addons();
        Map<String, double[]> figures = new LinkedHashMap<>();
        long heap = 0;
        try (Postgres postgres = new Postgres();
                OwnProcess server = OwnProcess.server(postgres, "--addons", addons.toString())) {
            int port = server.port();
            try (Wire first = new Wire(port);
                    Saas node = BenchmarkPortal.node(postgres, addons)) {
                int plan = BenchmarkPortal.plan(first, "stocked", true);
                int owner = BenchmarkPortal.customer(first);
                simulateServers(node);
                BenchmarkPortal.stock(node, plan, 3 * effort.creations() + effort.warmUp() + 1);
                byte[] create = BenchmarkPortal.create(first, plan, owner);
                try (Wire wire = new Wire(port)) {
                    // The first measurement must not include compilation.
                    Creation.serve(wire, effort.calls(), plan);
                    for (int i = 0; i < effort.warmUp(); i++) {
                        wire.call(create);
                    }
                }
                int there = 0;
                for (int i = 0; i < SIZES.length; i++) {
                    fill(postgres, SERVERS, there + 1, SIZES[i]);
                    there = SIZES[i];
                    // Maintenance takes longer than the idle timeout of the server's connections.
                    try (Wire wire = new Wire(port)) {
                        measure(effort, postgres, wire, node, create, figures, i);
                    }
                }
            }
            heap = liveHeap(server);
        }
        tell(report, figures);
        double megabytes = heap / 1048576.0;
        report.goal(
                "live heap of that server at 10,000",
                String.format(Locale.ROOT, "%.0f MiB, with -Xmx256m", megabytes),
                "",
                "≤ 256 MiB",
                megabytes <= 256);
    }

    /** Inserts servers that get no new databases. */
    private static void simulateServers(Saas node) {
        for (int i = 1; i <= SERVERS; i++) {
            node.servers()
                    .create(Server.builder("simulated-" + i)
                            .backend("h2")
                            .settings(Map.of("memory", "true"))
                            .weight(0)
                            .build());
        }
    }

    /** Brings some tenants so close to their expiry that their owners are notified. */
    static void makeDue(Postgres postgres, int tenants) throws Exception {
        postgres.execute(DUE.formatted(tenants));
    }

    /** Inserts tenants on servers named {@code simulated-1} and so on. */
    static void fill(Postgres postgres, int servers, int from, int to) throws Exception {
        for (String sql : ROWS) {
            postgres.execute(sql.formatted(from, to));
        }
        postgres.execute(tenants(postgres, servers).formatted(from, to));
        postgres.execute("ANALYZE");
    }

    /** Copies all columns of a real tenant, except for its identity, name and times. */
    private static String tenants(Postgres postgres, int servers) throws Exception {
        List<String> columns = postgres.values("SELECT column_name FROM information_schema.columns"
                + " WHERE table_schema = 'allotment' AND table_name = 'tenants' AND column_name <> 'id'");
        List<String> values = new ArrayList<>();
        for (String column : columns) {
            values.add(
                    switch (column) {
                        case "uuid" -> "md5(n::text)::uuid";
                        case "name" -> "'row-' || n || '.example'";
                        case "customer_id" -> "(SELECT min(id) FROM allotment.customers) + n %% 1000";
                        case "server_id" ->
                            "(SELECT id FROM allotment.servers WHERE name = 'simulated-' || (n %% " + servers
                                    + " + 1))";
                        case "expires_at" -> "now() + make_interval(days => 10 + n %% 300)";
                        case "next_check_at" -> "now() + make_interval(days => 8 + n %% 300)";
                        case "synced_at" -> "now()";
                        case "next_sync_at" -> "now() + make_interval(hours => 6)";
                        default -> "t." + column;
                    });
        }
        return "INSERT INTO allotment.tenants (" + String.join(", ", columns) + ") SELECT " + String.join(", ", values)
                + " FROM generate_series(%1$d, %2$d) n, (SELECT * FROM allotment.tenants ORDER BY id LIMIT 1) t";
    }

    private static void measure(
            Effort effort,
            Postgres postgres,
            Wire wire,
            Saas node,
            byte[] create,
            Map<String, double[]> figures,
            int size)
            throws Exception {
        Map<String, byte[]> requests = new LinkedHashMap<>();
        requests.put(
                "search by name",
                client(wire, "search", List.of(List.of(List.of("name", "=", "row-77.example"))), Map.of()));
        requests.put(
                "a page of 20, in order of name",
                client(
                        wire,
                        "search_read",
                        List.of(List.of()),
                        Map.of("fields", List.of("name", "state"), "limit", 20, "order", "name")));
        requests.put(
                "the databases of a customer",
                client(wire, "search", List.of(List.of(List.of("partner_id", "=", 7))), Map.of()));
        Map<String, Sample> samples = new LinkedHashMap<>();
        for (int i = -WARM_UP; i < 10 * effort.creations(); i++) {
            for (Map.Entry<String, byte[]> each : requests.entrySet()) {
                long taken = wire.timeOfSuccess(each.getValue());
                if (i >= 0) {
                    sample(samples, each.getKey()).add(taken);
                }
            }
        }
        // Run all due work first, so that only new work is due.
        node.maintenance().run();
        for (int i = 0; i < effort.creations(); i++) {
            sample(samples, "create_new_database, spare ready").add(wire.timeOfSuccess(create));
        }
        while (node.maintenance().run() > 0) {
            // Until nothing is due.
        }
        for (int i = 0; i < effort.creations(); i++) {
            long start = System.nanoTime();
            node.maintenance().run();
            sample(samples, "maintenance with nothing due").add(System.nanoTime() - start);
        }
        for (int i = 0; i < effort.creations(); i++) {
            makeDue(postgres, 20);
            long start = System.nanoTime();
            node.maintenance().run();
            sample(samples, "maintenance with 20 about to expire").add(System.nanoTime() - start);
        }
        samples.forEach((name, sample) ->
                figures.computeIfAbsent(name, key -> new double[SIZES.length])[size] = sample.medianMillis());
    }

    private static Sample sample(Map<String, Sample> samples, String name) {
        return samples.computeIfAbsent(name, key -> new Sample());
    }

    private static byte[] client(Wire wire, String method, List<?> args, Map<String, ?> named) {
        return BenchmarkPortal.execute(wire, "saas_portal.client", method, args, named);
    }

    private static void tell(Report report, Map<String, double[]> figures) {
        figures.forEach((name, medians) -> {
            double growth = medians[SIZES.length - 1] / medians[0];
            report.goal(
                    name + ", 10,000 tenants",
                    Report.millis(medians[2]) + ", " + Report.ratio(growth) + "x",
                    "100: " + Report.millis(medians[0]) + ", 1,000: " + Report.millis(medians[1]),
                    "≤ 1.3x",
                    growth <= ALLOWED);
        });
    }

    /** Returns the size of the heap after a full collection. */
    private static long liveHeap(OwnProcess server) throws Exception {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Process process =
                new ProcessBuilder(jcmd.toString(), Long.toString(server.pid()), "GC.class_histogram").start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return Long.parseLong(text.strip().replaceAll("(?s).*Total\\s+\\d+\\s+(\\d+).*", "$1"));
    }
}
