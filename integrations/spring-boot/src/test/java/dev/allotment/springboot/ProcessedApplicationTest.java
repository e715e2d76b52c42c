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

    private static final String SEPARATOR = File.pathSeparator;

    @Test
    void theApplicationRunsFromGeneratedCode(@TempDir Path folder) throws Exception {
        Path sources = folder.resolve("sources");
        Path classes = folder.resolve("classes");
        process(sources, classes);
        compile(sources, classes);
        assertThat(run(
                        folder.resolve("output"),
                        "-Dspring.aot.enabled=true",
                        "-cp",
                        classes + SEPARATOR + CLASS_PATH,
                        ProcessedApplication.class.getName()))
                .contains("entities 1", "portal 200", "tenant /web/login", "operators 401", "listened anna");
    }

    /**
     * In a separate process, as a build does it: Spring keeps the proxy classes that it has made, and writes none
     * again that another test needed before.
     */
    private static void process(Path sources, Path classes) throws IOException, InterruptedException {
        List<String> output = run(
                sources.resolveSibling("processing"),
                "-cp",
                CLASS_PATH,
                SpringApplicationAotProcessor.class.getName(),
                ProcessedApplication.class.getName(),
                sources.toString(),
                classes.toString(),
                classes.toString(),
                "dev.allotment",
                "processed");
        assertThat(sources).describedAs(String.join("\n", output)).isNotEmptyDirectory();
    }

    private static void compile(Path sources, Path classes) throws IOException {
        List<String> arguments = new ArrayList<>(
                List.of("-nowarn", "-proc:none", "-d", classes.toString(), "-cp", classes + SEPARATOR + CLASS_PATH));
        try (Stream<Path> files = Files.walk(sources)) {
            files.map(Path::toString).filter(each -> each.endsWith(".java")).forEach(arguments::add);
        }
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)))
                .isZero();
    }

    private static List<String> run(Path output, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of(SETTINGS));
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
