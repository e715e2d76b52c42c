// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Jetty on one address. {@link #bind} binds the port, so that all other parts can use its number. Calls that arrive
 * before {@link #start} wait.
 */
final class WebServer implements AutoCloseable {
    private static final int THREADS = 200;
    private static final int IDLE_THREADS = 8;
    private static final long IDLE_MILLIS = 60_000;
    private static final int BACKLOG = 1024;

    private final Server server;
    private final ServerConnector connector;

    private WebServer(Server server, ServerConnector connector) {
        this.server = server;
        this.connector = connector;
    }

    /**
     * Binds a port.
     *
     * @param stopTimeout how long {@link #close} waits for running requests
     */
    static WebServer bind(InetAddress address, int port, Duration stopTimeout) throws StartFailure {
        QueuedThreadPool threads = new QueuedThreadPool(THREADS, IDLE_THREADS);
        threads.setName("http");
        Server server = new Server(threads);
        server.setErrorHandler(new PlainErrors());
        server.setStopTimeout(stopTimeout.toMillis());
        ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http()));
        connector.setHost(address.getHostAddress());
        connector.setPort(port);
        connector.setIdleTimeout(IDLE_MILLIS);
        connector.setAcceptQueueSize(BACKLOG);
        server.addConnector(connector);
        try {
            connector.open();
        } catch (IOException e) {
            throw new StartFailure(
                    ExitCode.UNAVAILABLE,
                    "Cannot listen on " + address.getHostAddress() + " port " + port + ": " + reason(e)
                            + ". Set --listen or --port to another one, or stop the process that uses this one.",
                    e);
        }
        return new WebServer(server, connector);
    }

    /** Allows doubled slashes, which are common among Odoo clients. Does not send the name of the web server. */
    private static HttpConfiguration http() {
        HttpConfiguration http = new HttpConfiguration();
        http.setUriCompliance(UriCompliance.from("RFC3986,AMBIGUOUS_EMPTY_SEGMENT"));
        http.setSendServerVersion(false);
        return http;
    }

    private static String reason(IOException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return String.valueOf(cause.getMessage());
    }

    int port() {
        return connector.getLocalPort();
    }

    void start(Handler handler) throws Exception {
        server.setHandler(new GracefulHandler(handler));
        server.start();
    }

    /** Refuses new connections, waits for running requests, and stops. */
    @Override
    public void close() {
        LifeCycle.stop(server);
        connector.close();
    }
}
