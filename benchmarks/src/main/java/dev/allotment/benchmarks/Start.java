// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The time to the first answer, what the library adds to an embedder's start, and how long the core's tests take. */
final class Start {
    private static final Pattern EMBEDDED =
            Pattern.compile("(saas-api|saas-core|backend-jdbc|backend-h2|h2|slf4j-api|jspecify)-[0-9]");

    /** A longer pause between two test classes means two builds. */
    private static final double SECONDS_BETWEEN_CLASSES = 2;

    private Start() {}

    static void run(Effort effort, Report report) throws Exception {
        Path home = Path.of(System.getProperty("allotment.benchmarks.home", "."));
        if (Files.isExecutable(home.resolve("saas")) && Files.isDirectory(home.resolve("saas-server/target/lib"))) {
            script(effort, report, home);
        }
        host(effort, report);
        tests(report, home);
    }

    private static void script(Effort effort, Report report, Path home) throws Exception {
        Sample sample = new Sample();
        // The first start is a training run that makes the others fast.
        for (int i = -1; i < 3 * effort.starts(); i++) {
            Path data = Files.createTempDirectory("allotment-start");
            long begun = System.nanoTime();
            try (OwnProcess process = OwnProcess.command(List.of(
                            home.resolve("saas").toString(), "demo", "--port", "0", "--data", data.toString()));
                    Wire wire = new Wire(process.port())) {
                wire.call(wire.request(BenchmarkPortal.COMMON, "version"));
                if (i >= 0) {
                    sample.add(System.nanoTime() - begun);
                }
            }
        }
        report.goal(
                "./saas demo on H2, to the first answer (median)",
                sample.toString(),
                "",
                "≤ 2 s",
                sample.medianMillis() <= 2000);
    }

    private static void host(Effort effort, Report report) throws IOException, InterruptedException {
        Sample sample = new Sample();
        Sample bare = new Sample();
        for (int i = 0; i < 5 * effort.starts(); i++) {
            sample.add(opening());
            bare.add(opening(BareEmbedder.BARE));
        }
        double beyond = sample.medianMillis() - bare.medianMillis();
        report.goal(
                "opening a control plane on H2 in a process that has just started (median)",
                sample + ", of which " + Report.millis(beyond) + " beyond H2",
                "opening only an H2 database in memory " + bare,
                "≤ 300 ms beyond H2",
                beyond <= 300);
    }

    private static long opening(String... arguments) throws IOException, InterruptedException {
        try (OwnProcess process = OwnProcess.start(embedded(), BareEmbedder.class.getName(), List.of(arguments))) {
            return Long.parseLong(process.await("opened in ").replaceAll("\\D", ""));
        }
    }

    /** Returns the class path of an embedder with the core and the H2 backend, and without logging. */
    private static String embedded() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(each -> !each.endsWith(".jar")
                        || EMBEDDED.matcher(Path.of(each).getFileName().toString())
                                .lookingAt())
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }

    /**
     * Returns the time from the start of the first test class to the end of the last, if the last build ran them.
     * Classes run at the same time. A report is written when its class has finished, and contains its duration.
     */
    private static void tests(Report report, Path home) throws IOException {
        Path reports = home.resolve("saas-core/target/surefire-reports");
        if (!Files.isDirectory(reports)) {
            return;
        }
        double begun = Double.POSITIVE_INFINITY;
        double ended = Double.NEGATIVE_INFINITY;
        double together = 0;
        try (Stream<Path> files = Files.list(reports)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".xml")).toList()) {
                double took = Double.parseDouble(
                        Files.readString(file).replaceAll("(?s).*?<testsuite [^>]*? time=\"([0-9.]+)\".*", "$1"));
                double end = Files.getLastModifiedTime(file).toMillis() / 1000.0;
                begun = Math.min(begun, end - took);
                ended = Math.max(ended, end);
                together += took;
            }
        }
        if (together == 0) {
            return;
        }
        double seconds = ended - begun;
        if (seconds > together + SECONDS_BETWEEN_CLASSES) {
            System.out.println("The test reports of the core are from several builds, so the duration is unknown.");
            return;
        }
        report.goal(
                "the tests of the core, in the last build", Report.millis(seconds * 1000), "", "≤ 5 s", seconds <= 5);
    }
}
