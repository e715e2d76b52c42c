// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.server.setting.ExitCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What systemd gets from a server, with a {@code systemd-notify} that writes its messages into a pipe. The test of the
 * package has the real one.
 */
class ServiceManagerTest {
    private static final String SOCKET = "/run/test/notify";

    @TempDir
    private Path folder;

    private Path notify;
    private RunningProcess messages;

    @BeforeEach
    void prepare() throws IOException, InterruptedException {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        messages = RunningProcess.start(new ProcessBuilder("sh", "-c", "exec cat <>'" + pipe + "'"));
        notify = Files.writeString(
                folder.resolve("systemd-notify"), "#!/bin/sh\nprintf '%s\\n' \"$NOTIFY_SOCKET $*\" >'" + pipe + "'\n");
        assertThat(notify.toFile().setExecutable(true)).isTrue();
    }

    @AfterEach
    void end() {
        messages.close();
    }

    @Test
    void aServerSaysWhenItIsReadyThatItAnswersAndWhenItStops() throws Exception {
        ProcessBuilder command = new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx256m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                SaasServer.class.getName(),
                "serve",
                "--data",
                "memory",
                "--port",
                "0");
        command.environment()
                .putAll(Map.of(
                        "PATH",
                        folder + ":" + System.getenv("PATH"),
                        "NOTIFY_SOCKET",
                        SOCKET,
                        "WATCHDOG_USEC",
                        "400000"));
        try (RunningProcess server = RunningProcess.start(command)) {
            assertThat(messages.await("READY=1"))
                    .isEqualTo(SOCKET + " READY=1 STATUS=Listens on 127.0.0.1, port " + server.port());
            assertThat(messages.await("WATCHDOG=1")).isEqualTo(SOCKET + " WATCHDOG=1");
            assertThat(messages.await("WATCHDOG=1")).isEqualTo(SOCKET + " WATCHDOG=1");

            server.terminate();

            assertThat(messages.await("STOPPING=1")).isEqualTo(SOCKET + " STOPPING=1");
            assertThat(server.exitCode()).isEqualTo(ExitCode.OK);
        }
    }

    @Test
    void theWatchdogIsNotNotifiedOfAServerThatDoesNotAnswer() throws Exception {
        ServiceManager manager =
                new ServiceManager(notify.toString(), Map.of("NOTIFY_SOCKET", SOCKET, "WATCHDOG_USEC", "2000000"));
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            manager.ready(server.getInetAddress(), server.getLocalPort());
            for (String answer : List.of("", "HTTP/1.1 503 Service Unavailable\r\n", "HTTP/1.1 200 OK\r\n")) {
                try (Socket probe = server.accept()) {
                    probe.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                }
            }
        }
        assertThat(messages.await("")).contains("READY=1");
        assertThat(messages.await("")).as("after the third attempt").isEqualTo(SOCKET + " WATCHDOG=1");

        manager.stopping();

        assertThat(messages.await("")).isEqualTo(SOCKET + " STOPPING=1");
    }

    @Test
    void nothingIsSentIfNoServiceManagerStartedTheProcess() throws Exception {
        ServiceManager manager = new ServiceManager(notify.toString(), Map.of("WATCHDOG_USEC", "1000"));
        manager.ready(InetAddress.getLoopbackAddress(), 1);
        manager.stopping();
        assertThat(new ProcessBuilder(notify.toString(), "after").start().waitFor())
                .isZero();

        assertThat(messages.await("")).endsWith(" after");
    }
}
