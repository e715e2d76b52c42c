// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Receives usage as Lago does: it adds up the differences, and knows each message by its id. Sometimes it is down, and
 * sometimes its answer is lost.
 */
final class MeteringSystem implements AutoCloseable {
    private static final Pattern SENT = Pattern.compile(
            "\\{\"event\":\\{\"transaction_id\":\"([^\"]+)\",\"external_subscription_id\":\"([^\"]+)\".*"
                    + "\"delta\":(-?\\d+).*\"day\":\"([^\"]+)\".*");
    private static final byte[] KNOWN =
            "{\"error_details\":{\"transaction_id\":[\"value_already_exist\"]}}".getBytes(StandardCharsets.UTF_8);

    /** How often a message fails at most, so that it does not fail for good. */
    private static final int MOST_FAILURES = 3;

    private final Random random;
    private final HttpServer server;
    private final Set<String> ids = new HashSet<>();
    private final Map<String, Integer> failures = new HashMap<>();
    private final Map<String, Map<LocalDate, Long>> days = new TreeMap<>();
    private int refused;
    private int lost;
    private int repeated;

    MeteringSystem(Random random) throws IOException {
        this.random = random;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::receive);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/api/v1/events";
    }

    private synchronized void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Matcher sent = SENT.matcher(body);
            if (!sent.matches()) {
                exchange.sendResponseHeaders(400, -1);
                return;
            }
            String id = sent.group(1);
            int luck = failures.getOrDefault(id, 0) < MOST_FAILURES ? random.nextInt(100) : 100;
            if (luck < 16) {
                failures.merge(id, 1, Integer::sum);
            }
            if (luck < 8) {
                refused++;
                exchange.sendResponseHeaders(503, -1);
                return;
            }
            boolean added = ids.add(id);
            if (added) {
                days.computeIfAbsent(sent.group(2), any -> new HashMap<>())
                        .merge(LocalDate.parse(sent.group(4)), Long.valueOf(sent.group(3)), Long::sum);
            } else {
                repeated++;
            }
            if (luck < 16) {
                // The connection ends without an answer.
                lost++;
            } else if (added) {
                exchange.sendResponseHeaders(200, -1);
            } else {
                exchange.sendResponseHeaders(422, KNOWN.length);
                exchange.getResponseBody().write(KNOWN);
            }
        }
    }

    /** The sums by customer and day. */
    synchronized Map<String, Map<LocalDate, Long>> days() {
        Map<String, Map<LocalDate, Long>> copy = new TreeMap<>();
        days.forEach((customer, sums) -> copy.put(customer, new HashMap<>(sums)));
        return copy;
    }

    /** How many different messages it has. */
    synchronized int messages() {
        return ids.size();
    }

    synchronized int refused() {
        return refused;
    }

    synchronized int lost() {
        return lost;
    }

    synchronized int repeated() {
        return repeated;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
