// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The metrics of this process. Thread-safe. */
final class Metrics implements AutoCloseable {
    /** The content type of {@link #text}. */
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final Map<Answered, Timer> requests = new ConcurrentHashMap<>();

    private final DatabaseServerMetrics servers;

    Metrics(DatabaseServerMetrics servers) {
        this.servers = servers;
        servers.bindTo(registry);
        Gauge.builder("allotment.build.info", () -> 1)
                .description("Always 1; its labels are the versions of this program and of Java")
                .tag("version", SaasServer.version())
                .tag("java", Runtime.version().toString())
                .register(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
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
                .register(registry);
    }

    String text() {
        servers.refreshSoon();
        return registry.scrape(CONTENT_TYPE);
    }

    @Override
    public void close() {
        servers.close();
        collections.close();
        registry.close();
    }

    private record Answered(String path, int status) {}
}
