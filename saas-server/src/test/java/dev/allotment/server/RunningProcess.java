// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Another process, such as a server, which a test can send signals to. */
final class RunningProcess implements AutoCloseable {
    private static final long SECONDS = 60;
    private static final Pattern ADDRESS = Pattern.compile("listens on http://127\\.0\\.0\\.1:(\\d+) ");
    private static final String END = "";

    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final List<String> seen = new ArrayList<>();

    private final Thread reader = new Thread(this::read, "output of the server");

    private RunningProcess(Process process) {
        this.process = process;
    }

    static RunningProcess start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx256m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                SaasServer.class.getName()));
        command.addAll(List.of(arguments));
        return start(new ProcessBuilder(command));
    }

    /** Starts a process without the SAAS_ variables of this one. What it prints as errors is part of its output. */
    static RunningProcess start(ProcessBuilder builder) throws IOException {
        builder.redirectErrorStream(true).environment().keySet().removeIf(name -> name.startsWith("SAAS_"));
        RunningProcess running = new RunningProcess(builder.start());
        running.reader.setDaemon(true);
        running.reader.start();
        return running;
    }

    private void read() {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            output.lines().filter(line -> !line.isEmpty()).forEach(lines::add);
        } catch (IOException e) {
            lines.add("The output ends: " + e.getMessage());
        }
        lines.add(END);
    }

    /** Waits until it listens. */
    int port() throws InterruptedException {
        Matcher matcher = ADDRESS.matcher(await("listens on"));
        if (!matcher.find()) {
            throw new AssertionError("No port in " + seen);
        }
        return Integer.parseInt(matcher.group(1));
    }

    /** The first line from here on that holds a text. */
    String await(String text) throws InterruptedException {
        while (true) {
            String line = lines.poll(SECONDS, TimeUnit.SECONDS);
            if (line == null || line.equals(END)) {
                throw new AssertionError("\"" + text + "\" was not printed, but " + seen);
            }
            seen.add(line);
            if (line.contains(text)) {
                return line;
            }
        }
    }

    /** Everything that it printed, once it has ended. */
    List<String> output() throws InterruptedException {
        exitCode();
        reader.join(TimeUnit.SECONDS.toMillis(SECONDS));
        lines.drainTo(seen);
        seen.remove(END);
        return seen;
    }

    /** What it has printed up to the last line that was waited for. */
    List<String> seen() {
        return List.copyOf(seen);
    }

    /** Ends its input. */
    void answer() throws IOException {
        process.outputWriter().close();
    }

    /** SIGTERM. By the handle, since the process itself would close its output as well. */
    void terminate() {
        if (!process.toHandle().destroy()) {
            throw new AssertionError("No signal can be sent; printed " + seen);
        }
    }

    /** SIGINT, as Ctrl-C sends it. */
    void interrupt() throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start();
        if (kill.waitFor() != 0) {
            throw new AssertionError("No signal can be sent; printed " + seen);
        }
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int exitCode() throws InterruptedException {
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("It still runs after " + SECONDS + " s; printed " + seen);
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
