// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.webhook;

import com.standardwebhooks.Webhook;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.allotment.spi.backend.JsonText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A program that receives webhooks at a port of this computer. */
final class Receiver implements AutoCloseable {
    /** What came in, with the headers in lower case. */
    record Request(String path, Map<String, List<String>> headers, String body) {
        String id() {
            return header("webhook-id");
        }

        String header(String name) {
            return headers.get(name).get(0);
        }

        String type() {
            return body.replaceAll(".*\"type\":\"([^\"]*)\".*", "$1");
        }

        Map<String, String> data() {
            return JsonText.readMap(body.substring(body.indexOf("\"data\":") + 7, body.length() - 1));
        }

        /** Verifies with the reference library. */
        void verify(String secret) throws Exception {
            new Webhook(secret).verify(body, headers);
        }
    }

    /** Writes a response. */
    interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    final List<Request> requests = new CopyOnWriteArrayList<>();
    volatile Answer answer = status(200);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;
    private final String scheme;

    Receiver() throws IOException {
        this(HttpServer.create(address(), 0), "http");
    }

    Receiver(HttpServer server, String scheme) {
        this.server = server;
        this.scheme = scheme;
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    static InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    static Answer status(int status) {
        return exchange -> exchange.sendResponseHeaders(status, -1);
    }

    private void handle(HttpExchange exchange) throws IOException {
        Map<String, List<String>> headers = new HashMap<>();
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values));
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        requests.add(new Request(exchange.getRequestURI().getPath(), Map.copyOf(headers), body));
        try (exchange) {
            answer.to(exchange);
        }
    }

    String url() {
        return url("127.0.0.1");
    }

    String url(String host) {
        return scheme + "://" + host + ":" + port() + "/hook";
    }

    int port() {
        return server.getAddress().getPort();
    }

    List<String> types() {
        return requests.stream().map(Request::type).toList();
    }

    List<String> ids() {
        return requests.stream().map(Request::id).toList();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
