// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.User;
import dev.allotment.servlet.SaasServlet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Whether an attacker can find out by response times which logins exist: refused sign-ins over HTTP, alternating. The
 * limit of failed sign-ins is off, because it would answer most of them.
 */
final class Likeness {
    private static final double SAME = 2.58;
    private static final int ROUNDS = 20_000;
    private static final int WARM_UP = 30;

    private Likeness() {}

    static void run(Effort effort, Report report) throws Exception {
        try (Postgres postgres = new Postgres();
                Saas saas = Saas.builder()
                        .backend("postgres", postgres.settings())
                        .administrator("admin", "admin")
                        .passwordIterations(ROUNDS)
                        .failedSignIns(0, 0)
                        .open()) {
            User inactive = saas.accounts()
                    .signUp(SignUp.builder("inactive@example.com", "Inactive", "right")
                            .build());
            saas.accounts()
                    .update(
                            inactive.id(),
                            each -> each.toBuilder().active(false).build());
            saas.accounts()
                    .signUp(SignUp.builder("active@example.com", "Active", "right")
                            .build());
            Server server = serve(saas);
            try (Wire wire = new Wire(((ServerConnector) server.getConnectors()[0]).getLocalPort())) {
                Map<String, byte[]> requests = new LinkedHashMap<>();
                requests.put("wrong password", BenchmarkPortal.authenticate(wire, "active@example.com", "wrong"));
                requests.put("unknown login", BenchmarkPortal.authenticate(wire, "unknown@example.com", "wrong"));
                requests.put("inactive user", BenchmarkPortal.authenticate(wire, "inactive@example.com", "right"));
                measure(effort, report, wire, requests);
            } finally {
                server.stop();
            }
        }
    }

    private static Server serve(Saas saas) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        context.addServlet(
                new ServletHolder(
                        SaasServlet.builder().foundProtocols(saas, Map.of()).build()),
                "/*");
        server.setHandler(context);
        server.start();
        return server;
    }

    private static void measure(Effort effort, Report report, Wire wire, Map<String, byte[]> requests)
            throws Exception {
        Map<String, Sample> samples = new LinkedHashMap<>();
        List<Map.Entry<String, byte[]>> turns = new ArrayList<>(requests.entrySet());
        for (int i = -WARM_UP; i < effort.logins(); i++) {
            // Each request is first, second and third equally often.
            Collections.rotate(turns, 1);
            for (Map.Entry<String, byte[]> each : turns) {
                long taken = wire.time(each.getValue());
                if (i >= 0) {
                    sample(samples, each.getKey()).add(taken);
                }
            }
        }
        Sample wrong = sample(samples, "wrong password");
        for (String name : List.of("unknown login", "inactive user")) {
            Sample refused = sample(samples, name);
            double difference = Sample.difference(refused, wrong);
            report.goal(
                    "refused sign-in, " + name,
                    String.format(Locale.ROOT, "%s, differs by %.2f standard deviations", refused, difference),
                    "wrong password " + wrong,
                    "within ± " + SAME,
                    Math.abs(difference) <= SAME);
        }
    }

    private static Sample sample(Map<String, Sample> samples, String name) {
        return samples.computeIfAbsent(name, key -> new Sample());
    }
}
