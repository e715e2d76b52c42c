// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** Sign-ins, which cost a PBKDF2 each, and their effect on other calls. */
final class SignInBenchmark {
    private static final int WARM_UP = 20;

    private SignInBenchmark() {}

    static void run(Effort effort, Report report) throws Exception {
        try (Postgres postgres = new Postgres();
                OwnProcess server =
                        OwnProcess.server(postgres, "--password-rounds", Integer.toString(BareServer.ROUNDS));
                OwnProcess derivation = OwnProcess.start(BareServer.class.getName(), List.of(postgres.url()))) {
            int port = server.port();
            Sample ours = new Sample();
            Sample bare = new Sample();
            try (Wire wire = new Wire(port);
                    Wire other = new Wire(derivation.port())) {
                Creation.serve(wire, effort.calls(), BenchmarkPortal.plan(wire, "any", false));
                byte[] request = BenchmarkPortal.authenticate(wire, "admin", "admin");
                byte[] derive = other.request(BareServer.DERIVE, "authenticate", "admin", "admin");
                for (int i = 0; i < WARM_UP; i++) {
                    wire.call(request);
                    other.call(derive);
                }
                for (int i = 0; i < effort.creations(); i++) {
                    ours.add(wire.timeOfSuccess(request));
                    bare.add(other.timeOfSuccess(derive));
                }
            }
            double more = ours.medianMillis() - bare.medianMillis();
            report.goal(
                    "authenticate (median), more than the bare PBKDF2",
                    ours + ", " + Report.millis(more) + " more",
                    "a bare handler that does the PBKDF2-HMAC-SHA512, 210,000 iterations " + bare,
                    "≤ 2 ms more",
                    more <= 2);
            others(effort, report, port);
        }
    }

    private static void others(Effort effort, Report report, int port) throws Exception {
        Load quiet = new Load();
        Load during = new Load();
        for (int round = 0; round < effort.rounds(); round++) {
            quiet.run(port, 1, effort.seconds(), SignInBenchmark::count);
            AtomicBoolean enough = new AtomicBoolean();
            CompletableFuture<Void> logins = CompletableFuture.runAsync(() -> logIn(port, enough));
            during.run(port, 1, effort.seconds(), SignInBenchmark::count);
            enough.set(true);
            logins.join();
        }
        double slowest = during.latencies().percentileMillis(99);
        report.goal(
                "search_count during continuous sign-ins, 99 % are faster than",
                Report.millis(slowest) + ", median " + during.latencies(),
                "without sign-ins " + Report.millis(quiet.latencies().percentileMillis(99)) + ", median "
                        + quiet.latencies(),
                "≤ 10 ms",
                slowest <= 10);
    }

    private static byte[] count(Wire wire) {
        return BenchmarkPortal.execute(wire, "saas_portal.plan", "search_count", List.of(List.of()), Map.of());
    }

    private static void logIn(int port, AtomicBoolean enough) {
        try (Wire wire = new Wire(port)) {
            byte[] request = BenchmarkPortal.authenticate(wire, "admin", "admin");
            while (!enough.get()) {
                wire.call(request);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
