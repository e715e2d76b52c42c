// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The measurements, with what they are compared with and their goals. */
final class Report {
    private record Line(String what, String measured, String reference, String goal, String met) {}

    private final List<Line> lines = new ArrayList<>();
    private final PrintStream out;
    private final Effort effort;

    Report(PrintStream out, Effort effort) {
        this.out = out;
        this.effort = effort;
    }

    /** Adds a figure with a goal. */
    void goal(String what, String measured, String reference, String goal, boolean met) {
        add(new Line(what, measured, reference, goal, met ? "yes" : "**no**"));
    }

    /** Adds a figure that explains others. */
    void figure(String what, String measured, String reference) {
        add(new Line(what, measured, reference, "", ""));
    }

    private void add(Line line) {
        lines.add(line);
        out.println("  " + line.what() + ": " + line.measured()
                + (line.reference().isEmpty() ? "" : ", compared with " + line.reference())
                + (line.goal().isEmpty() ? "" : "; goal " + line.goal() + ": " + line.met()));
    }

    String table() {
        StringBuilder text = new StringBuilder();
        text.append("Measured ")
                .append(Instant.now().truncatedTo(ChronoUnit.MINUTES))
                .append(", effort ")
                .append(effort.name().toLowerCase(Locale.ROOT))
                .append(", ")
                .append(Runtime.getRuntime().availableProcessors())
                .append(" processors, Java ")
                .append(Runtime.version().feature())
                .append(".\n\n| what | measured | compared with | goal | met |\n|---|---|---|---|---|\n");
        for (Line line : lines) {
            text.append("| ")
                    .append(String.join(" | ", line.what(), line.measured(), line.reference(), line.goal(), line.met()))
                    .append(" |\n");
        }
        return text.toString();
    }

    static String millis(double value) {
        return String.format(Locale.ROOT, "%.2f ms", value);
    }

    static String ratio(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
