// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.server.setting.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class SignalTest {
    @Test
    void aRunningRequestIsAnsweredAfterTheSignal() throws Exception {
        String call = "<methodCall><methodName>version</methodName></methodCall>";
        try (RunningProcess server =
                        RunningProcess.start("demo", "--demo-customers", "false", "--port", "0", "--data", "memory");
                Socket idle = new Socket(InetAddress.getLoopbackAddress(), server.port());
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), idle.getPort())) {
            idle.setSoTimeout(60_000);
            socket.setSoTimeout(60_000);
            OutputStream out = socket.getOutputStream();
            InputStream in = socket.getInputStream();
            out.write(("POST /xmlrpc/2/common HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: "
                            + call.length() + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            // The server permits the body when it reads it, so it is processing the request now.
            assertThat(head(in)).startsWith("HTTP/1.1 100 ");
            out.write(call.substring(0, 20).getBytes(StandardCharsets.US_ASCII));

            server.terminate();
            awaitRefusal(socket.getPort());
            assertThat(idle.getInputStream().read())
                    .as("a connection without a request ends")
                    .isEqualTo(-1);
            out.write(call.substring(20).getBytes(StandardCharsets.US_ASCII));

            assertThat(head(in)).startsWith("HTTP/1.1 200 ").containsIgnoringCase("Connection: close");
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).contains("server_version_info");
            assertThat(server.exitCode()).isEqualTo(ExitCode.OK);
            assertThat(server.output())
                    .satisfiesOnlyOnce(line -> assertThat(line).contains("Started: version="))
                    .satisfiesOnlyOnce(line -> assertThat(line).endsWith("RunningServer: Stopped"))
                    .noneSatisfy(line -> assertThat(line).contains("Stopping"))
                    .noneSatisfy(line -> assertThat(line).contains("Exception"));
        }
    }

    @Test
    void idleConnectionsDoNotDelayTheStop() throws Exception {
        try (RunningProcess server =
                        RunningProcess.start("demo", "--demo-customers", "false", "--port", "0", "--data", "memory");
                Socket idle = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            idle.setSoTimeout(60_000);
            idle.getOutputStream()
                    .write("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(head(idle.getInputStream())).startsWith("HTTP/1.1 200 ");
            long begun = System.nanoTime();

            server.terminate();

            assertThat(server.exitCode()).isEqualTo(ExitCode.OK);
            assertThat(System.nanoTime() - begun).as("nanoseconds").isLessThan(10_000_000_000L);
        }
    }

    @Test
    void aServerThatStopsIsNotReadyAndStillAnswersForTheDelay() throws Exception {
        try (RunningProcess server = RunningProcess.start(
                "demo", "--demo-customers", "false", "--port", "0", "--data", "memory", "--stop-delay", "4")) {
            int port = server.port();
            try (Socket kept = new Socket(InetAddress.getLoopbackAddress(), port)) {
                kept.setSoTimeout(60_000);
                get(kept, "/health/live");
                assertThat(answer(kept)).startsWith("HTTP/1.1 200 ").doesNotContainIgnoringCase("Connection: close");

                server.terminate();
                awaitNotReady(port);
                get(kept, "/health/live");

                assertThat(answer(kept)).startsWith("HTTP/1.1 200 ").containsIgnoringCase("Connection: close");
            }
            try (Socket late = new Socket(InetAddress.getLoopbackAddress(), port)) {
                get(late, "/health/ready");
                assertThat(answer(late)).startsWith("HTTP/1.1 503 ").containsIgnoringCase("Connection: close");
            }
            try (Socket late = new Socket(InetAddress.getLoopbackAddress(), port)) {
                get(late, "/health/live");
                assertThat(answer(late)).startsWith("HTTP/1.1 200 ");
            }
            assertThat(server.exitCode()).isEqualTo(ExitCode.OK);
        }
    }

    private static void awaitNotReady(int port) throws IOException {
        long end = System.nanoTime() + 30_000_000_000L;
        String answer = "";
        while (!answer.startsWith("HTTP/1.1 503 ")) {
            assertThat(System.nanoTime()).as("nanoseconds").isLessThan(end);
            try (Socket fresh = new Socket(InetAddress.getLoopbackAddress(), port)) {
                fresh.setSoTimeout(60_000);
                get(fresh, "/health/ready");
                answer = answer(fresh);
            }
        }
    }

    private static void get(Socket socket, String path) throws IOException {
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** The head of an answer, after which its body was read as well. */
    private static String answer(Socket socket) throws IOException {
        String head = head(socket.getInputStream());
        Matcher length = Pattern.compile("(?i)content-length: ([0-9]+)").matcher(head);
        assertThat(length.find()).as(head).isTrue();
        socket.getInputStream().readNBytes(Integer.parseInt(length.group(1)));
        return head;
    }

    /** Until the port is not listened on any more. */
    private static void awaitRefusal(int port) throws IOException {
        long end = System.nanoTime() + 30_000_000_000L;
        while (System.nanoTime() < end) {
            try (Socket accepted = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertThat(accepted.isConnected()).isTrue();
            } catch (ConnectException e) {
                return;
            } catch (SocketException e) {
                // The system resets what waits to be accepted when the port closes; the next attempt is refused.
                assertThat(e).hasMessageContaining("reset");
            }
        }
        throw new AssertionError("Port " + port + " is still listened on");
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int value = in.read();
            if (value < 0) {
                throw new AssertionError("The connection ends after: " + head);
            }
            head.append((char) value);
        }
        return head.toString();
    }
}
