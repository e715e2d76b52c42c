// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.spi.protocol.ClientNetwork;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.Graceful;
import org.jspecify.annotations.Nullable;

/**
 * Bounds connections: how many one client network has, and how long each may wait between two requests, including the
 * time in which the head of a request arrives. Connections of trusted proxies are not counted. A server that stops
 * announces the end of each connection with the next response.
 */
final class ConnectionGuard extends Handler.Wrapper implements Connection.Listener, Graceful {
    private static final HttpField CLOSE = new PreEncodedHttpField(HttpHeader.CONNECTION, "close");

    /** How long a connection without a request stays open when the server stops: a request may be on its way. */
    private static final long LAST_IDLE_MILLIS = 1000;

    private final ClientNetworks networks;
    private final AddressShares connections;
    private final long maxIdleMillis;
    private final Map<Connection, Held> open = new ConcurrentHashMap<>();
    private final Graceful.Shutdown requestsEnded = new Graceful.Shutdown(this) {
        @Override
        public boolean isShutdownDone() {
            return open.values().stream().allMatch(Held::isIdle);
        }
    };
    private volatile boolean stopping;

    /**
     * Wraps a handler.
     *
     * @param connections how many may be open
     * @param maxIdleSeconds from the end of a response, or the opening, to the end of the next request's head
     */
    ConnectionGuard(Handler handler, ClientNetworks networks, AddressShares connections, int maxIdleSeconds) {
        super(handler);
        this.networks = networks;
        this.connections = connections;
        this.maxIdleMillis = TimeUnit.SECONDS.toMillis(maxIdleSeconds);
    }

    /** From now on, connections end with the next response. */
    void announceStop() {
        stopping = true;
    }

    @Override
    public void onOpened(Connection connection) {
        SocketAddress remote = connection.getEndPoint().getRemoteSocketAddress();
        String address = remote instanceof InetSocketAddress internet
                ? internet.getAddress().getHostAddress()
                : String.valueOf(remote);
        String network = networks.isProxy(address) ? null : ClientNetwork.of(address);
        if (network != null && !connections.take(network, 1)) {
            connection.getEndPoint().close(new TimeoutException("Too many connections from this address"));
            return;
        }
        open.put(connection, new Held(network));
    }

    @Override
    public void onClosed(Connection connection) {
        Held held = open.remove(connection);
        if (held != null && held.network != null) {
            connections.giveBack(held.network, 1);
        }
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        Connection connection = request.getConnectionMetaData().getConnection();
        Held held = open.get(connection);
        if (held != null) {
            held.start();
            if (stopping) {
                connection.getEndPoint().setIdleTimeout(maxIdleMillis);
            }
            request.addHttpStreamWrapper(stream -> new Exchange(stream, connection, held));
        }
        return super.handle(request, response, callback);
    }

    /** Closes the connections that have waited too long. */
    void sweep() {
        long now = System.nanoTime();
        open.forEach((connection, held) -> {
            if (held.isIdle() && now - held.idleSince > TimeUnit.MILLISECONDS.toNanos(maxIdleMillis)) {
                connection.getEndPoint().close(new TimeoutException("No request arrived in time"));
            }
        });
    }

    @Override
    public CompletableFuture<Void> shutdown() {
        stopping = true;
        return requestsEnded.shutdown();
    }

    /** Closes the connections soon that have no request, unless they get one in the meantime. */
    void endIdle() {
        stopping = true;
        open.forEach(this::endSoon);
    }

    private void endSoon(Connection connection, Held held) {
        if (held.isIdle()) {
            connection.getEndPoint().setIdleTimeout(LAST_IDLE_MILLIS);
            if (!held.isIdle()) {
                connection.getEndPoint().setIdleTimeout(maxIdleMillis);
            }
        }
    }

    @Override
    public boolean isShutdown() {
        return requestsEnded.isShutdown();
    }

    /** An open connection. */
    private static final class Held {
        private final @Nullable String network;
        private volatile boolean busy;
        private volatile long idleSince = System.nanoTime();

        /** @param network null if it is not counted */
        Held(@Nullable String network) {
            this.network = network;
        }

        boolean isIdle() {
            return !busy;
        }

        void start() {
            busy = true;
        }

        void end() {
            idleSince = System.nanoTime();
            busy = false;
        }
    }

    /** One request and its response. */
    private final class Exchange extends HttpStream.Wrapper {
        private final Connection connection;
        private final Held held;

        Exchange(HttpStream stream, Connection connection, Held held) {
            super(stream);
            this.connection = connection;
            this.held = held;
        }

        @Override
        public void prepareResponse(HttpFields.Mutable headers) {
            if (stopping) {
                headers.put(CLOSE);
            }
            super.prepareResponse(headers);
        }

        @Override
        public void succeeded() {
            end();
            super.succeeded();
        }

        @Override
        public void failed(Throwable failure) {
            end();
            super.failed(failure);
        }

        private void end() {
            held.end();
            if (stopping) {
                // Its response may have started before, so that it did not announce the end of the connection.
                endSoon(connection, held);
                requestsEnded.check();
            }
        }
    }
}
