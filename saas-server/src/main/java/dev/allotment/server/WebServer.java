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
 * Jetty on one address. The port is taken when it is made, so that everything else may know it; calls are answered from
 * {@link #start} on, and those that come before wait.
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
     * Takes a port.
     *
     * @param stopTimeout how long requests may go on once it is being closed
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
                    ExitCode.OUT_OF_REACH,
                    "Cannot listen on " + address.getHostAddress() + " port " + port + ": " + reason(e)
                            + ". Set --listen or --port to another one, or stop what uses it.",
                    e);
        }
        return new WebServer(server, connector);
    }

    /** A doubled slash is common among clients of Odoo; nobody needs to know what we run on. */
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

    /** Takes no new connection, lets requests end, and then stops. */
    @Override
    public void close() {
        LifeCycle.stop(server);
        connector.close();
    }
}
