// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BodyLimitTest {
    private static final int LIMIT = 10_000;
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static ServletTestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = new ServletTestServer(
                SaasServlet.builder()
                        .protocol(new EchoAdapter())
                        .maxBodyBytes(LIMIT)
                        .build(),
                "/");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void acceptsABodyOfExactlyTheLimit() throws Exception {
        assertThat(post(BodyPublishers.ofByteArray(letters(LIMIT)), null).body())
                .isEqualTo("/echo " + "a".repeat(LIMIT));
    }

    @Test
    void refusesAnAnnouncedBodyOverTheLimitBeforeItIsSent() throws Exception {
        try (Socket socket = server.connect()) {
            socket.getOutputStream()
                    .write("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000000\r\n\r\n"
                            .getBytes(StandardCharsets.ISO_8859_1));

            assertThat(readHead(socket)).startsWith("HTTP/1.1 413 ").contains("Connection: close");
        }
    }

    @Test
    void refusesACallerThatWaitsForPermission() throws Exception {
        assertThat(server.exchange("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: " + (LIMIT + 1)
                        + "\r\nExpect: 100-continue\r\n\r\n"))
                .startsWith("HTTP/1.1 413 ")
                .endsWith("The body is larger than this server's limit of 10000 bytes.\n");
    }

    @Test
    void aCallerThatSendsAllBeforeItReadsSeesTheRefusal() throws Exception {
        int limit = 2_000_000;
        SaasServlet servlet = SaasServlet.builder()
                .protocol(new EchoAdapter())
                .maxBodyBytes(limit)
                .build();
        try (ServletTestServer roomy = new ServletTestServer(servlet, "/")) {
            // Far more than fits into the buffers of both sides.
            String body = "a".repeat(limit * 6);

            assertThat(roomy.exchange(
                            "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body))
                    .startsWith("HTTP/1.1 413 ")
                    .endsWith("The body is larger than this server's limit of 2000000 bytes.\n");
        }
    }

    @Test
    void joinsChunks() throws Exception {
        assertThat(chunked("5\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\n\r\n")).endsWith("/echo hello world");
    }

    @Test
    void countsChunks() throws Exception {
        String chunk = "1000\r\n" + "a".repeat(0x1000) + "\r\n";

        assertThat(chunked(chunk + chunk + chunk + "0\r\n\r\n")).startsWith("HTTP/1.1 413 ");
    }

    @Test
    void cutsOffEndlessChunks() throws Exception {
        byte[] chunk = ("1000\r\n" + "a".repeat(0x1000) + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        try (Socket socket = server.connect()) {
            socket.getOutputStream()
                    .write("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                            .getBytes(StandardCharsets.ISO_8859_1));
            int sent = 0;
            try {
                while (sent < 100_000_000) {
                    socket.getOutputStream().write(chunk);
                    sent += chunk.length;
                }
            } catch (IOException e) {
                // The server has closed the connection, as it should.
            }

            assertThat(sent).as("bytes that were accepted").isLessThan(100_000_000);
        }
        assertThat(post(BodyPublishers.ofString("!"), null).body()).isEqualTo("/echo !");
    }

    @Test
    void showsNoStackTraceForABrokenChunk() throws Exception {
        assertThat(chunked("zz\r\nhello\r\n"))
                .startsWith("HTTP/1.1 400 ")
                .doesNotContain("Exception", "jetty", "at org.");
    }

    @Test
    void decompressesABody() throws Exception {
        assertThat(post(BodyPublishers.ofByteArray(gzip(letters(500))), "gzip").body())
                .isEqualTo("/echo " + "a".repeat(500));
        assertThat(post(BodyPublishers.ofByteArray(gzip(letters(500))), "X-GZip")
                        .body())
                .isEqualTo("/echo " + "a".repeat(500));
    }

    @Test
    void countsDecompressedBytes() throws Exception {
        byte[] bomb = gzip(letters(LIMIT * 100));
        assertThat(bomb.length).isLessThan(LIMIT);

        assertThat(post(BodyPublishers.ofByteArray(gzip(letters(LIMIT))), "gzip")
                        .statusCode())
                .isEqualTo(200);
        assertThat(post(BodyPublishers.ofByteArray(bomb), "gzip").statusCode()).isEqualTo(413);
    }

    @Test
    void countsCompressedDataThatYieldsNothing() throws Exception {
        byte[] nothing = gzip(new byte[0]);
        ByteArrayOutputStream many = new ByteArrayOutputStream();
        for (int i = 0; i < LIMIT; i++) {
            many.write(nothing);
        }
        byte[] all = many.toByteArray();
        HttpRequest.BodyPublisher chunks = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(all));

        assertThat(post(chunks, "gzip").statusCode()).isEqualTo(413);
    }

    @Test
    void reportsBrokenCompression() throws Exception {
        byte[] whole = gzip(letters(500));

        HttpResponse<String> nonsense = post(BodyPublishers.ofString("not compressed"), "gzip");
        assertThat(nonsense.statusCode()).isEqualTo(400);
        assertThat(nonsense.body()).isEqualTo("The body is not valid gzip, which its Content-Encoding announces.\n");
        HttpResponse<String> half = post(BodyPublishers.ofByteArray(Arrays.copyOf(whole, whole.length / 2)), "gzip");
        assertThat(half.statusCode()).isEqualTo(400);
        assertThat(half.body()).isEqualTo("The gzip data of the body is truncated.\n");
    }

    @Test
    void refusesOtherCompressionsAndNamesTheAcceptedOne() throws Exception {
        HttpResponse<String> response = post(BodyPublishers.ofString("x"), "br");

        assertThat(response.statusCode()).isEqualTo(415);
        assertThat(response.headers().firstValue("accept-encoding")).hasValue("gzip");
        assertThat(post(BodyPublishers.ofString("x"), "gzip, gzip").statusCode())
                .isEqualTo(415);
        assertThat(post(BodyPublishers.ofString("x"), "identity").statusCode()).isEqualTo(200);
    }

    @Test
    void survivesABodyThatStopsInTheMiddle() throws Exception {
        try (Socket socket = server.connect()) {
            socket.getOutputStream()
                    .write("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf"
                            .getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);

            assertThat(answer).startsWith("HTTP/1.1 400 ").doesNotContain("Exception", "jetty");
        }
        assertThat(post(BodyPublishers.ofString("!"), null).body()).isEqualTo("/echo !");
    }

    private static String chunked(String chunks) throws IOException {
        return server.exchange(
                "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks);
    }

    private static HttpResponse<String> post(HttpRequest.BodyPublisher body, String encoding)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.uri("/echo")).POST(body);
        if (encoding != null) {
            request.header("Content-Encoding", encoding);
        }
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    private static String readHead(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        int value = socket.getInputStream().read();
        while (value >= 0 && head.indexOf("\r\n\r\n") < 0) {
            head.append((char) value);
            value = socket.getInputStream().read();
        }
        return head.toString();
    }

    private static byte[] letters(int count) {
        byte[] letters = new byte[count];
        Arrays.fill(letters, (byte) 'a');
        return letters;
    }

    private static byte[] gzip(byte[] data) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(data);
        }
        return out.toByteArray();
    }
}
