// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SaasServletTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final List<String> FAILURES = new CopyOnWriteArrayList<>();
    private static ServletTestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = new ServletTestServer(
                SaasServlet.builder()
                        .protocol(new EchoAdapter())
                        .failures((protocol, code) -> FAILURES.add(protocol + " " + code))
                        .build(),
                "/");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void sendsTheResponseOfTheAdapterUnchanged() throws Exception {
        HttpResponse<String> response = post("/echo", "grüße");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("/echo grüße");
        assertThat(response.headers().firstValue("content-type")).hasValue("text/x-echo; charset=utf-8");
        assertThat(response.headers().firstValue("x-own")).hasValue("kept");
        assertThat(response.headers().firstValue("content-length")).hasValue("13");
        assertThat(response.headers().firstValue("x-content-type-options")).hasValue("nosniff");
    }

    @ParameterizedTest
    @CsvSource({
        "/echo, /echo",
        "/echo/, /echo",
        "//echo, /echo",
        "///echo//, /echo",
        "/echo?db=x, /echo",
        "/echo;jsessionid=1, /echo",
        "/%65cho, /echo",
        "/echo/below/res.users/read, /echo/below/res.users/read",
        "//echo//below//a/, /echo/below/a",
    })
    void givesTheAdapterANormalisedPath(String requested, String seen) throws Exception {
        assertThat(server.exchange("POST " + requested + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                        + "Content-Length: 1\r\n\r\n!"))
                .startsWith("HTTP/1.1 200 ")
                .endsWith("\r\n\r\n" + seen + " !");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/other", "/echo/other", "/echo/below"})
    void refusesAnUnknownPath(String path) throws Exception {
        String response = server.exchange(
                "POST " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + "Content-Length: 1\r\n\r\n!");

        assertThat(response).startsWith("HTTP/1.1 404 ").endsWith("\r\n\r\nThere is nothing at this path.\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "PATCH", "TRACE", "BREW"})
    void refusesOtherMethodsAndNamesTheAllowedOnes(String method) throws Exception {
        HttpResponse<String> response = send(method, "/echo/");

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("allow")).hasValue("POST, OPTIONS");
        assertThat(response.headers().firstValue("content-length")).isPresent();
        assertThat(response.body()).isEqualTo("Use POST for calls.\n");
    }

    @Test
    void refusesAHeadRequestWithoutABody() throws Exception {
        assertThat(server.exchange("HEAD /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 405 ")
                .contains("Allow: POST, OPTIONS\r\n")
                .endsWith("\r\n\r\n");
    }

    @Test
    void answersOptions() throws Exception {
        HttpResponse<String> response = send("OPTIONS", "/echo");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("allow")).hasValue("POST, OPTIONS");
        assertThat(response.headers().firstValue("content-length")).hasValue("0");
        assertThat(response.body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {EchoAdapter.FAILING, EchoAdapter.OVERFLOWING})
    void showsOnlyAReferenceIfAnAdapterFails(String path) throws Exception {
        HttpResponse<String> response = post(path, "");

        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.headers().firstValue("content-type")).hasValue("text/plain;charset=utf-8");
        assertThat(response.body()).matches("Internal error, reference [0-9a-f-]{36}\n");
    }

    @Test
    void goesOnAfterAFailure() throws Exception {
        FAILURES.clear();
        post(EchoAdapter.FAILING, "");

        assertThat(post("/echo", "!").body()).isEqualTo("/echo !");
        assertThat(FAILURES).containsExactly("echo internal");
    }

    @Test
    void givesTheAdapterHeaderNamesInLowerCaseAndTheFirstValue() throws Exception {
        String response =
                server.exchange("POST " + EchoAdapter.HEADERS + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                        + "X-Some: One\r\nx-SOME: Two\r\nContent-Length: 0\r\n\r\n");

        assertThat(response).contains("x-some=One").doesNotContain("Two");
    }

    @Test
    void keepsAConnectionForTheNextCall() throws Exception {
        String call = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n";
        String last = "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1\r\n\r\n";

        assertThat(server.exchange(call + "1" + call + "2" + last + "3"))
                .contains("/echo 1HTTP/1.1 200 OK")
                .contains("/echo 2HTTP/1.1 200 OK")
                .endsWith("/echo 3");
    }

    /** Sends half a body: then the server cannot have read it to its end. */
    @ParameterizedTest
    @CsvSource({
        "404, POST /nothing, identity",
        "405, PUT /echo, identity",
        "415, POST /echo, br",
        "400, POST /echo, gzip",
    })
    void announcesThatAConnectionWithAnUnreadBodyEnds(String status, String request, String coding) throws Exception {
        try (Socket socket = server.connect()) {
            socket.getOutputStream()
                    .write((request + " HTTP/1.1\r\nHost: x\r\nContent-Encoding: " + coding
                                    + "\r\nContent-Length: 40\r\n\r\nneither whole nor gzip")
                            .getBytes(StandardCharsets.ISO_8859_1));

            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .startsWith("HTTP/1.1 " + status + " ")
                    .contains("Connection: close\r\n");
        }
    }

    @Test
    void keepsAConnectionAfterARefusalWithoutABody() throws Exception {
        String last = "GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

        assertThat(server.exchange("GET /echo HTTP/1.1\r\nHost: x\r\n\r\n" + last)
                        .split("HTTP/1.1 405 ", -1))
                .hasSize(3);
    }

    @Test
    void removesTheContextPathFromPaths() throws Exception {
        try (ServletTestServer inside = new ServletTestServer(
                SaasServlet.builder().protocol(new EchoAdapter()).build(), "/shop")) {
            String rest = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1\r\n\r\n!";

            assertThat(inside.exchange("POST /shop/echo" + rest)).endsWith("/echo !");
            assertThat(inside.exchange("POST /shop//echo/" + rest)).endsWith("/echo !");
            assertThat(inside.exchange("POST /shopping/echo" + rest)).startsWith("HTTP/1.1 404 ");
        }
    }

    private static HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return CLIENT.send(
                HttpRequest.newBuilder(server.uri(path))
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private static HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        return CLIENT.send(
                HttpRequest.newBuilder(server.uri(path))
                        .method(method, BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }
}
