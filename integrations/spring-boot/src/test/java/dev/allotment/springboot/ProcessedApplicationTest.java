// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.springboot.app.ProcessedApplication;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplicationAotProcessor;

/** An application that was processed ahead of time starts from the generated code, without conditions and scanning. */
final class ProcessedApplicationTest {
    /** Without MyBatis, whose scanner cannot run from generated code. */
    private static final String[] SETTINGS = {
        "--spring.autoconfigure.exclude=org.mybatis.spring.boot.autoconfigure.MybatisAutoConfiguration",
        "--application.remarks=false",
        "--server.port=0",
        "--spring.main.banner-mode=off",
        "--logging.level.root=warn",
        "--allotment.backend=h2",
        "--allotment.settings.memory=true"
    };

    private static final String CLASS_PATH =
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));

    @Test
    void theApplicationRunsFromGeneratedCode(@TempDir Path folder) throws Exception {
        Path sources = folder.resolve("sources");
        Path classes = folder.resolve("classes");
        List<String> arguments = new ArrayList<>(List.of(
                ProcessedApplication.class.getName(),
                sources.toString(),
                classes.toString(),
                classes.toString(),
                "dev.allotment",
                "processed"));
        arguments.addAll(List.of(SETTINGS));
        SpringApplicationAotProcessor.main(arguments.toArray(String[]::new));
        compile(sources, classes);
        assertThat(run(classes))
                .contains("entities 1", "portal 200", "tenant /web/login", "operators 401", "listened anna");
    }

    private static void compile(Path sources, Path classes) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "-nowarn", "-proc:none", "-d", classes.toString(), "-cp", classes + File.pathSeparator + CLASS_PATH));
        try (Stream<Path> files = Files.walk(sources)) {
            files.map(Path::toString).filter(each -> each.endsWith(".java")).forEach(arguments::add);
        }
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)))
                .isZero();
    }

    private static List<String> run(Path classes) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dspring.aot.enabled=true",
                "-cp",
                classes + File.pathSeparator + CLASS_PATH,
                ProcessedApplication.class.getName()));
        command.addAll(List.of(SETTINGS));
        Path output = classes.resolveSibling("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readAllLines(output, StandardCharsets.UTF_8);
    }
}
