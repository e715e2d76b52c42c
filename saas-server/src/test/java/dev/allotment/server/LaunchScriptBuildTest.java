// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The script {@code saas} in a folder with sources, started twice. Its Maven waits until the test lets it finish, and
 * its Java prints its arguments.
 */
class LaunchScriptBuildTest {
    private static final List<String> TOOLS =
            List.of("dirname", "readlink", "sed", "head", "find", "grep", "mkdir", "mv", "touch");
    private static final String WAITING = "waiting for another start in this folder";
    private static final String BUILDING = "saas: building";

    @TempDir
    private Path home;

    private final List<RunningProcess> started = new ArrayList<>();

    /** A pipe that Maven reads a line from at its end. */
    private RandomAccessFile finish;

    @BeforeEach
    void copy() throws Exception {
        Files.copy(Path.of("..", "saas"), home.resolve("saas"));
        Files.setLastModifiedTime(Files.createFile(home.resolve("pom.xml")), FileTime.fromMillis(0));
        Path target = Files.createDirectories(home.resolve("saas-server/target"));
        Files.createFile(target.resolve("saas-17.jsa"));
        Files.createDirectories(home.resolve("jdk/bin"));
        Files.writeString(home.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");
        Files.createDirectory(home.resolve("bin"));
        for (String each : TOOLS) {
            provide(each);
        }
        program(home.resolve("jdk/bin/java"), """
                printf '%s\\n' "$@"
                if [ -p "$ALLOTMENT_TEST/stop" ]; then read -r line <"$ALLOTMENT_TEST/stop"; fi
                """);
        // The archive is newer than the jar, so the script does not try to make one.
        program(home.resolve("bin/mvn"), """
                printf 'built\\n' >>"$ALLOTMENT_TEST/builds"
                printf '%s' $$ >"$ALLOTMENT_TEST/maven.new"
                mv "$ALLOTMENT_TEST/maven.new" "$ALLOTMENT_TEST/maven"
                read -r line <"$ALLOTMENT_TEST/finish"
                mkdir -p "$ALLOTMENT_TEST/saas-server/target/lib"
                touch -t 202001010000 "$ALLOTMENT_TEST/saas-server/target/lib/saas-server-1.jar"
                """);
        finish = new RandomAccessFile(fifo("finish").toFile(), "rw");
    }

    @AfterEach
    void end() throws IOException {
        started.forEach(RunningProcess::close);
        finish.close();
    }

    /** Linux has the first, macOS the second. */
    static Stream<String> locks() {
        return Stream.of("flock", "perl").filter(each -> onPath(each).isPresent());
    }

    @ParameterizedTest
    @MethodSource("locks")
    void aSecondStartWaitsForTheBuildOfTheFirst(String lock) throws Exception {
        provide(lock);
        RunningProcess first = start();
        maven(first);
        RunningProcess second = start();
        second.await(WAITING);

        finishBuild();

        assertThat(first.output()).contains("serve").noneMatch(line -> line.contains(WAITING));
        assertThat(second.output()).contains("serve").noneMatch(line -> line.contains(BUILDING));
        assertThat(first.exitCode()).isZero();
        assertThat(second.exitCode()).isZero();
        assertThat(home.resolve("builds")).hasContent("built");
    }

    @ParameterizedTest
    @MethodSource("locks")
    void waitsForAMavenThatOutlivesItsScriptAndForNothingThatWasKilled(String lock) throws Exception {
        provide(lock);
        RunningProcess first = start();
        ProcessHandle maven = maven(first);
        first.kill();
        first.exitCode();
        RunningProcess second = start();
        second.await(WAITING);

        maven.destroyForcibly();

        second.await(BUILDING);
        finishBuild();
        assertThat(second.exitCode()).isZero();
        assertThat(second.output()).contains("serve");
    }

    @Test
    void aRunningServerDoesNotHoldUpTheNextStart() throws Exception {
        provide(locks().findFirst().orElseThrow());
        fifo("stop");
        RunningProcess first = start();
        finishBuild();
        first.await("serve");

        start().await("serve");

        assertThat(first.isAlive()).isTrue();
    }

    private RunningProcess start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder("sh", home.resolve("saas").toString(), "serve");
        builder.environment().put("JAVA_HOME", home.resolve("jdk").toString());
        builder.environment().put("PATH", home.resolve("bin").toString());
        builder.environment().put("ALLOTMENT_TEST", home.toString());
        RunningProcess process = RunningProcess.start(builder);
        started.add(process);
        return process;
    }

    /** Waits until Maven runs. */
    private ProcessHandle maven(RunningProcess script) throws Exception {
        Path maven = home.resolve("maven");
        while (!Files.exists(maven)) {
            if (!script.isAlive()) {
                throw new AssertionError("It ended, and printed " + script.output());
            }
            Thread.onSpinWait();
        }
        return ProcessHandle.of(Long.parseLong(Files.readString(maven))).orElseThrow();
    }

    private void finishBuild() throws IOException {
        finish.writeBytes("\n");
    }

    /** Only what was put on the path can be found there. */
    private void provide(String tool) throws IOException {
        program(home.resolve("bin").resolve(tool), "exec " + onPath(tool).orElseThrow() + " \"$@\"\n");
    }

    private static Optional<Path> onPath(String tool) {
        return Pattern.compile(File.pathSeparator)
                .splitAsStream(System.getenv("PATH"))
                .map(folder -> Path.of(folder, tool))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private Path fifo(String name) throws Exception {
        Path fifo = home.resolve(name);
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        return fifo;
    }

    private static void program(Path file, String script) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + script);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }
}
