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
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = new TestServer(
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
    void a_body_of_exactly_the_limit_is_accepted() throws Exception {
        assertThat(post(BodyPublishers.ofByteArray(letters(LIMIT)), null).body())
                .isEqualTo("/echo " + "a".repeat(LIMIT));
    }

    @Test
    void an_announced_body_over_the_limit_is_refused_before_it_is_sent() throws Exception {
        try (Socket socket = server.connect()) {
            socket.getOutputStream()
                    .write("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000000\r\n\r\n"
                            .getBytes(StandardCharsets.ISO_8859_1));

            assertThat(readHead(socket)).startsWith("HTTP/1.1 413 ").contains("Connection: close");
        }
    }

    @Test
    void a_caller_that_waits_for_permission_is_not_given_it() throws Exception {
        assertThat(server.exchange("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: " + (LIMIT + 1)
                        + "\r\nExpect: 100-continue\r\n\r\n"))
                .startsWith("HTTP/1.1 413 ")
                .endsWith("The body is larger than 10000 bytes, the limit of this server.\n");
    }

    @Test
    void a_caller_that_sends_all_before_it_reads_sees_the_refusal() throws Exception {
        int limit = 2_000_000;
        SaasServlet servlet = SaasServlet.builder()
                .protocol(new EchoAdapter())
                .maxBodyBytes(limit)
                .build();
        try (TestServer roomy = new TestServer(servlet, "/")) {
            // Far more than fits into the buffers of both sides.
            String body = "a".repeat(limit * 6);

            assertThat(roomy.exchange(
                            "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body))
                    .startsWith("HTTP/1.1 413 ")
                    .endsWith("The body is larger than 2000000 bytes, the limit of this server.\n");
        }
    }

    @Test
    void chunks_are_put_together() throws Exception {
        assertThat(chunked("5\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\n\r\n")).endsWith("/echo hello world");
    }

    @Test
    void chunks_are_counted() throws Exception {
        String chunk = "1000\r\n" + "a".repeat(0x1000) + "\r\n";

        assertThat(chunked(chunk + chunk + chunk + "0\r\n\r\n")).startsWith("HTTP/1.1 413 ");
    }

    @Test
    void endless_chunks_are_cut_off() throws Exception {
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
                // the server has closed, as it should
            }

            assertThat(sent).as("bytes that were taken").isLessThan(100_000_000);
        }
        assertThat(post(BodyPublishers.ofString("!"), null).body()).isEqualTo("/echo !");
    }

    @Test
    void a_broken_chunk_shows_no_stack_trace() throws Exception {
        assertThat(chunked("zz\r\nhello\r\n"))
                .startsWith("HTTP/1.1 400 ")
                .doesNotContain("Exception", "jetty", "at org.");
    }

    @Test
    void a_compressed_body_is_decompressed() throws Exception {
        assertThat(post(BodyPublishers.ofByteArray(gzip(letters(500))), "gzip").body())
                .isEqualTo("/echo " + "a".repeat(500));
        assertThat(post(BodyPublishers.ofByteArray(gzip(letters(500))), "X-GZip")
                        .body())
                .isEqualTo("/echo " + "a".repeat(500));
    }

    @Test
    void the_limit_counts_the_decompressed_bytes() throws Exception {
        byte[] bomb = gzip(letters(LIMIT * 100));
        assertThat(bomb.length).isLessThan(LIMIT);

        assertThat(post(BodyPublishers.ofByteArray(gzip(letters(LIMIT))), "gzip")
                        .statusCode())
                .isEqualTo(200);
        assertThat(post(BodyPublishers.ofByteArray(bomb), "gzip").statusCode()).isEqualTo(413);
    }

    @Test
    void compressed_data_that_yields_nothing_is_counted_too() throws Exception {
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
    void broken_compression_is_told() throws Exception {
        byte[] whole = gzip(letters(500));

        HttpResponse<String> nonsense = post(BodyPublishers.ofString("not compressed"), "gzip");
        assertThat(nonsense.statusCode()).isEqualTo(400);
        assertThat(nonsense.body()).isEqualTo("The body is not what its Content-Encoding says: broken gzip.\n");
        HttpResponse<String> half = post(BodyPublishers.ofByteArray(Arrays.copyOf(whole, whole.length / 2)), "gzip");
        assertThat(half.statusCode()).isEqualTo(400);
        assertThat(half.body()).isEqualTo("The gzip data of the body ends too early.\n");
    }

    @Test
    void other_compressions_are_refused_with_what_is_accepted() throws Exception {
        HttpResponse<String> response = post(BodyPublishers.ofString("x"), "br");

        assertThat(response.statusCode()).isEqualTo(415);
        assertThat(response.headers().firstValue("accept-encoding")).hasValue("gzip");
        assertThat(post(BodyPublishers.ofString("x"), "gzip, gzip").statusCode())
                .isEqualTo(415);
        assertThat(post(BodyPublishers.ofString("x"), "identity").statusCode()).isEqualTo(200);
    }

    @Test
    void a_body_that_stops_in_the_middle_leaves_the_server_well() throws Exception {
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
