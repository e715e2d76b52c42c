// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Java process with the class path of this process. */
final class OwnProcess implements AutoCloseable {
    static final String SERVER = "dev.allotment.server.SaasServer";

    private static final Pattern ADDRESS = Pattern.compile("listens on http://127\\.0\\.0\\.1:(\\d+)");
    private static final int SECONDS = 60;
    private static final int KEPT_LINES = 50;

    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private OwnProcess(Process process) {
        this.process = process;
        Thread reader = new Thread(this::read, "output");
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts a server with the administrator admin/admin on a catalog. */
    static OwnProcess server(Postgres postgres, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("serve", "--port", "0", "--admin-password", "admin"));
        arguments.addAll(postgres.options());
        arguments.addAll(List.of(more));
        return start(SERVER, arguments);
    }

    static OwnProcess start(String main, List<String> arguments) throws IOException {
        return start(System.getProperty("java.class.path"), main, arguments);
    }

    /** Starts a program with another class path. */
    static OwnProcess start(String classPath, String main, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                classPath,
                main));
        command.addAll(arguments);
        return command(command);
    }

    static OwnProcess command(List<String> command) throws IOException {
        return new OwnProcess(
                new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    private void read() {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            output.lines().forEach(lines::add);
        } catch (IOException | UncheckedIOException e) {
            lines.add("The output has ended: " + e.getMessage());
        }
    }

    /** Waits until the process listens, and returns its address. */
    int port() throws InterruptedException {
        Matcher matcher = ADDRESS.matcher(await("listens on http"));
        if (!matcher.find()) {
            throw new IllegalStateException("The process did not print its address");
        }
        return Integer.parseInt(matcher.group(1));
    }

    String await(String text) throws InterruptedException {
        Deque<String> seen = new ArrayDeque<>();
        while (true) {
            String line = lines.poll(SECONDS, TimeUnit.SECONDS);
            if (line == null) {
                throw new IllegalStateException("\"" + text + "\" was not printed, but " + seen);
            }
            if (line.contains(text)) {
                return line;
            }
            seen.add(line);
            if (seen.size() > KEPT_LINES) {
                seen.removeFirst();
            }
        }
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
