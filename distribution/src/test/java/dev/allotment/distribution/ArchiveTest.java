// SPDX-License-Identifier: Apache-2.0
package dev.allotment.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The archive, unpacked into an empty folder. */
final class ArchiveTest {
    private static final Path ARCHIVE = Path.of(System.getProperty("allotment.archive"));
    private static final Pattern ADDRESS = Pattern.compile("listens on (http://127\\.0\\.0\\.1:\\d+) ");

    @TempDir
    private static Path folder;

    private static Path home;
    private static List<String> entries;

    @BeforeAll
    static void unpack() throws Exception {
        entries = run("tar", "-tvzf", ARCHIVE.toString());
        run("tar", "-xzf", ARCHIVE.toString(), "-C", folder.toString());
        home = folder.resolve(ARCHIVE.getFileName().toString().replace(".tar.gz", ""));
    }

    @Test
    void hasThePartsOfAnInstallation() throws IOException {
        assertThat(names(home)).containsExactlyInAnyOrder("LICENSE", "NOTICE", "bin", "conf", "examples", "lib");
        assertThat(names(home.resolve("bin"))).containsExactly("saas");
        assertThat(names(home.resolve("conf"))).containsExactly("allotment.properties");
        assertThat(names(home.resolve("examples")))
                .containsExactlyInAnyOrder(
                        "allotment.dashboard.json",
                        "allotment.rules.test.yml",
                        "allotment.rules.yml",
                        "haproxy.cfg",
                        "nginx.conf");
        assertThat(home.resolve("LICENSE")).hasSameTextualContentAs(Path.of("../LICENSE"));
        assertThat(home.resolve("bin/saas")).isExecutable();
    }

    @Test
    void belongsToRootAndHasTheTimeOfTheRelease() throws IOException {
        String time = Files.readString(Path.of("../pom.xml"))
                .replaceFirst("(?s).*<project.build.outputTimestamp>(\\d{4}-\\d\\d-\\d\\d).*", "$1");

        assertThat(entries)
                .hasSizeGreaterThan(90)
                .allSatisfy(entry -> assertThat(entry)
                        .containsPattern("^[-d]rw[-x](r-[-x]){2} |^-rw------- .*/allotment\\.properties$")
                        .containsPattern(" (root/root|0/0) .* " + time + " "));
    }

    @Test
    void namesEachLibraryInTheNotice() throws IOException {
        List<String> notice = Files.readAllLines(home.resolve("NOTICE"));
        Set<String> named = notice.stream()
                .filter(line -> line.matches("\\S+:\\S+ \\S+"))
                .map(line -> line.replaceFirst("^\\S+:(\\S+) (\\S+)$", "$1-$2.jar"))
                .collect(Collectors.toCollection(TreeSet::new));
        String own = home.getFileName().toString().replaceFirst("^allotment-", "");

        assertThat(names(home.resolve("lib")).filter(jar -> !jar.endsWith("-" + own + ".jar")))
                .hasSizeGreaterThan(70)
                .containsExactlyInAnyOrderElementsOf(named);
        assertThat(notice).noneSatisfy(line -> assertThat(line).containsIgnoringCase("unknown license"));
    }

    @Test
    void hasExactlyTheSettingsOfTheServerCommentedOut() throws Exception {
        Path settings = home.resolve("conf/allotment.properties");
        List<String> options = run(home.resolve("bin/saas").toString(), "serve", "--help").stream()
                .flatMap(line -> Pattern.compile("^ +(?:-\\w, )?--([a-z0-9-]+)")
                        .matcher(line)
                        .results()
                        .map(option -> option.group(1)))
                .filter(option -> !Set.of("help", "version", "config").contains(option))
                .toList();
        List<String> keys = Pattern.compile("(?m)^#([a-z0-9-]+) =")
                .matcher(Files.readString(settings))
                .results()
                .map(key -> key.group(1))
                .toList();

        assertThat(keys).hasSizeGreaterThan(50).containsExactlyInAnyOrderElementsOf(options);
        assertThat(Files.readAllLines(settings))
                .allSatisfy(line -> assertThat(line).matches("|#.*"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "src/main/bin/saas",
                "src/deb/bin/saas",
                "src/deb/bin/serve",
                "src/deb/control/postinst",
                "src/deb/control/postrm",
                "src/deb/control/prerm"
            })
    void scriptsHaveNoMistakesOfSyntax(String script) throws Exception {
        assertThat(run("sh", "-n", script)).isEmpty();
    }

    @Test
    void servesWithTheSettingsAndPasswordsOfItsFolder(@TempDir Path elsewhere) throws Exception {
        Path conf = home.resolve("conf");
        Files.writeString(
                conf.resolve("allotment.properties"), "main-db = portal.example.com\ndata = memory\nport = 0\n");
        Path password = Files.createDirectory(conf.resolve("credentials")).resolve("admin-password");
        Files.writeString(password, "a password of this test\n");
        Path link = Files.createSymbolicLink(elsewhere.resolve("saas"), home.resolve("bin/saas"));
        Process server = start(link, elsewhere);
        try (BufferedReader output = server.inputReader(StandardCharsets.UTF_8)) {
            List<String> printed = new ArrayList<>();
            String address = address(output, printed);

            HttpURLConnection ready = (HttpURLConnection)
                    URI.create(address + "/health/ready").toURL().openConnection();
            assertThat(ready.getResponseCode()).isEqualTo(200);

            // By the handle, since the process itself would close its output as well.
            assertThat(server.toHandle().destroy()).isTrue();
            output.lines().forEach(printed::add);
            assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(server.exitValue()).as("%s", printed).isZero();
            assertThat(printed)
                    .anySatisfy(line -> assertThat(line).endsWith("main database  portal.example.com"))
                    .noneSatisfy(line -> assertThat(line).contains("generated now"));
        } finally {
            server.destroyForcibly();
        }

        Files.move(password, password.resolveSibling("admin_pasword"));
        Process wrong = start(link, elsewhere);
        assertThat(new String(wrong.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("admin_pasword is not named like a setting");
        assertThat(wrong.waitFor()).isEqualTo(2);
    }

    /** Starts a server with Java as it is for other tests. */
    private static Process start(Path saas, Path folder) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(saas.toString(), "serve")
                .directory(folder.toFile())
                .redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("SAAS_"));
        builder.environment().put("SAAS_JAVA_OPTIONS", "-Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1");
        return builder.start();
    }

    private static String address(BufferedReader output, List<String> printed) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            printed.add(line);
            Matcher address = ADDRESS.matcher(line);
            if (address.find()) {
                return address.group(1);
            }
        }
        throw new AssertionError("The server did not start: " + printed);
    }

    private static Stream<String> names(Path parent) {
        try (Stream<Path> files = Files.list(parent)) {
            return files.map(file -> file.getFileName().toString()).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a program without the settings of this process. Returns what it printed. */
    private static List<String> run(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("SAAS_"));
        Process process = builder.start();
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        return printed.lines().toList();
    }
}
