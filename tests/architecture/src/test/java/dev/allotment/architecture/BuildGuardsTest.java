// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the build itself refuses. A copy of the project's own POMs, with one offence in each of some modules, is built
 * by the Maven that runs this test, out of the repository that it uses.
 */
@Tag("slow")
final class BuildGuardsTest {
    private static final Path PROJECT = Path.of("../..").toAbsolutePath().normalize();
    private static final Pattern MODULES = Pattern.compile("(?s)<modules>.*?</modules>");
    private static final Pattern VERSION = Pattern.compile("<version>(.*?)</version>");

    /** Those whose POMs are copied; the kit and the memory backend are dependencies of the others' tests. */
    private static final List<String> REAL = List.of("saas-api", "saas-test", "saas-tck", "saas-core", "protocol-odoo");

    private static final List<String> OFFENDING =
            List.of("bug", "null", "warning", "dependencies", "format", "convergence");

    private static final String PACKAGE = """
            // SPDX-License-Identifier: Apache-2.0
            /** What a guard of the build has to catch. */
            @NullMarked
            package dev.allotment.offenders;

            import org.jspecify.annotations.NullMarked;
            """;

    @TempDir
    private static Path copy;

    private static String rules = "";
    private static String sources = "";

    @BeforeAll
    static void build() throws IOException, InterruptedException {
        String parent = Files.readString(PROJECT.resolve("pom.xml"));
        List<String> modules = Stream.concat(REAL.stream(), OFFENDING.stream()).toList();
        write(
                "pom.xml",
                MODULES.matcher(parent)
                        .replaceFirst(modules.stream()
                                .map(module -> "<module>" + module + "</module>")
                                .reduce("<modules>", String::concat)
                                .concat("</modules>")));
        Files.createDirectory(copy.resolve(".mvn"));
        Files.copy(PROJECT.resolve(".mvn/jvm.config"), copy.resolve(".mvn/jvm.config"));

        String logging = dependency("org.slf4j", "slf4j-api", "");
        writeReal("saas-api", "<dependencies>", "<dependencies>" + logging);
        writeReal("saas-test", "(<artifactId>assertj-core</artifactId>)\\s*<scope>test</scope>", "$1");
        writeReal("saas-tck", "", "");
        writeReal("saas-core", "<dependencies>", "<dependencies>" + logging);
        writeReal("protocol-odoo", "(<artifactId>saas-core</artifactId>)\\s*<scope>test</scope>", "$1");

        Matcher version = VERSION.matcher(parent);
        assertThat(version.find()).isTrue();
        for (String name : OFFENDING) {
            writeOffending(name, version.group(1));
        }

        rules = maven("validate", REAL);
        sources = maven("verify", OFFENDING);
    }

    private static void writeReal(String module, String expression, String replacement) throws IOException {
        String pom = Files.readString(PROJECT.resolve(module).resolve("pom.xml"));
        assertThat(pom).containsPattern(expression);
        write(module + "/pom.xml", pom.replaceFirst(expression, replacement));
    }

    private static void writeOffending(String name, String version) throws IOException {
        String dependencies = dependency("org.jspecify", "jspecify", "");
        String source = "";
        switch (name) {
            case "bug" -> source = """
                    // SPDX-License-Identifier: Apache-2.0
                    package dev.allotment.offenders;

                    final class Offender {
                        private Offender() {}

                        static String name(String found) {
                            found.trim();
                            return found;
                        }
                    }
                    """;
            case "null" -> source = """
                    // SPDX-License-Identifier: Apache-2.0
                    package dev.allotment.offenders;

                    final class Offender {
                        private Offender() {}

                        static String name() {
                            return null;
                        }
                    }
                    """;
            case "warning" -> source = """
                    // SPDX-License-Identifier: Apache-2.0
                    package dev.allotment.offenders;

                    import java.util.List;

                    final class Offender {
                        private Offender() {}

                        static int size(List list) {
                            return list.size();
                        }
                    }
                    """;
            case "dependencies" -> {
                dependencies += dependency("com.zaxxer", "HikariCP", "");
                source = """
                        // SPDX-License-Identifier: Apache-2.0
                        package dev.allotment.offenders;

                        import org.slf4j.Logger;

                        final class Offender {
                            private Offender() {}

                            static String name(Logger logger) {
                                return logger.getName();
                            }
                        }
                        """;
            }
            case "format" -> source = """
                    package dev.allotment.offenders;

                    final class Offender {
                      private Offender() { }
                    }
                    """;
            case "convergence" ->
                dependencies += dependency("com.google.errorprone", "error_prone_core", "${error-prone.version}")
                        + dependency("com.uber.nullaway", "nullaway", "${nullaway.version}");
            default -> throw new IllegalArgumentException(name);
        }
        write(name + "/src/main/java/dev/allotment/offenders/package-info.java", PACKAGE);
        write(name + "/src/main/java/dev/allotment/offenders/Offender.java", source);
        write(name + "/pom.xml", """
                <?xml version="1.0" encoding="UTF-8"?>
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                    <modelVersion>4.0.0</modelVersion>

                    <parent>
                        <groupId>dev.allotment</groupId>
                        <artifactId>allotment-parent</artifactId>
                        <version>%s</version>
                    </parent>

                    <artifactId>%s</artifactId>

                    <dependencies>%s</dependencies>
                </project>
                """.formatted(version, name, dependencies));
    }

