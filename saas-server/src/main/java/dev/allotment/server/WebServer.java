// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.allotment.server.setting.ExitCode;
import dev.allotment.server.setting.StartFailure;
import dev.allotment.servlet.TrustedProxies;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * Jetty on one address. {@link #bind} binds the port, so that all other parts can use its number. Calls that arrive
 * before {@link #start} wait.
 */
final class WebServer implements AutoCloseable {
    /** How many threads may work on requests, and wait for databases. */
    private static final int WORKING_THREADS = 200;
    /** For reading and writing, and for the health: they are never waited on. */
    private static final int OTHER_THREADS = 32;

    private static final int IDLE_THREADS = 8;
    private static final int IDLE_SECONDS = 60;
    /** Slower callers are cut off, after they were slow for some seconds. */
    private static final int MIN_BYTES_PER_SECOND = 8 * 1024;

    private static final int SLOW_SECONDS = 15;
    private static final int MAX_CONNECTIONS = 10_000;
    private static final int MEMORY_PART = 4;
    private static final int BACKLOG = 1024;

    private final Server server;
    private final ServerConnector connector;
    private final Duration stopDelay;
    private final AddressShares working = new AddressShares(WORKING_THREADS);
    private @Nullable ConnectionGuard guard;
    private @Nullable RequestShares requests;

    private WebServer(Server server, ServerConnector connector, Duration stopDelay) {
        this.server = server;
        this.connector = connector;
        this.stopDelay = stopDelay;
    }

    /**
     * Binds a port.
     *
     * @param stopDelay how long {@link #close} still answers before it closes the port
     * @param stopTimeout how long {@link #close} waits for running requests
     */
    static WebServer bind(InetAddress address, int port, Duration stopDelay, Duration stopTimeout) throws StartFailure {
        QueuedThreadPool threads = new QueuedThreadPool(WORKING_THREADS + OTHER_THREADS, IDLE_THREADS);
        threads.setName("http");
        Server server = new Server(threads);
        server.setErrorHandler(new PlainErrors());
        server.setStopTimeout(stopTimeout.toMillis());
        ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http())) {
            @Override
            public CompletableFuture<Void> shutdown() {
                CompletableFuture<Void> shutdown = super.shutdown();
                getBeans(ConnectionGuard.class).forEach(ConnectionGuard::endIdle);
                return shutdown;
            }
        };
        connector.setIdleTimeout(TimeUnit.SECONDS.toMillis(IDLE_SECONDS));
        // By default, Jetty cuts off a running request that pauses for a second while the server stops.
        connector.setShutdownIdleTimeout(connector.getIdleTimeout());
        connector.setAcceptQueueSize(BACKLOG);
        server.addConnector(connector);
        open(connector, address, port, "--listen or --port");
        return new WebServer(server, connector, stopDelay);
    }

    /**
     * Binds the port of a connector.
     *
     * @param settings the settings that choose address and port, for the message
     */
    static void open(ServerConnector connector, InetAddress address, int port, String settings) throws StartFailure {
        connector.setHost(address.getHostAddress());
        connector.setPort(port);
        try {
            connector.open();
        } catch (IOException e) {
            throw new StartFailure(
                    ExitCode.UNAVAILABLE,
                    "Cannot listen on " + address.getHostAddress() + " port " + port + ": " + reason(e) + ". Set "
                            + settings + " to another one, or stop the process that uses this one.",
                    e);
        }
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

    /**
     * Starts to answer requests.
     *
     * @param immediate answers without blocking, or leaves the request to {@code blocking}
     * @param blocking answers requests, and may block
     * @param around is put around both
     * @param maxBodyBytes of a request
     */
    void start(
            Handler immediate,
            Handler blocking,
            UnaryOperator<Handler> around,
            int maxBodyBytes,
            TrustedProxies proxies)
            throws Exception {
        ClientNetworks networks = new ClientNetworks(proxies);
        RequestShares shared = new RequestShares(blocking, networks, working);
        requests = shared;
        Handler bodies = new BufferedBodies(
                shared,
                maxBodyBytes,
                MIN_BYTES_PER_SECOND,
                SLOW_SECONDS,
                networks,
                new AddressShares(Runtime.getRuntime().maxMemory() / MEMORY_PART));
        Handler answers = new SlowReaders(
                around.apply(new ContentTypes(new Handler.Sequence(immediate, bodies))),
                MIN_BYTES_PER_SECOND,
                SLOW_SECONDS);
        ConnectionGuard connections =
                new ConnectionGuard(answers, networks, new AddressShares(maxConnections()), IDLE_SECONDS);
        guard = connections;
        connector.addBean(connections, false);
        server.setHandler(connections);
        server.start();
        sweep(connections);
    }

    /** Leaves the other half of the files that the process may open to databases. */
    private static int maxConnections() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? (int) Math.min(MAX_CONNECTIONS, system.getMaxFileDescriptorCount() / 2)
                : MAX_CONNECTIONS;
    }

    private void sweep(ConnectionGuard connections) {
        connections.sweep();
        if (server.isRunning()) {
            connector.getScheduler().schedule(() -> sweep(connections), 1, TimeUnit.SECONDS);
        }
    }

    /** How many threads work on requests now. */
    long workingThreads() {
        return working.sum();
    }

    /** How many threads may work on requests. */
    static int maxWorkingThreads() {
        return WORKING_THREADS;
    }

    /** How many requests wait for a thread. */
    int waitingRequests() {
        return requests == null ? 0 : requests.waiting();
    }

    /** From now on, each response announces the end of its connection. */
    void announceStop() {
        if (guard != null) {
            guard.announceStop();
        }
    }

    /** Still answers for the delay, then refuses new connections, waits for running requests, and stops. */
    @Override
    public void close() {
        if (guard != null) {
            try {
                Thread.sleep(stopDelay.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        LifeCycle.stop(server);
        connector.close();
    }
}
