// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * Calls that read and contain a password or an API key, compared with a server that only reads the call and runs the
 * statement.
 */
final class Calls {
    private static final int[] CONNECTIONS = {1, 2, 4, 8};
    private static final int MOST = 8;
    private static final int WARM_UP_SECONDS = 5;

    private Calls() {}

    static void run(Effort effort, Report report) throws Exception {
        try (Postgres postgres = new Postgres();
                OwnProcess server = OwnProcess.server(postgres)) {
            int port = server.port();
            try (OwnProcess bare = OwnProcess.start(BareServer.class.getName(), List.of(postgres.url()))) {
                int barePort = bare.port();
                compare(
                        effort,
                        report,
                        port,
                        barePort,
                        "execute_kw search_count",
                        wire -> BenchmarkPortal.execute(
                                wire, "saas_portal.plan", "search_count", List.of(List.of()), Map.of()));
                String key = BenchmarkPortal.key(postgres);
                compare(
                        effort,
                        report,
                        port,
                        barePort,
                        "JSON-2 search_count with a key",
                        wire -> wire.json2("/json/2/saas_portal.plan/search_count", key, "{\"domain\": []}"));
                compareRest(effort, report, port, key);
            }
        }
    }

    /** One plan with all its fields, over REST and over JSON-2. */
    private static void compareRest(Effort effort, Report report, int port, String key) throws Exception {
        int plan;
        try (Wire wire = new Wire(port)) {
            plan = BenchmarkPortal.plan(wire, "read", false);
        }
        Function<Wire, byte[]> restCall = wire -> wire.get("/api/v1/plans/" + plan, key);
        Function<Wire, byte[]> json2Call =
                wire -> wire.json2("/json/2/saas_portal.plan/read", key, "{\"ids\": [" + plan + "]}");
        new Load().run(port, MOST, WARM_UP_SECONDS, restCall);
        new Load().run(port, MOST, WARM_UP_SECONDS, json2Call);
        Load rest = new Load();
        Load json2 = new Load();
        for (int round = 0; round < effort.rounds(); round++) {
            json2.run(port, MOST, effort.seconds(), json2Call);
            rest.run(port, MOST, effort.seconds(), restCall);
        }
        report.goal(
                "REST, a plan with a key, " + MOST + " connections",
                String.format(Locale.ROOT, "%,.0f/s", rest.perSecond()),
                String.format(Locale.ROOT, "JSON-2 read %,.0f/s", json2.perSecond()),
                "≥ that of JSON-2",
                rest.perSecond() >= json2.perSecond());
    }

    private static void compare(
            Effort effort, Report report, int port, int barePort, String call, Function<Wire, byte[]> count)
            throws Exception {
        new Load().run(port, MOST, WARM_UP_SECONDS, count);
        new Load().run(barePort, MOST, WARM_UP_SECONDS, count);
        for (int connections : CONNECTIONS) {
            compare(effort, report, port, barePort, connections, call, count);
        }
    }

    private static void compare(
            Effort effort,
            Report report,
            int port,
            int barePort,
            int connections,
            String call,
            Function<Wire, byte[]> count)
            throws Exception {
        Load ours = new Load();
        Load bare = new Load();
        for (int round = 0; round < effort.rounds(); round++) {
            bare.run(barePort, connections, effort.seconds(), count);
            ours.run(port, connections, effort.seconds(), count);
        }
        double part = ours.perSecond() / bare.perSecond();
        String what = call + ", " + connections + " connections";
        String measured = String.format(Locale.ROOT, "%,.0f/s, %.0f %%", ours.perSecond(), 100 * part);
        String reference = String.format(Locale.ROOT, "bare handler %,.0f/s", bare.perSecond());
        double slowest = ours.latencies().percentileMillis(99);
        if (connections == MOST) {
            report.goal(what, measured, reference, "≥ 70 %", part >= 0.7);
            report.goal(
                    call + ", 99 % are faster than",
                    Report.millis(slowest),
                    Report.millis(bare.latencies().percentileMillis(99)),
                    "≤ 10 ms",
                    slowest <= 10);
        } else {
            report.figure(what, measured + ", 99 % within " + Report.millis(slowest), reference);
        }
    }
}
