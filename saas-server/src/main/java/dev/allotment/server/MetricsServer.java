// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.server.setting.StartFailure;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code /metrics} on a separate port. A proxy that passes the callers' port on to the internet cannot reach
 * it. It has its own threads, so it answers even if all threads for callers wait for a database.
 */
final class MetricsServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsServer.class);
    private static final String PATH = "/metrics";
    private static final int THREADS = 8;
    private static final int IDLE_SECONDS = 60;
    private static final int MAX_WAIT_SECONDS = 15;

    private final Server server;
    private final ServerConnector connector;
    private @Nullable SharedReading<String> reading;

    private MetricsServer(Server server, ServerConnector connector) {
        this.server = server;
        this.connector = connector;
    }

    /** Binds the port; answers after {@link #start}. */
    static MetricsServer bind(InetSocketAddress address) throws StartFailure {
        QueuedThreadPool threads = new QueuedThreadPool(THREADS, 1);
        threads.setName("metrics");
        Server server = new Server(threads);
        server.setErrorHandler(new PlainErrors());
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setIdleTimeout(TimeUnit.SECONDS.toMillis(IDLE_SECONDS));
        server.addConnector(connector);
        WebServer.open(connector, address.getAddress(), address.getPort(), "--metrics-listen or --metrics-port");
        return new MetricsServer(server, connector);
    }

    void start(Metrics metrics) throws Exception {
        SharedReading<String> shared = new SharedReading<>("metrics", metrics::text);
        reading = shared;
        server.setHandler(new Page(shared));
        server.start();
        LOG.info("The metrics are at http://{}:{}{}", connector.getHost(), port(), PATH);
    }

    int port() {
        return connector.getLocalPort();
    }

    @Override
    public void close() {
        LifeCycle.stop(server);
        connector.close();
        if (reading != null) {
            reading.close();
        }
    }

    /** Answers when the numbers were read. No thread waits for them. */
    private static final class Page extends Handler.Abstract.NonBlocking {
        private final SharedReading<String> metrics;

        private Page(SharedReading<String> metrics) {
            this.metrics = metrics;
        }

        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // The last stage answers, failures too.
        public boolean handle(Request request, Response response, Callback callback) {
            if (!Request.getPathInContext(request).equals(PATH)) {
                return false;
            }
            if (!OperatorPages.READING.contains(request.getMethod())) {
                response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
                OperatorPages.write(
                        response, callback, HttpStatus.METHOD_NOT_ALLOWED_405, OperatorPages.TEXT, "Use GET.\n");
            } else {
                metrics.read()
                        .orTimeout(MAX_WAIT_SECONDS, TimeUnit.SECONDS)
                        .whenComplete((text, failure) -> answer(response, callback, text, failure));
            }
            return true;
        }

        private static void answer(
                Response response, Callback callback, @Nullable String text, @Nullable Throwable failure) {
            if (text == null) {
                LOG.warn("The metrics cannot be read: {}", String.valueOf(failure));
                OperatorPages.write(
                        response,
                        callback,
                        HttpStatus.SERVICE_UNAVAILABLE_503,
                        OperatorPages.TEXT,
                        "Not available now.\n");
            } else {
                OperatorPages.write(response, callback, HttpStatus.OK_200, Metrics.CONTENT_TYPE, text);
            }
        }
    }
}
