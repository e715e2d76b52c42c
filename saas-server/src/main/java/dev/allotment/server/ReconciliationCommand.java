// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.Finding;
import dev.allotment.ReconciliationReport;
import dev.allotment.RepairRequest;
import dev.allotment.RepairResult;
import dev.allotment.Saas;
import dev.allotment.SaasBuilder;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.Backend;
import java.io.PrintStream;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** {@code saas check} and {@code saas repair}: one task while nodes run, without a web server. */
final class ReconciliationCommand {
    private static final long RENEW_SECONDS = 5;

    private final ServerConfiguration configuration;
    private final boolean apply;
    private final Set<String> drop;
    private final PrintStream out;

    ReconciliationCommand(ServerConfiguration configuration, boolean apply, Set<String> drop, PrintStream out) {
        this.configuration = configuration;
        this.apply = apply;
        this.drop = drop;
        this.out = out;
    }

    /** Runs the command, and returns its exit code. */
    int run(Backend backend) throws StartFailure {
        try (Saas saas = attach(backend)) {
            return configuration.mode() == Mode.REPAIR ? repair(saas) : check(saas);
        } catch (SaasException e) {
            throw StartFailure.of(e, configuration.storage());
        }
    }

    private Saas attach(Backend backend) {
        SaasBuilder builder = Saas.builder()
                .backend(backend)
                .mainDatabase(configuration.mainDatabase())
                .passwordIterations(configuration.passwordIterations());
        if (configuration.secretKey() != null) {
            builder.secretKey(configuration.secretKey().value());
        }
        if (configuration.addons() != null) {
            builder.addons(configuration.addons());
        }
        return builder.attach();
    }

    private int check(Saas saas) {
        ReconciliationReport report = saas.reconciliation().check();
        report.findings().forEach(each -> print(each, each.remedy()));
        print(report);
        return exitCode(report);
    }

    private int repair(Saas saas) {
        if (!apply) {
            ReconciliationReport report = saas.reconciliation().check();
            report.findings()
                    .forEach(each -> print(each, (each.automatic() ? "repair: " : "by you: ") + each.remedy()));
            print(report);
            if (report.findings().stream().anyMatch(Finding::automatic)) {
                out.println("Nothing was changed. \"saas repair --apply\" does what is marked with \"repair\".");
            }
            return exitCode(report);
        }
        ScheduledExecutorService leases = Executors.newSingleThreadScheduledExecutor();
        try {
            leases.scheduleWithFixedDelay(
                    saas.maintenance()::renewLeases, RENEW_SECONDS, RENEW_SECONDS, TimeUnit.SECONDS);
            List<RepairResult> results = saas.reconciliation()
                    .repair(RepairRequest.builder().drop(List.copyOf(drop)).build());
            results.forEach(each ->
                    print(each.finding(), (each.repaired() ? "repaired: " : "not repaired: ") + each.message()));
            ReconciliationReport left = saas.reconciliation().check();
            out.println("After the repair:");
            print(left);
            return exitCode(left);
        } finally {
            leases.shutdownNow();
        }
    }

    private void print(Finding finding, String remedy) {
        String name = finding.database();
        out.println(finding.code().code() + "  " + (name == null ? "-" : name)
                + (finding.serverName().isEmpty() ? "" : "  on " + finding.serverName())
                + (finding.uuid() == null ? "" : "  " + finding.uuid()));
        out.println("    " + finding.message());
        out.println("    " + remedy);
    }

    private void print(ReconciliationReport report) {
        out.println(report.findings().size() + " findings; checked " + report.servers() + " database servers with "
                + report.databases() + " databases.");
    }

    private static int exitCode(ReconciliationReport report) {
        return report.findings().isEmpty() ? ExitCode.OK : ExitCode.FINDINGS;
    }
}
