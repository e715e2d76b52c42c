// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.Health;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pages for load balancers. {@code /health/live}: the process answers. {@code /health/ready}: the database answers,
 * too. A problem with the database is logged once when it starts; the response does not show it. A server that stops is
 * not ready.
 *
 * <p>No thread that answers requests waits for the database here, so the process is found alive while it hangs.
 */
final class OperatorPages extends Handler.Abstract.NonBlocking implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorPages.class);
    static final Set<String> PATHS = Set.of("/health/live", "/health/ready");
    static final Set<String> READING = Set.of("GET", "HEAD");
    static final String TEXT = "text/plain";
    private static final String JSON = "application/json";

    private static final int MAX_WAIT_SECONDS = 15;

    private final SharedReading<Health> health;
    private final AtomicBoolean ready = new AtomicBoolean(true);
    private volatile boolean stopping;

    OperatorPages(Supplier<Health> health) {
        this.health = new SharedReading<>("health", health);
    }

    /** From now on, the server is not ready. */
    void announceStop() {
        stopping = true;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // The last stage answers, failures too.
    public boolean handle(Request request, Response response, Callback callback) {
        String path = Request.getPathInContext(request);
        if (!PATHS.contains(path)) {
            return false;
        }
        if (!READING.contains(request.getMethod())) {
            response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
            write(response, callback, HttpStatus.METHOD_NOT_ALLOWED_405, TEXT, "Use GET.\n");
        } else if (path.equals("/health/live")) {
            writeHealth(response, callback, true);
        } else if (stopping) {
            writeHealth(response, callback, false);
        } else {
            health.read()
                    .orTimeout(MAX_WAIT_SECONDS, TimeUnit.SECONDS)
                    .whenComplete((found, failure) -> writeHealth(response, callback, isReady(found, failure)));
        }
        return true;
    }

    private boolean isReady(@Nullable Health found, @Nullable Throwable failure) {
        boolean up = found != null && found.up();
        if (ready.getAndSet(up) != up) {
            if (up) {
                LOG.info("The database answers again");
            } else {
                LOG.error("Not ready: {}", found == null ? String.valueOf(failure) : found.message());
            }
        }
        return up;
    }

    private static void writeHealth(Response response, Callback callback, boolean up) {
        write(
                response,
                callback,
                up ? HttpStatus.OK_200 : HttpStatus.SERVICE_UNAVAILABLE_503,
                JSON,
                up ? "{\"status\":\"up\"}\n" : "{\"status\":\"down\"}\n");
    }

    @Override
    public void close() {
        health.close();
    }

    static void write(Response response, Callback callback, int status, String type, String text) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.write(true, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), callback);
    }
}
