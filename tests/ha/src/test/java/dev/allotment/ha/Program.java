// SPDX-License-Identifier: Apache-2.0
package dev.allotment.ha;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program of Debian that a test has started. PostgreSQL refuses to run as root, so none of them does. */
final class Program implements AutoCloseable {
    static final String POSTGRES = "/usr/lib/postgresql/17/bin/";

    private static final boolean ROOT = System.getProperty("user.name").equals("root");

    private final Process process;

    private Program(Process process) {
        this.process = process;
    }

    static Program start(Path log, List<String> command) throws IOException {
        Program program = new Program(new ProcessBuilder(asUser(command))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start());
        Runtime.getRuntime().addShutdownHook(new Thread(program::close));
        return program;
    }

    /** Runs a program until it ends. */
    static void run(Path log, String... command) throws IOException, InterruptedException {
        Program program = start(log, List.of(command));
        assertThat(program.process.waitFor(2, TimeUnit.MINUTES))
                .as("%s ends, see %s", command[0], log)
                .isTrue();
        assertThat(program.process.exitValue())
                .as("exit code of %s, see %s", command[0], log)
                .isZero();
    }

    /** Makes a folder of root belong to the user that the programs run as. */
    static void giveAway(Path folder) throws IOException, InterruptedException {
        if (ROOT) {
            assertThat(new ProcessBuilder("chown", "postgres:postgres", folder.toString())
                            .inheritIO()
                            .start()
                            .waitFor())
                    .isZero();
        }
    }

    private static List<String> asUser(List<String> command) {
        List<String> all = new ArrayList<>();
        if (ROOT) {
            all.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"));
        }
        all.addAll(command);
        return all;
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    static void signal(String signal, List<ProcessHandle> processes) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
        processes.stream().filter(ProcessHandle::isAlive).forEach(each -> command.add(Long.toString(each.pid())));
        if (command.size() > 2) {
            new ProcessBuilder(command).inheritIO().start().waitFor();
        }
    }

    /** A process, and all that it has started. It is stopped first, so that it starts no other meanwhile. */
    static List<ProcessHandle> stopped(ProcessHandle process) throws IOException, InterruptedException {
        signal("STOP", List.of(process));
        List<ProcessHandle> all =
                Stream.concat(Stream.of(process), process.descendants()).toList();
        signal("STOP", all);
        return all;
    }

    static void kill(ProcessHandle process) throws IOException, InterruptedException {
        List<ProcessHandle> all = stopped(process);
        all.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle each : all) {
            each.onExit().orTimeout(30, TimeUnit.SECONDS).join();
        }
    }

    /** Waits until something holds. A check that fails with an exception does not hold yet. */
    static void await(String what, int seconds, Callable<Boolean> check) throws InterruptedException {
        long start = System.nanoTime();
        Throwable last = null;
        while (TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start) < seconds) {
            try {
                if (check.call()) {
                    return;
                }
                last = null;
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception | AssertionError e) {
                last = e;
            }
            pause();
        }
        throw new AssertionError("Not within " + seconds + " seconds: " + what, last);
    }

    /** Between two looks at another program. */
    static void pause() throws InterruptedException {
        boolean unused = new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        try {
            kill(process.toHandle());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
