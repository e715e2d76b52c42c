// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are wrong in ways that browsers never are. */
class MalformedRequestsTest {
    private static final String FORM = "application/x-www-form-urlencoded";
    private static PortalTestServer server;

    @BeforeAll
    static void open() throws Exception {
        server = PortalTestServer.openWithMail();
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "%%", "%zz", "%ff", "%c0%80", "%u0041", "%e4", "%00", "a&b=%f", "%&redirect=/my"})
    void aMalformedQueryIsABadRequest(String value) throws Exception {
        for (String path : List.of("/web/login?redirect=", "/oauth2/tokeninfo?access_token=", "/web/signup?plan=")) {
            assertThat(exchange("GET " + path + value + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                    .as(path)
                    .matches("(?s)HTTP/1.1 (400|200|401) .*");
        }
        assertThat(exchange("GET /web/login?redirect=" + value
                        + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ");
    }

    @ParameterizedTest
    @CsvSource({
        "form=%ff, application/x-www-form-urlencoded, 400",
        "form=%, application/x-www-form-urlencoded, 400",
        "form=a%00b, application/x-www-form-urlencoded, 400",
        "form=a, application/x-www-form-urlencoded; charset=nope, 415",
        "form=a, application/x-www-form-urlencoded; charset=utf-16, 415",
        "form=a, application/x-www-form-urlencoded; charset=\"UTF-8\", 403",
        "form=a, multipart/form-data, 403",
        "form=a, ;;;=, 403",
        "form=a, text/plain, 403"
    })
    void aMalformedFormIsRefused(String body, String type, int status) throws Exception {
        for (String path : List.of("/web/login", "/web/signup", "/web/reset_password")) {
            assertThat(post(path, type, body)).as(path).startsWith("HTTP/1.1 " + status + " ");
        }
    }

    @Test
    void anOversizedFormIsRefused() throws Exception {
        assertThat(post("/web/login", FORM, "login=" + "x".repeat(300_000))).startsWith("HTTP/1.1 413 ");
        assertThat(post("/web/login", FORM, "a=b&".repeat(2000))).startsWith("HTTP/1.1 400 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "session_id",
                "=",
                ";;;",
                "session_id=\"unclosed",
                "session_id=%ff; session_id=\\",
                "session_id={}; $Version=1",
                "session_id=\u0001"
            })
    void aMalformedCookieCountsAsNone(String cookie) throws Exception {
        assertThat(exchange(
                        "GET /my HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: " + cookie + "\r\n\r\n"))
                .matches("(?s)HTTP/1.1 (303|400) .*");
    }

    @Test
    void noneOfThemIsLoggedAsAFailure() throws Exception {
        List<LogRecord> failures = new ArrayList<>();
        Logger logger = Logger.getLogger("dev.allotment");
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord event) {
                if (event.getLevel().intValue() >= Level.WARNING.intValue()) {
                    failures.add(event);
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        try {
            post("/web/login", FORM, "form=%ff");
            post("/web/login", FORM + "; charset=nope", "form=a");
            post("/web/login", FORM, "login=" + "x".repeat(300_000));
        } finally {
            logger.removeHandler(handler);
        }

        assertThat(failures).isEmpty();
    }

    private static String post(String path, String type, String body) throws IOException {
        return exchange("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: " + type
                + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    private static String exchange(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
