// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.command;

import dev.allotment.fleet.Finding;
import dev.allotment.fleet.ReconciliationReport;
import dev.allotment.fleet.RepairRequest;
import dev.allotment.fleet.RepairResult;
import dev.allotment.server.setting.ServerConfiguration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code repair}: shows what it would repair of what {@code check} finds, or repairs it. */
@Command
final class RepairCommand extends OperatorCommand {
    @Option(names = "--apply", description = "Repairs. Without it, nothing is changed.")
    private boolean apply;

    @Option(
            names = "--drop",
            paramLabel = "NAME",
            description = "Drops an orphan, with everything in it; can be repeated.")
    private List<String> drop = new ArrayList<>();

    @Override
    int run(ServerConfiguration configuration) {
        return apply ? withLeases(this::repair) : show();
    }

    private int show() {
        ReconciliationReport report = saas().reconciliation().check();
        CheckCommand.print(out(), report, each -> (each.automatic() ? "repair: " : "by you: ") + each.remedy());
        if (report.findings().stream().anyMatch(Finding::automatic)) {
            out().println("Nothing was changed. \"saas repair --apply\" does what is marked with \"repair\".");
        }
        return CheckCommand.exitCode(report);
    }

    private int repair() {
        List<RepairResult> results = saas().reconciliation()
                .repair(RepairRequest.builder().drop(drop).build());
        results.forEach(each -> CheckCommand.print(
                out(), each.finding(), (each.repaired() ? "repaired: " : "not repaired: ") + each.message()));
        ReconciliationReport left = saas().reconciliation().check();
        out().println("After the repair:");
        CheckCommand.printNumbers(out(), left);
        return CheckCommand.exitCode(left);
    }
}
