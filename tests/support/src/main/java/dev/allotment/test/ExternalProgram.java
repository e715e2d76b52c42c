// SPDX-License-Identifier: Apache-2.0
package dev.allotment.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server that a test runs as a process, such as nginx. It has to be installed: without it, the test fails. */
public final class ExternalProgram implements AutoCloseable {
    private static final long SECONDS = 30;

    private final Process process;
    private final Path log;

    private ExternalProgram(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts a program in the foreground, and waits until it listens.
     *
     * @param name the program, which is also the name of its Debian package
     * @param log receives what it prints
     * @param port that it listens on, on the loopback interface
     * @throws AssertionError if it is not installed, or does not start
     */
    public static ExternalProgram start(String name, Path log, int port, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(find(name).toString()));
        command.addAll(List.of(arguments));
        ExternalProgram program = new ExternalProgram(
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start(),
                log);
        program.awaitPort(port);
        return program;
    }

    /** Debian puts servers into a folder that is not on the path of every user. */
    private static Path find(String name) {
        return Stream.concat(
                        Stream.of(System.getenv().getOrDefault("PATH", "").split(":")),
                        Stream.of("/usr/sbin", "/usr/local/sbin"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError("This test needs " + name
                        + ", which is not installed. Install it, on Debian with: apt-get install " + name));
    }

    /** Returns a port that is free now. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitPort(int port) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (true) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                if (socket.isConnected()) {
                    return;
                }
            } catch (ConnectException e) {
                if (!process.isAlive() || System.nanoTime() > end) {
                    close();
                    throw new AssertionError("Nothing listens on port " + port + ": " + printed(), e);
                }
                Thread.onSpinWait();
            }
        }
    }

    /** Returns what it has printed. */
    public String printed() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
