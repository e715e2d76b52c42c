// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A {@link Victim} that runs, and all that it has said. */
final class VictimProcess implements AutoCloseable {
    private static final long PATIENCE = 60;
    private static final long SECONDS_BEFORE_ANOTHER_ATTEMPT = 30;
    private static final int ATTEMPTS = 3;
    private static final String END = "END";

    private final Process process;
    private final PrintStream commands;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final List<String> said = new ArrayList<>();

    private VictimProcess(Process process) {
        this.process = process;
        this.commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read, "what a process says");
        reader.setDaemon(true);
        reader.start();
    }

    /** @param secondsAhead of its clock, so that what waits for a while is due */
    static VictimProcess start(Ground ground, String node, long secondsAhead) {
        return start(ground, node, secondsAhead, classPath());
    }

    /** The class path of this version. */
    static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /** Starts a process of another version, which is on the class path. */
    static VictimProcess start(Ground ground, String node, long secondsAhead, String classPath) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                classPath,
                Victim.class.getName(),
                ground.backend(),
                node,
                Long.toString(secondsAhead)));
        ground.settings().forEach((key, value) -> command.add(key + '=' + value));
        try {
            return new VictimProcess(
                    new ProcessBuilder(command).redirectErrorStream(true).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            output.lines().forEach(lines::add);
        } catch (IOException | UncheckedIOException e) {
            lines.add("The output ends: " + e.getMessage());
        }
        lines.add(END);
    }

    void send(String command) {
        commands.println(command);
    }

    /** Sends a command and waits until it was obeyed. */
    void send(String command, String answer) throws InterruptedException {
        send(command);
        await(answer::equals);
    }

    /**
     * Has it finish everything, also what waits for another operation before it is tried again, such as an erasure.
     *
     * @return how many seconds its clock was advanced
     */
    long settle() throws InterruptedException {
        send("settle", "SETTLED");
        // What an operation of the dead process was in the way of is due again a minute after that has been recovered.
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            send("advance " + SECONDS_BEFORE_ANOTHER_ATTEMPT, "ADVANCED");
            send("settle", "SETTLED");
        }
        return ATTEMPTS * SECONDS_BEFORE_ANOTHER_ATTEMPT;
    }

    /** The next line of this kind. */
    String await(Predicate<String> wanted) throws InterruptedException {
        while (true) {
            String line = lines.poll(PATIENCE, TimeUnit.SECONDS);
            if (line == null) {
                tellWhereItIs();
                throw new AssertionError("A process says no more; it said\n" + String.join("\n", said));
            }
            if (line.equals(END)) {
                throw new AssertionError("A process has ended; it said\n" + String.join("\n", said));
            }
            said.add(line);
            if (wanted.test(line)) {
                return line;
            }
        }
    }

    /** Has it say what all of its threads are doing. */
    private void tellWhereItIs() throws InterruptedException {
        try {
            new ProcessBuilder("kill", "-QUIT", Long.toString(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (String line = lines.poll(5, TimeUnit.SECONDS); line != null; line = lines.poll(1, TimeUnit.SECONDS)) {
            said.add(line);
        }
    }

    /** Lets it work for a while. */
    void work(long milliseconds) throws InterruptedException {
        if (process.waitFor(milliseconds, TimeUnit.MILLISECONDS)) {
            throw new AssertionError("A process has ended by itself; it said\n" + String.join("\n", said));
        }
    }

    /** SIGKILL, after a while. */
    void kill(long milliseconds) throws InterruptedException {
        work(milliseconds);
        // Not process.destroyForcibly(), which would also close what is read here, and lose what was said last.
        process.toHandle().destroyForcibly();
        process.waitFor();
        for (String line = lines.poll(PATIENCE, TimeUnit.SECONDS);
                line != null && !line.equals(END);
                line = lines.poll(PATIENCE, TimeUnit.SECONDS)) {
            said.add(line);
        }
    }

    /** All lines that were read so far. */
    List<String> said() {
        return said;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
