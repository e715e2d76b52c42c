// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Timer;
import java.util.TimerTask;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service manager that started the process, such as systemd. It is notified when the server is ready and when it
 * stops, and in between, if it has a watchdog, that the server answers. Does nothing if the process was started in
 * another way.
 *
 * <p>The messages are datagrams on a Unix socket, which Java does not have. So the program {@code systemd-notify} sends
 * them.
 */
final class ServiceManager {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);
    private static final String SOCKET = "NOTIFY_SOCKET";
    private static final int MICROS_PER_MILLI = 1000;

    private final String program;
    private final @Nullable String socket;
    private final int watchdogMillis;
    private volatile boolean stopping;

    /** @param environment the variables of the process */
    ServiceManager(Map<String, String> environment) {
        this("systemd-notify", environment);
    }

    /** @param program what sends the messages */
    ServiceManager(String program, Map<String, String> environment) {
        this.program = program;
        socket = environment.get(SOCKET);
        String own = Long.toString(ProcessHandle.current().pid());
        boolean meant = own.equals(environment.getOrDefault("WATCHDOG_PID", own));
        watchdogMillis =
                meant ? (int) (Long.parseLong(environment.getOrDefault("WATCHDOG_USEC", "0")) / MICROS_PER_MILLI) : 0;
    }

    /** The server answers from now on. */
    void ready(InetAddress address, int port) {
        if (socket == null) {
            return;
        }
        send("READY=1", "STATUS=Listens on " + address.getHostAddress() + ", port " + port);
        if (watchdogMillis > 0) {
            // As systemd recommends: two messages within the time.
            int half = Math.max(1, watchdogMillis / 2);
            InetSocketAddress server = new InetSocketAddress(
                    address.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address, port);
            new Timer("watchdog", true)
                    .schedule(
                            new TimerTask() {
                                @Override
                                public void run() {
                                    watch(server, half);
                                }
                            },
                            half,
                            half);
        }
    }

    /** The server stops now. */
    void stopping() {
        stopping = true;
        if (socket != null) {
            send("STOPPING=1");
        }
    }

    /** The watchdog has the view of a load balancer: a process that does not answer does not live. */
    private void watch(InetSocketAddress server, int timeoutMillis) {
        if (!stopping && answers(server, timeoutMillis)) {
            send("WATCHDOG=1");
        }
    }

    private static boolean answers(InetSocketAddress server, int timeoutMillis) {
        try (Socket connection = new Socket()) {
            connection.connect(server, timeoutMillis);
            connection.setSoTimeout(timeoutMillis);
            connection
                    .getOutputStream()
                    .write("GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String status = new BufferedReader(
                            new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
            return status != null && status.startsWith("HTTP/1.1 200 ");
        } catch (IOException e) {
            LOG.warn("The server does not answer itself, so the watchdog is not notified", e);
            return false;
        }
    }

    private void send(String... messages) {
        List<String> command =
                Stream.concat(Stream.of(program), Arrays.stream(messages)).toList();
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().put(SOCKET, String.valueOf(socket));
            Process process = builder.start();
            process.getOutputStream().close();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            int code = process.waitFor();
            if (code != 0) {
                LOG.error("{} failed, so the service manager was not notified: {} {}", program, code, printed);
            }
        } catch (IOException e) {
            LOG.error("{} cannot be started, so the service manager was not notified", program, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
