// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;

final class ShopTest {
    @Test
    void sellsToEachTenantFromItsOwnDatabaseOnH2() throws Exception {
        sells("h2", Map.of("memory", "true"));
    }

    @Test
    void sellsToEachTenantFromItsOwnDatabaseOnPostgres() throws Exception {
        try (EmbeddedPostgres postgres =
                EmbeddedPostgres.builder().setServerConfig("fsync", "off").start()) {
            String url = "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres";
            sells("postgres", Map.of("url", url, "user", "postgres", "password", "postgres"));
        }
    }

    private static void sells(String backend, Map<String, String> settings) throws Exception {
        int port = freePort();
        try (Shop shop = Shop.open(backend, settings, port)) {
            String florist = enter(shop.sell("flowers", "florist@example.com"));
            String smith = enter(shop.sell("tools", "smith@example.com"));

            Document page = page(get("flowers", port, florist, "/"));
            assertThat(page.select("h1").text()).isEqualTo("Shop of flowers");
            assertThat(page.select("option").eachText())
                    .contains("Tulip bulbs, 4.50")
                    .hasSize(3);
            String order = "form=" + page.select("input[name=form]").val() + "&pieces=2&product="
                    + page.select("option").first().val();
            assertThat(post("flowers", port, florist, order)).contains(" 303 ");
            assertThat(post("flowers", port, florist, "form=forged&pieces=2&product=1"))
                    .contains(" 403 ");
            assertThat(post("flowers", port, smith, order)).contains(" 401 ");

            assertThat(page(get("flowers", port, florist, "/")).select("li").eachText())
                    .containsExactly("2 × Garden fork for florist@example.com");
            assertThat(page(get("tools", port, smith, "/")).select("li")).isEmpty();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Follows the way in, and returns the cookie that one gets. */
    private static String enter(URI url) throws IOException {
        String answer = send(url.getHost(), url.getPort(), "GET " + url.getRawPath() + "?" + url.getRawQuery(), "", "");
        return answer.replaceAll("(?s).*Set-Cookie: (session_id=[^;]*);.*", "$1");
    }

    private static String get(String shop, int port, String cookie, String path) throws IOException {
        return send(shop + ".shops.localhost", port, "GET " + path, "Cookie: " + cookie + "\r\n", "");
    }

    private static String post(String shop, int port, String cookie, String body) throws IOException {
        String headers = "Cookie: " + cookie + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
                + body.length() + "\r\n";
        return send(shop + ".shops.localhost", port, "POST /orders", headers, body);
    }

    private static String send(String host, int port, String line, String headers, String body) throws IOException {
        String request = line + " HTTP/1.1\r\nHost: " + host + ":" + port + "\r\nConnection: close\r\n" + headers
                + "\r\n" + body;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            socket.getInputStream().transferTo(answer);
            return answer.toString(StandardCharsets.UTF_8);
        }
    }

    private static Document page(String answer) {
        assertThat(answer).contains(" 200 ");
        return Jsoup.parse(answer.substring(answer.indexOf("\r\n\r\n")));
    }
}
