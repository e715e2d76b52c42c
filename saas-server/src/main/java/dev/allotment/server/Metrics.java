// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.Saas;
import dev.allotment.micrometer.SaasMetrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** The metrics of this process. Thread-safe. */
final class Metrics implements AutoCloseable {
    /** The content type of {@link #text}. */
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    /** Few, since each path has them for each status. */
    private static final Duration[] BUCKETS = IntStream.of(10, 50, 100, 250, 500, 1000, 2500, 5000, 10_000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final Map<Answered, Timer> requests = new ConcurrentHashMap<>();

    private final Map<Fault, Counter> faults = new ConcurrentHashMap<>();

    private final Counter mailsSent;
    private final Counter mailsFailed;
    private final SaasMetrics controlPlane;

    /** @param controlPlane is closed with this */
    Metrics(SaasMetrics controlPlane) {
        this.controlPlane = controlPlane;
        controlPlane.bindTo(registry);
        Gauge.builder("allotment.build.info", () -> 1)
                .description("Always 1; its labels are the versions of this program and of Java")
                .tag("version", Saas.version())
                .tag("java", Runtime.version().toString())
                .register(registry);
        mailsSent = mails("sent");
        mailsFailed = mails("failed");
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        collections.bindTo(registry);
    }

    /**
     * Counts a request.
     *
     * @param path one of a fixed set, never a path that a caller chose
     */
    void answered(String path, int status, Duration duration) {
        requests.computeIfAbsent(new Answered(path, status), this::timer).record(duration);
    }

    private Timer timer(Answered answered) {
        return Timer.builder("allotment.requests")
                .description("Requests by path and HTTP status")
                .tag("path", answered.path())
                .tag("status", Integer.toString(answered.status()))
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    private Counter mails(String result) {
        return Counter.builder("allotment.account.mails")
                .description("Emails about accounts: confirmations, password resets and changes of the address")
                .tag("result", result)
                .register(registry);
    }

    /** Counts an email about an account. */
    void mailed(boolean sent) {
        (sent ? mailsSent : mailsFailed).increment();
    }

    /**
     * Counts a call that failed.
     *
     * @param code one of a fixed set, never a text that a caller chose
     */
    void failed(String protocol, String code) {
        faults.computeIfAbsent(new Fault(protocol, code), this::counter).increment();
    }

    private Counter counter(Fault fault) {
        return Counter.builder("allotment.rpc.faults")
                .description("Calls that failed, by protocol and error code")
                .tag("protocol", fault.protocol())
                .tag("code", fault.code())
                .register(registry);
    }

    /** Shows the threads that callers wait for. */
    void watch(WebServer web) {
        Gauge.builder("allotment.http.threads.busy", web, WebServer::workingThreads)
                .description("Threads that work on requests")
                .register(registry);
        Gauge.builder("allotment.http.threads.max", WebServer::maxWorkingThreads)
                .description("Threads that may work on requests")
                .register(registry);
        Gauge.builder("allotment.http.requests.waiting", web, WebServer::waitingRequests)
                .description("Requests that wait for a thread")
                .register(registry);
    }

    String text() {
        controlPlane.refresh();
        return registry.scrape(CONTENT_TYPE);
    }

    @Override
    public void close() {
        controlPlane.close();
        collections.close();
        registry.close();
    }

    private record Fault(String protocol, String code) {}

    private record Answered(String path, int status) {}
}
