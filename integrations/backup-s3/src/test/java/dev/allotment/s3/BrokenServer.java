// SPDX-License-Identifier: Apache-2.0
package dev.allotment.s3;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server whose answers a test chooses. */
final class BrokenServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    /** Answers a request. */
    interface Answers {
        void to(HttpExchange request) throws IOException;
    }

    BrokenServer(Answers answers) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", request -> {
            requests.add(request.getRequestMethod() + " " + request.getRequestURI());
            try (request) {
                answers.to(request);
            }
        });
        server.start();
    }

    S3BackupStore store() {
        return store(Duration.ofSeconds(5), 10);
    }

    S3BackupStore store(Duration timeout, long firstPartBytes) {
        return S3BackupStore.builder("bucket")
                .endpoint(URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
                .credentials(S3Server.ACCESS_KEY, S3Server.SECRET_KEY)
                .timeout(timeout)
                .firstPartBytes(firstPartBytes)
                .build();
    }

    /** The requests so far: method and address. */
    List<String> requests() {
        return requests;
    }

    static void answer(HttpExchange request, int status, String body) throws IOException {
        request.getRequestBody().readAllBytes();
        byte[] bytes = request.getRequestMethod().equals("HEAD") ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
        request.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        request.getResponseBody().write(bytes);
    }

    static void fail(HttpExchange request, int status, String code) throws IOException {
        answer(request, status, "<Error><Code>" + code + "</Code><Message>a message</Message></Error>");
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
