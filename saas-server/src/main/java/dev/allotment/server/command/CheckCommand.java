// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.command;

import dev.allotment.fleet.Finding;
import dev.allotment.fleet.ReconciliationReport;
import dev.allotment.server.setting.ExitCode;
import dev.allotment.server.setting.ServerConfiguration;
import java.io.PrintStream;
import java.util.function.Function;
import picocli.CommandLine.Command;

/** The command {@code check}: compares the catalog with the database servers. */
@Command
final class CheckCommand extends OperatorCommand {
    @Override
    int run(ServerConfiguration configuration) {
        ReconciliationReport report = saas().reconciliation().check();
        print(out(), report, Finding::remedy);
        return exitCode(report);
    }

    /** Prints a report. */
    static void print(PrintStream out, ReconciliationReport report, Function<Finding, String> remedy) {
        report.findings().forEach(each -> print(out, each, remedy.apply(each)));
        printNumbers(out, report);
    }

    /** Prints a finding, and what is or was done about it. */
    static void print(PrintStream out, Finding finding, String remedy) {
        String name = finding.database();
        out.println(finding.code().code() + "  " + (name == null ? "-" : name)
                + (finding.serverName().isEmpty() ? "" : "  on " + finding.serverName())
                + (finding.uuid() == null ? "" : "  " + finding.uuid()));
        out.println("    " + finding.message());
        out.println("    " + remedy);
    }

    /** Prints the last line of a report. */
    static void printNumbers(PrintStream out, ReconciliationReport report) {
        out.println(report.findings().size() + " findings; checked " + report.servers() + " database servers with "
                + report.databases() + " databases.");
    }

    static int exitCode(ReconciliationReport report) {
        return report.findings().isEmpty() ? ExitCode.OK : ExitCode.FINDINGS;
    }
}
