// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The program: {@code benchmarks/run [quick|full] [only=creation,calls,...]}. */
public final class Benchmarks {
    /** A benchmark. */
    @FunctionalInterface
    interface Benchmark {
        void run(Effort effort, Report report) throws Exception;
    }

    private static final Map<String, Benchmark> ALL = new LinkedHashMap<>();

    static {
        ALL.put("creation", Creation::run);
        ALL.put("copies", Copies::run);
        ALL.put("moves", Moves::run);
        ALL.put("backups", TenantBackups::run);
        ALL.put("calls", Calls::run);
        ALL.put("logins", SignInBenchmark::run);
        ALL.put("likeness", Likeness::run);
        ALL.put("codec", CodecBenchmark::run);
        ALL.put("growth", Growth::run);
        ALL.put("crowd", Crowd::run);
        ALL.put("roles", Roles::run);
        ALL.put("scripts", Scripts::run);
        ALL.put("start", Start::run);
        ALL.put("databases", RealDatabases::run);
        ALL.put("neighbors", Neighbors::run);
        ALL.put("embedding", Embedding::run);
    }

    private Benchmarks() {}

    /** Prints figures and writes them to a file. Exits with 2 if an argument is unknown. */
    public static void main(String[] args) throws Exception {
        Effort effort = Arrays.asList(args).contains("full") ? Effort.FULL : Effort.QUICK;
        List<String> wanted = Arrays.stream(args)
                .filter(arg -> arg.startsWith("only="))
                .flatMap(arg -> Arrays.stream(arg.substring("only=".length()).split(",")))
                .toList();
        boolean known = Arrays.stream(args)
                .allMatch(arg -> arg.equals("quick") || arg.equals("full") || arg.startsWith("only="));
        if (!known || !ALL.keySet().containsAll(wanted)) {
            System.err.println("benchmarks/run [quick|full] [only=" + String.join(",", ALL.keySet()) + "]");
            System.exit(2);
        }
        run(effort, wanted, System.out);
        System.exit(0);
    }

    private static void run(Effort effort, List<String> wanted, PrintStream out) throws Exception {
        Report report = new Report(out, effort);
        for (Map.Entry<String, Benchmark> each : ALL.entrySet()) {
            if (wanted.isEmpty() || wanted.contains(each.getKey())) {
                out.println("measuring " + each.getKey() + " ...");
                each.getValue().run(effort, report);
            }
        }
        Path file = Path.of(System.getProperty("allotment.benchmarks.report", "benchmark-report.md"));
        Files.writeString(file, report.table());
        out.println(report.table());
        out.println("written to " + file.toAbsolutePath());
    }
}
