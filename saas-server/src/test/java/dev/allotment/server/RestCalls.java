// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.UserId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.NewApiKey;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A client of the REST API with the key of one account. */
final class RestCalls {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final int port;
    private final String key;

    /** Creates a client with a key. */
    RestCalls(int port, String key) {
        this.port = port;
        this.key = key;
    }

    static RestCalls as(RunningServer server, UserId user, ApiKeyScope scope) {
        return new RestCalls(
                server.port(),
                server.saas()
                        .actingAs(user)
                        .apiKeys()
                        .create(new NewApiKey("test", scope, Instant.now().plus(Duration.ofDays(1))))
                        .secret());
    }

    /** Returns a client that sends another text as its key. */
    RestCalls withKey(String other) {
        return new RestCalls(port, other);
    }

    Answer get(String path, String... headers) {
        return send("GET", path, null, headers);
    }

    Answer post(String path, @Nullable String body, String... headers) {
        return send("POST", path, body, headers);
    }

    Answer patch(String path, String body, String... headers) {
        return send("PATCH", path, body, headers);
    }

    Answer put(String path, String body, String... headers) {
        return send("PUT", path, body, headers);
    }

    Answer delete(String path) {
        return send("DELETE", path, null);
    }

    /** Starts an operation, and waits for its end. */
    Map<String, Object> done(String path, @Nullable String body) {
        Answer answer = post(path, body, "Prefer", "wait=30");
        Map<String, Object> operation = answer.json();
        if (!"done".equals(operation.get("state"))) {
            throw new AssertionError(answer.body());
        }
        return operation;
    }

    /** Returns the bytes of a file. */
    HttpResponse<byte[]> download(String method, String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1" + path))
                .method(method, BodyPublishers.noBody())
                .header("Authorization", "Bearer " + key);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), BodyHandlers.ofByteArray());
    }

    /** Returns an answer whose lines are read while they arrive. Closing them closes the connection. */
    HttpResponse<Stream<String>> follow(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1" + path))
                .header("Authorization", "Bearer " + key);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), BodyHandlers.ofLines());
    }

    /** @param path below the root of the API, or a whole one */
    Answer send(String method, String path, @Nullable String body, String... headers) {
        String whole = path.startsWith("/api") ? path : "/api/v1" + path;
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + whole))
                .timeout(Duration.ofMinutes(1))
                .method(method, BodyPublishers.ofString(body == null ? "" : body));
        if (!key.isEmpty()) {
            request.header("Authorization", "Bearer " + key);
        }
        if (body != null && !List.of(headers).contains("Content-Type")) {
            request.header("Content-Type", "application/json");
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return new Answer(HTTP.send(request.build(), BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Returns the records of all pages. */
    List<Map<String, Object>> pages(String path) {
        List<Map<String, Object>> all = new ArrayList<>();
        String next = path;
        while (next != null) {
            Answer page = get(next);
            all.addAll(page.items());
            String link = page.header("link");
            next = link == null ? null : path.split("\\?", 2)[0] + link.substring(1, link.indexOf('>'));
        }
        return all;
    }

    record Answer(HttpResponse<String> response) {
        int status() {
            return response.statusCode();
        }

        String body() {
            return response.body();
        }

        @Nullable
        String header(String name) {
            return response.headers().firstValue(name).orElse(null);
        }

        @SuppressWarnings("unchecked")
        Map<String, Object> json() {
            return (Map<String, Object>) Objects.requireNonNull(GoldenJson.read(body()));
        }

        @SuppressWarnings("unchecked")
        List<Map<String, Object>> items() {
            return (List<Map<String, Object>>) json().get("items");
        }

        /** Returns status and code of a problem. */
        String problem() {
            return status() + " " + json().get("code");
        }
    }
}
