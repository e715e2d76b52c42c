// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.Health;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pages for operators. {@code /health/live}: the process answers. {@code /health/ready}: the database answers, too.
 * {@code /metrics}: metrics for Prometheus. A problem with the database is logged once when it starts; the response
 * does not show it.
 */
final class OperatorPages extends Handler.Abstract {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorPages.class);
    private static final Set<String> PATHS = Set.of("/health/live", "/health/ready", "/metrics");
    private static final String JSON = "application/json";

    private final Supplier<Health> health;
    private final Metrics metrics;
    private final AtomicBoolean ready = new AtomicBoolean(true);

    OperatorPages(Supplier<Health> health, Metrics metrics) {
        this.health = health;
        this.metrics = metrics;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        String path = Request.getPathInContext(request);
        if (!PATHS.contains(path)) {
            return false;
        }
        if (!Set.of("GET", "HEAD").contains(request.getMethod())) {
            response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
            write(response, callback, HttpStatus.METHOD_NOT_ALLOWED_405, "text/plain", "Use GET.\n");
        } else if (path.equals("/metrics")) {
            write(response, callback, HttpStatus.OK_200, Metrics.CONTENT_TYPE, metrics.text());
        } else if (path.equals("/health/live") || ready()) {
            write(response, callback, HttpStatus.OK_200, JSON, "{\"status\":\"up\"}\n");
        } else {
            write(response, callback, HttpStatus.SERVICE_UNAVAILABLE_503, JSON, "{\"status\":\"down\"}\n");
        }
        return true;
    }

    private boolean ready() {
        Health found = health.get();
        if (ready.getAndSet(found.up()) != found.up()) {
            if (found.up()) {
                LOG.info("The database answers again");
            } else {
                LOG.error("Not ready: {}", found.message());
            }
        }
        return found.up();
    }

    private static void write(Response response, Callback callback, int status, String type, String text) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.write(true, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), callback);
    }
}
