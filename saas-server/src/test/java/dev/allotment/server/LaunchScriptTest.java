// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code saas} of a copy without sources, with a Java that prints its arguments. */
class LaunchScriptTest {
    @TempDir
    private Path home;

    @BeforeEach
    void copy() throws IOException {
        Files.copy(Path.of("..", "saas"), home.resolve("saas"));
        Path lib = Files.createDirectories(home.resolve("saas-server/target/lib"));
        Path jar = Files.createFile(lib.resolve("saas-server-1.jar"));
        Files.setLastModifiedTime(jar, FileTime.fromMillis(0));
        // The script makes this archive if it is missing or older than the server.
        Files.createFile(home.resolve("saas-server/target/saas-17.jsa"));
        Path java = Files.createDirectories(home.resolve("jdk/bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Files.writeString(home.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");
    }

    @Test
    void startsTheServerWithItsJars() throws Exception {
        assertThat(arguments(Map.of()))
                .containsSubsequence("-cp", lib(), SaasServer.class.getName(), "serve", "--port");
    }

    @Test
    void addsTheJarsOfSaasClasspath() throws Exception {
        assertThat(arguments(Map.of("SAAS_CLASSPATH", "more/*:a jar.jar")))
                .containsSubsequence("-cp", lib() + ":more/*:a jar.jar", SaasServer.class.getName());
    }

    private String lib() throws IOException {
        return home.toRealPath() + "/saas-server/target/lib/*";
    }

    private List<String> arguments(Map<String, String> environment) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("sh", home.resolve("saas").toString(), "serve", "--port", "0")
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("JAVA_HOME", home.resolve("jdk").toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return printed.lines().toList();
    }
}
