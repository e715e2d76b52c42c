// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.servlet.TrustedProxies;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Blocker;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers who send, read or wait slowly, over real sockets. */
@Timeout(60)
@Tag("slow")
class SlowClientsTest {
    private static final int ATTACKERS = 300;
    private static final ClientNetworks NETWORKS = new ClientNetworks(TrustedProxies.of(List.of("127.0.0.9")));
    private static final String VERSION = "<methodCall><methodName>version</methodName></methodCall>";

    @Test
    void slowBodiesOnManyConnectionsDelayNobody() throws Exception {
        List<String> paths = List.of("/xmlrpc/2/common", "/jsonrpc", "/web/login", "/nothing");
        List<Socket> slow = new ArrayList<>();
        try (RunningServer server = ServerContract.start(List.of("--data", "memory"))) {
            for (int i = 0; i < ATTACKERS; i++) {
                Socket socket = connect("127.0.0.1", server.port());
                slow.add(socket);
                send(
                        socket,
                        "POST " + paths.get(i % paths.size()) + " HTTP/1.1\r\nHost: portal.localhost\r\nContent-Type:"
                                + " application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\nx");
            }
            for (Socket socket : slow) {
                send(socket, "y");
            }

            assertThat(answer(server.port(), "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 ");
            assertThat(answer(server.port(), "GET /health/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 ");
            assertThat(answer(server.port(), post("/xmlrpc/2/common", VERSION))).contains("server_version_info");
        } finally {
            close(slow);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 100000\r\n\r\nx", "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"})
    void aBodyThatArrivesTooSlowlyIsRefused(String rest) throws Exception {
        try (JettyFixture server = new JettyFixture(echo(), next -> bodies(next, 1_000_000, 1_000_000));
                Socket socket = connect("127.0.0.1", server.port())) {
            send(socket, "POST / HTTP/1.1\r\nHost: x\r\n" + rest);

            assertThat(read(socket)).startsWith("HTTP/1.1 408 ").containsIgnoringCase("Connection: close");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8191, 8192, 100_000, 1_000_000})
    void aBodyOfAnySizeArrivesUnchangedHoweverItIsCut(int size) throws Exception {
        String body = "0123456789".repeat(size / 10 + 1).substring(0, size);
        try (JettyFixture server = new JettyFixture(echo(), next -> bodies(next, 1_000_000, 4_000_000));
                Socket socket = connect("127.0.0.1", server.port())) {
            for (int part : new int[] {1_000_000, 5000, 77_777}) {
                send(socket, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + size + "\r\n\r\n");
                for (int at = 0; at < size; at += part) {
                    send(socket, body.substring(at, Math.min(size, at + part)));
                }
                assertThat(head(socket)).startsWith("HTTP/1.1 200 ").contains("Content-Length: " + size);
                assertThat(new String(socket.getInputStream().readNBytes(size), StandardCharsets.US_ASCII))
                        .isEqualTo(body);
            }
        }
    }

    @Test
    void aBodyAboveTheLimitIsRefusedAndTheSenderReadsTheAnswer() throws Exception {
        try (JettyFixture server = new JettyFixture(echo(), next -> bodies(next, 100_000, 4_000_000))) {
            for (String framing :
                    List.of("Content-Length: 300000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n493e0\r\n")) {
                try (Socket socket = connect("127.0.0.1", server.port())) {
                    send(socket, "POST / HTTP/1.1\r\nHost: x\r\n" + framing + "x".repeat(300_000));
                    assertThat(read(socket)).startsWith("HTTP/1.1 413 ").contains("limit of 100000 bytes");
                }
            }
        }
    }

    @Test
    void theMemoryForBodiesIsSharedAndGivenBack() throws Exception {
        AddressShares memory = new AddressShares(400_000);
        List<Socket> slow = new ArrayList<>();
        try (JettyFixture server =
                new JettyFixture(echo(), next -> new BufferedBodies(next, 1_000_000, 8192, 30, NETWORKS, memory))) {
            int refused = 0;
            while (refused == 0) {
                Socket socket = connect("127.0.0.1", server.port());
                slow.add(socket);
                long before = memory.sum();
                send(socket, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + "x".repeat(90_000));
                while (memory.sum() < before + 90_000 && socket.getInputStream().available() == 0) {
                    Thread.onSpinWait();
                }
                refused += socket.getInputStream().available() > 0 ? 1 : 0;
                assertThat(slow).hasSizeLessThan(50);
            }
            assertThat(read(slow.get(slow.size() - 1)))
                    .startsWith("HTTP/1.1 503 ")
                    .contains("Retry-After");
            try (Socket other = connect("127.0.0.2", server.port())) {
                send(other, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n" + "x".repeat(40_000));
                send(other, "x".repeat(10_000));
                assertThat(head(other)).startsWith("HTTP/1.1 200 ");
            }
            close(slow);
            while (memory.sum() > 0) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void requestsOfOneAddressWaitWhileThoseOfOthersRun() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Semaphore started = new Semaphore(0);
        Handler working = blocking(request -> {
            if (request.getHttpURI().getPath().equals("/slow")) {
                started.release();
                release.await();
            }
        });
        List<Socket> slow = new ArrayList<>();
        try (JettyFixture server =
                new JettyFixture(working, next -> new RequestShares(next, NETWORKS, new AddressShares(20)))) {
            for (int i = 0; i < ATTACKERS; i++) {
                Socket socket = connect("127.0.0.1", server.port());
                slow.add(socket);
                send(socket, "GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            }
            started.acquire(10);

            assertThat(fast(server, "127.0.0.2", "")).startsWith("HTTP/1.1 200 ");
            assertThat(fast(server, "127.0.0.9", "X-Forwarded-For: 198.51.100.7\r\n"))
                    .startsWith("HTTP/1.1 200 ");
            assertThat(started.availablePermits()).isZero();

            release.countDown();
            for (Socket socket : slow) {
                assertThat(read(socket)).startsWith("HTTP/1.1 200 ");
            }
            assertThat(fast(server, "127.0.0.1", "")).startsWith("HTTP/1.1 200 ");
        } finally {
            release.countDown();
            close(slow);
        }
    }

    @Test
    void aCallerBehindATrustedProxyIsCountedAndNotTheProxy() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Semaphore started = new Semaphore(0);
        Handler working = blocking(request -> {
            if (request.getHttpURI().getPath().equals("/slow")) {
                started.release();
                release.await();
            }
        });
        List<Socket> slow = new ArrayList<>();
        try (JettyFixture server =
                new JettyFixture(working, next -> new RequestShares(next, NETWORKS, new AddressShares(20)))) {
            for (int i = 0; i < 40; i++) {
                Socket socket = connect("127.0.0.9", server.port());
                slow.add(socket);
                send(
                        socket,
                        "GET /slow HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 2001:db8::" + i
                                + "\r\nConnection: close\r\n\r\n");
            }
            started.acquire(10);

            assertThat(fast(server, "127.0.0.9", "X-Forwarded-For: 2001:db8:0:1::1\r\n"))
                    .startsWith("HTTP/1.1 200 ");
            assertThat(started.availablePermits()).isZero();
        } finally {
            release.countDown();
            close(slow);
        }
    }

    @Test
    void aCallerWhoDoesNotReadHoldsNoThreadForLong() throws Exception {
        CompletableFuture<String> failure = new CompletableFuture<>();
        Handler working = new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                try (Blocker.Callback written = Blocker.callback()) {
                    response.write(true, ByteBuffer.wrap(new byte[50_000_000]), written);
                    written.block();
                    failure.complete("It was written");
                } catch (IOException e) {
                    failure.complete(String.valueOf(e.getMessage()));
                }
                callback.succeeded();
                return true;
            }
        };
        try (JettyFixture server = new JettyFixture(working, next -> new SlowReaders(next, 1_000_000_000, 1));
                Socket socket = connect("127.0.0.1", server.port())) {
            send(socket, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");

            assertThat(failure.get(30, TimeUnit.SECONDS)).contains("too slowly");
        }
    }

    @Test
    void aConnectionWithoutARequestIsClosed() throws Exception {
        try (GuardedServer server = new GuardedServer(new AddressShares(100), 1);
                Socket silent = connect("127.0.0.1", server.port());
                Socket slowHead = connect("127.0.0.1", server.port());
                Socket used = connect("127.0.0.1", server.port())) {
            send(used, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(head(used)).startsWith("HTTP/1.1 200 ");
            send(slowHead, "GET / HTTP/1.1\r\n");
            List<CompletableFuture<Integer>> ends = Stream.of(silent, slowHead, used)
                    .map(socket -> CompletableFuture.supplyAsync(() -> end(socket), task -> new Thread(task).start()))
                    .toList();
            while (!ends.stream().allMatch(CompletableFuture::isDone)) {
                server.guard.sweep();
                Thread.onSpinWait();
            }

            assertThat(ends).extracting(CompletableFuture::join).containsExactly(-1, -1, -1);
        }
    }

    @Test
    void oneAddressCannotTakeAllConnections() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try (GuardedServer server = new GuardedServer(new AddressShares(20), 60)) {
            AtomicInteger answered = new AtomicInteger();
            for (int i = 0; i < 30; i++) {
                Socket socket = connect("127.0.0.1", server.port());
                sockets.add(socket);
                answered.addAndGet(isAnswered(socket) ? 1 : 0);
            }
            assertThat(answered).hasValue(10);
            for (int i = 0; i < 30; i++) {
                Socket proxied = connect("127.0.0.9", server.port());
                sockets.add(proxied);
                assertThat(isAnswered(proxied)).isTrue();
            }
            try (Socket other = connect("127.0.0.2", server.port())) {
                assertThat(isAnswered(other)).isTrue();
            }
            close(sockets);
            while (server.connections.sum() > 0) {
                Thread.onSpinWait();
            }
        } finally {
            close(sockets);
        }
    }

    private static boolean isAnswered(Socket socket) throws IOException {
        try {
            send(socket, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            int first = socket.getInputStream().read();
            if (first >= 0) {
                assertThat("H" + head(socket)).startsWith("HTTP/1.1 200 ");
            }
            return first >= 0;
        } catch (SocketException e) {
            return false;
        }
    }

    private static int end(Socket socket) {
        try {
            int value = socket.getInputStream().read();
            while (value >= 0) {
                value = socket.getInputStream().read();
            }
            return value;
        } catch (SocketException e) {
            return -1;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String fast(JettyFixture server, String from, String headers) throws IOException {
        try (Socket socket = connect(from, server.port())) {
            send(socket, "GET /fast HTTP/1.1\r\nHost: x\r\n" + headers + "Connection: close\r\n\r\n");
            return read(socket);
        }
    }

    private static Handler bodies(Handler next, int maxBytes, long memoryBytes) {
        return new BufferedBodies(next, maxBytes, 8192, 1, NETWORKS, new AddressShares(memoryBytes));
    }

    private static Handler echo() {
        return new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                byte[] body = Content.Source.asInputStream(request).readAllBytes();
                response.getHeaders().put("Content-Length", body.length);
                response.write(true, ByteBuffer.wrap(body), callback);
                return true;
            }
        };
    }

    private interface Work {
        void on(Request request) throws InterruptedException;
    }

    private static Handler blocking(Work work) {
        return new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                work.on(request);
                response.write(true, ByteBuffer.allocate(0), callback);
                return true;
            }
        };
    }

    private static Socket connect(String from, int port) throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(40_000);
        socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String post(String path, String body) {
        return "POST " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body;
    }

    /** Answers within a few seconds, or fails. */
    private static String answer(int port, String request) throws IOException {
        try (Socket socket = connect("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            send(socket, request);
            return read(socket);
        }
    }

    private static String read(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String head(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int value = in.read();
            if (value < 0) {
                throw new AssertionError("The connection ends after: " + head);
            }
            head.append((char) value);
        }
        return head.toString();
    }

    private static void close(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** Jetty on a free port with one handler in front of another. */
    private static final class JettyFixture implements AutoCloseable {
        private final Server server = new Server();
        private final ServerConnector connector = new ServerConnector(server);

        JettyFixture(Handler working, UnaryOperator<Handler> front) throws Exception {
            connector.setHost("127.0.0.1");
            connector.setAcceptQueueSize(1024);
            server.addConnector(connector);
            server.setErrorHandler(new PlainErrors());
            server.setHandler(front.apply(working));
            server.start();
        }

        int port() {
            return connector.getLocalPort();
        }

        @Override
        public void close() {
            try {
                server.stop();
            } catch (Exception e) {
                throw new AssertionError("The server did not stop", e);
            }
        }
    }

    /** A server whose connections are guarded. */
    private static final class GuardedServer implements AutoCloseable {
        private final AddressShares connections;
        private final ConnectionGuard guard;
        private final JettyFixture jetty;

        GuardedServer(AddressShares connections, int maxIdleSeconds) throws Exception {
            this.connections = connections;
            guard = new ConnectionGuard(blocking(request -> {}), NETWORKS, connections, maxIdleSeconds);
            jetty = new JettyFixture(guard, next -> next);
            jetty.connector.addBean(guard, false);
            // So that nothing but the guard closes a connection.
            jetty.connector.setIdleTimeout(TimeUnit.MINUTES.toMillis(5));
        }

        int port() {
            return jetty.port();
        }

        @Override
        public void close() {
            jetty.close();
        }
    }
}
