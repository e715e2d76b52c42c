// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.remote;

import dev.allotment.jsonrpc.request.MalformedJson;
import dev.allotment.rest.json.Json;
import dev.allotment.rest.route.Route;
import dev.allotment.server.setting.ExitCode;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Calls the REST API of one server. Follows no redirect, which could take the key to another server. */
final class ApiClient {
    private static final Duration CONNECT = Duration.ofSeconds(10);

    /** A server waits for at most half of it. */
    private static final Duration ANSWER = Duration.ofMinutes(1);

    private static final String LOST = "The answer was lost, so it is not known whether the server did it. ";

    private final Connection connection;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();

    ApiClient(Connection connection) {
        this.connection = connection;
    }

    /**
     * A request.
     *
     * @param path below {@code /api/v1}
     * @param query the values by the names of parameters
     * @param body null: it has none
     * @param idempotencyKey null: it takes none
     * @param lost what to do if the answer is lost
     */
    record Call(
            String method,
            String path,
            Map<String, List<String>> query,
            @Nullable Map<String, Object> body,
            @Nullable String idempotencyKey,
            String lost) {
        boolean changes() {
            return !method.equals("GET");
        }

        /** Returns a request that changes nothing. */
        static Call get(String path, Map<String, List<String>> query) {
            return new Call("GET", path, query, null, null, "Repeat the command.");
        }
    }

    /** An answer of success, with its document; without one, an empty object. */
    record Answer(HttpResponse<byte[]> response, Map<String, Object> json) {
        List<Map<String, Object>> items() {
            return objects(json.get("items"));
        }
    }

    /** Returns the address of the server. */
    URI address() {
        return connection.address();
    }

    /** Sends a request that changes nothing. */
    Answer get(String path) throws RemoteFailure, InterruptedException {
        return send(Call.get(path, Map.of()));
    }

    /**
     * Sends a request.
     *
     * @throws RemoteFailure if the server cannot be reached, or refuses it
     */
    Answer send(Call call) throws RemoteFailure, InterruptedException {
        HttpResponse<byte[]> response = respond(call);
        Map<String, Object> json = json(response);
        if (response.statusCode() / 100 != 2) {
            throw failure(call, response, json == null ? Map.of() : json);
        }
        if (json == null) {
            throw new RemoteFailure(
                    ExitCode.FAILED,
                    "Status " + response.statusCode() + " from " + connection.address() + ", with a text that is no"
                            + " document of the REST API. Check that the address is that of the server.");
        }
        return new Answer(response, json);
    }

    /**
     * Sends a request that changes nothing, again while the server is away or busy, such as during an upgrade.
     *
     * @param attempts how often it is sent at most, with a second between
     * @param away gets the first failure if the request is sent again
     * @throws RemoteFailure if the server refuses it, or if the last attempt fails
     */
    Answer send(Call call, int attempts, Consumer<? super RemoteFailure> away)
            throws RemoteFailure, InterruptedException {
        for (int attempt = 1; true; attempt++) {
            try {
                return send(call);
            } catch (RemoteFailure failure) {
                boolean temporary = failure.exitCode() == ExitCode.UNAVAILABLE || failure.exitCode() == ExitCode.BUSY;
                if (!temporary || attempt == attempts) {
                    throw failure;
                }
                if (attempt == 1) {
                    away.accept(failure);
                }
                Terminal.pause(1);
            }
        }
    }

