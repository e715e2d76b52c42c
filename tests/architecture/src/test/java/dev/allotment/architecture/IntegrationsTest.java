// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No other module needs a framework, or an integration with one. */
final class IntegrationsTest {
    private static final Path PROJECT = Path.of("../..");
    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");
    private static final Pattern LEAK = Pattern.compile(
            "<groupId>(org\\.springframework|io\\.quarkus)[^<]*</groupId>|<artifactId>allotment-spring-boot[^<]*<");

    /** Who may depend on a framework; the BOM names the integrations, but depends on nothing. */
    private static final Pattern ALLOWED = Pattern.compile(
            "integrations/.*|examples/(quarkus|spring-boot(-openid)?)|tests/spring-boot-3|allotment-bom");

    /** Returns the modules that must not depend on a framework, and do. */
    private static List<String> leaks(Path project) throws IOException {
        List<String> found = new ArrayList<>();
        Stream<String> modules = MODULE.matcher(Files.readString(project.resolve("pom.xml")))
                .results()
                .map(match -> match.group(1));
        for (String module : modules.toList()) {
            String pom = Files.readString(project.resolve(module).resolve("pom.xml"));
            if (!ALLOWED.matcher(module).matches() && LEAK.matcher(pom).find()) {
                found.add(module);
            }
        }
        return found;
    }

    @Test
    void noOtherModuleDependsOnOne() throws IOException {
        assertThat(leaks(PROJECT)).isEmpty();
    }

    @Test
    void findsAModuleThatDoes(@TempDir Path project) throws IOException {
        Files.writeString(project.resolve("pom.xml"), """
                <module>saas-core</module> <module>tenant-web</module> <module>integrations/spring-boot</module>
                <module>saas-mail</module> <module>examples/quarkus</module> <module>saas-servlet</module>
                """);
        write(project, "saas-core", "<groupId>org.springframework.boot</groupId>");
        write(project, "tenant-web", "<artifactId>allotment-spring-boot-starter</artifactId>");
        write(project, "integrations/spring-boot", "<groupId>org.springframework</groupId>");
        write(project, "saas-mail", "<artifactId>saas-api</artifactId>");
        write(project, "examples/quarkus", "<groupId>io.quarkus</groupId>");
        write(project, "saas-servlet", "<groupId>io.quarkus</groupId>");

        assertThat(leaks(project)).containsExactly("saas-core", "tenant-web", "saas-servlet");
    }

    private static void write(Path project, String module, String pom) throws IOException {
        Files.createDirectories(project.resolve(module));
        Files.writeString(project.resolve(module).resolve("pom.xml"), pom);
    }
}