    private static String dependency(String group, String artifact, String version) {
        return "<dependency><groupId>" + group + "</groupId><artifactId>" + artifact + "</artifactId>"
                + (version.isEmpty() ? "" : "<version>" + version + "</version>") + "</dependency>";
    }

    private static void write(String name, String text) throws IOException {
        Path file = copy.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @ParameterizedTest
    @CsvSource({
        "saas-api is the hub: it depends on nothing but jspecify., org.slf4j:slf4j-api",
        "saas-core is pure: it depends on nothing but saas-api and jspecify., org.slf4j:slf4j-api",
        "saas-test fits any test framework: it depends on nothing but saas-api and jspecify., org.assertj:assertj-core",
        "Only hosts and tests depend on saas-core; everything else is written against saas-api., dev.allotment:saas-core"
    })
    void refusesADependencyThatAModuleMustNotHave(String rule, String dependency) {
        assertThat(rules)
                .containsPattern(
                        Pattern.quote(rule) + "\\R(.*\\R)*?.*" + Pattern.quote(dependency) + ":.* <--- banned");
    }

    @ParameterizedTest
    @CsvSource({
        "two versions of one library, convergence, enforce (build-environment)",
        "what Error Prone takes for a bug, bug, compile (default-compile)",
        "null where NullAway sees that there is none, null, compile (default-compile)",
        "a warning of the compiler, warning, compile (default-compile)",
        "a dependency that is used and not declared or declared and not used, dependencies, analyze-only (declared-is-used)",
        "a wrong format in an otherwise correct module, format, check (format)"
    })
    void eachOffenceIsFoundByItsGuard(String offence, String module, String guard) {
        assertThat(sources)
                .as(offence)
                .containsPattern(
                        "Failed to execute goal .*" + Pattern.quote(":" + guard + " on project " + module + ":"));
    }

    @Test
    void saysWhatIsWrong() {
        assertThat(sources)
                .contains("Dependency convergence error for com.google.guava:guava")
                .containsPattern("ERROR.*/bug/.*Offender.java.* \\[ReturnValueIgnored]")
                .containsPattern("ERROR.*/null/.*Offender.java.* \\[NullAway]")
                .containsPattern("WARNING.*/warning/.*Offender.java.* found raw type")
                .containsPattern("ERROR.*/warning/.*Offender.java: warnings found and -Werror specified")
                .containsPattern("Used undeclared dependencies found:\\R.*org.slf4j:slf4j-api")
                .containsPattern("Unused declared dependencies found:\\R.*com.zaxxer:HikariCP");
    }

    /** Runs a build that continues with other modules if one fails. Returns its output. */
    private static String maven(String phase, List<String> modules) throws IOException, InterruptedException {
        String home = System.getProperty("allotment.maven.home");
        String repository = System.getProperty("allotment.maven.repository");
        List<String> command = new ArrayList<>(List.of(
                home == null ? "mvn" : Path.of(home, "bin", "mvn").toString(),
                "-B",
                "-ntp",
                "-T1",
                "--fail-never",
                "-Pchecks"));
        if (repository != null) {
            command.add("-Dmaven.repo.local=" + repository);
        }
        if ("offline: true".equals(System.getProperty("allotment.maven.offline"))) {
            command.add("-o");
        }
        command.addAll(List.of("-pl", String.join(",", modules), phase));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(copy.toFile()).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        return printed;
    }

    /** Compiles the descriptor of the core with a class that it allows, and with a class that it does not allow. */
    @ParameterizedTest
    @CsvSource({"java.util.List, ", "java.sql.Connection, package java.sql is not visible"})
    void theModuleDescriptorRefusesJdbcInTheCore(String type, String complaint, @TempDir Path folder)
            throws IOException {
        Path module = folder.resolve("core");
        Path offender = module.resolve("dev/allotment/core/Offender.java");
        Files.createDirectories(offender.getParent());
        String descriptor = Files.readString(PROJECT.resolve("saas-core/src/main/java/module-info.java"));
        // The service's class is not in the folder that is compiled here.
        Files.writeString(module.resolve("module-info.java"), descriptor.replaceAll("(?s)\\s*provides .*?;", ""));
        Files.writeString(offender, "package dev.allotment.core; public class Offender { %s field; }".formatted(type));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter printed = new StringWriter();
        boolean compiled;
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, UTF_8)) {
            compiled = compiler.getTask(
                            printed,
                            files,
                            null,
                            List.of(
                                    "-d",
                                    folder.resolve("classes").toString(),
                                    "-proc:none",
                                    "--module-path",
                                    jspecify(),
                                    "--module-source-path",
                                    "dev.allotment.core=" + module,
                                    "--module-source-path",
                                    "dev.allotment.api=" + PROJECT.resolve("saas-api/src/main/java")),
                            null,
                            files.getJavaFileObjects(offender))
                    .call();
        }
        assertThat(compiled).as(printed.toString()).isEqualTo(complaint == null);
        assertThat(printed.toString()).contains(complaint == null ? "" : complaint);
    }

    /** Where the annotations are, which are a module. */
    private static String jspecify() {
        return Path.of(URI.create(NullMarked.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toString()))
                .toString();
    }
}