    private HttpResponse<byte[]> respond(Call call) throws RemoteFailure, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(connection.address() + Route.ROOT + call.path() + query(call.query())))
                .timeout(ANSWER)
                .header("Authorization", "Bearer " + connection.key())
                .header("Accept", "application/json");
        if (call.body() == null) {
            request.method(call.method(), BodyPublishers.noBody());
        } else {
            request.method(call.method(), BodyPublishers.ofByteArray(Json.write(call.body())))
                    .header("Content-Type", "application/json");
        }
        if (call.idempotencyKey() != null) {
            request.header("Idempotency-Key", call.idempotencyKey());
        }
        // The timeout of a request ends with the headers of the answer, so the body has one here.
        CompletableFuture<HttpResponse<byte[]>> response = http.sendAsync(request.build(), BodyHandlers.ofByteArray());
        try {
            return response.get(ANSWER.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            response.cancel(true);
            throw lost(call, "no answer within " + ANSWER.toSeconds() + " s");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
                throw new RemoteFailure(
                        ExitCode.UNAVAILABLE,
                        "No connection to " + connection.address() + ". Check the address, and that the server runs.");
            }
            if (cause instanceof SSLException) {
                throw new RemoteFailure(
                        ExitCode.UNAVAILABLE,
                        "No secure connection to " + connection.address() + ", so nothing was sent: "
                                + Table.safe(String.valueOf(cause.getMessage())));
            }
            throw lost(call, reason(e));
        }
    }

    /** The client of the JDK wraps what happened, some of it twice. */
    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        return message == null ? "the connection ended" : message;
    }

    private static RemoteFailure lost(Call call, String why) {
        return new RemoteFailure(
                ExitCode.UNAVAILABLE,
                (call.changes() ? LOST : "The answer was lost. ") + call.lost() + " (" + Table.safe(why) + ")");
    }

    private static String query(Map<String, List<String>> query) {
        return query.isEmpty()
                ? ""
                : query.entrySet().stream()
                        .flatMap(each ->
                                each.getValue().stream().map(value -> encoded(each.getKey()) + "=" + encoded(value)))
                        .collect(Collectors.joining("&", "?", ""));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** Null: the body is something else than an object. */
    private static @Nullable Map<String, Object> json(HttpResponse<byte[]> response) {
        try {
            Object document = response.body().length == 0 ? Map.of() : Json.read(response.body());
            return document instanceof Map ? object(document) : null;
        } catch (MalformedJson e) {
            return null;
        }
    }

    private RemoteFailure failure(Call call, HttpResponse<byte[]> response, Map<String, Object> problem) {
        int status = response.statusCode();
        // The server, or a proxy before it, may have failed after the work was done.
        String unknown = status >= 500 && call.changes() ? " " + LOST + call.lost() : "";
        if (!(problem.get("detail") instanceof String detail)) {
            return new RemoteFailure(
                    status == 502 || status == 503 || status == 504 ? ExitCode.UNAVAILABLE : ExitCode.FAILED,
                    "Status " + status + " from " + connection.address()
                            + ", without a problem of the REST API. Check that the address is that of the server."
                            + unknown);
        }
        boolean retryable = Boolean.TRUE.equals(problem.get("retryable"));
        StringBuilder text = new StringBuilder(detail)
                .append(" (")
                .append(problem.get("code"))
                .append(')');
        if (status == 401) {
            text.append(" Check the key for ").append(connection.address()).append('.');
        } else if ("request.path".equals(problem.get("code"))) {
            text.append(" The server may be older than this program.");
        } else if (retryable && unknown.isEmpty()) {
            text.append(" The same command may succeed in ")
                    .append(response.headers().firstValue("retry-after").orElse("a few"))
                    .append(" s.");
        }
        text.append(unknown);
        if (problem.get("operation") instanceof Number operation) {
            text.append(" See: saas operation show ").append(operation);
        }
        return new RemoteFailure(exitCode(status, retryable), Table.safe(text.toString()));
    }

    private static int exitCode(int status, boolean retryable) {
        return switch (status) {
            case 400, 405, 415 -> ExitCode.WRONG_SETTINGS;
            case 404 -> ExitCode.NOT_FOUND;
            case 503 -> ExitCode.UNAVAILABLE;
            case 500 -> ExitCode.FAILED;
            default -> retryable || status == 429 ? ExitCode.BUSY : ExitCode.REFUSED;
        };
    }

    /** Returns a document as an object; an empty one if it is something else. */
    static Map<String, Object> object(@Nullable Object json) {
        Map<String, Object> object = new LinkedHashMap<>();
        if (json instanceof Map<?, ?> map) {
            map.forEach((key, value) -> object.put((String) key, value));
        }
        return object;
    }

    private static List<Map<String, Object>> objects(@Nullable Object json) {
        return json instanceof List<?> list
                ? list.stream().map(ApiClient::object).toList()
                : List.of();
    }
}
