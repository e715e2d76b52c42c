// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.BackupKeysReport;
import dev.allotment.ErrorCodes;
import dev.allotment.Finding;
import dev.allotment.ReconciliationReport;
import dev.allotment.RepairRequest;
import dev.allotment.RepairResult;
import dev.allotment.Saas;
import dev.allotment.SaasBuilder;
import dev.allotment.SaasException;
import dev.allotment.server.CommandLineArguments.TaskOptions;
import dev.allotment.spi.backend.Backend;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commands that do one task while nodes run, without a web server. */
final class OperatorCommand {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorCommand.class);
    private static final long RENEW_SECONDS = 5;

    private final ServerConfiguration configuration;
    private final TaskOptions options;
    private final PrintStream out;

    OperatorCommand(ServerConfiguration configuration, TaskOptions options, PrintStream out) {
        this.configuration = configuration;
        this.options = options;
        this.out = out;
    }

    /** Runs the command, and returns its exit code. */
    int run(Backend backend) throws StartFailure {
        try (BackupPlace backups = configuration.backups();
                Saas saas = attach(backend, backups)) {
            return switch (configuration.mode()) {
                case REPAIR -> repair(saas);
                case CATALOG -> decide(saas);
                case REKEY -> withLeases(saas, () -> rekey(saas));
                case BACKUP -> withLeases(saas, () -> new BackupCommand(saas, options.backup(), out).run());
                case ERASE -> withLeases(saas, () -> new EraseCommand(saas, options.erase(), out).run());
                case EXPORT -> new ExportCommand(saas, options.export(), out).run();
                case CAMPAIGN -> new CampaignCommand(saas, options.campaign(), out).run();
                default -> check(saas);
            };
        } catch (SaasException e) {
            throw StartFailure.of(e, configuration.storage());
        }
    }

    private Saas attach(Backend backend, BackupPlace backups) {
        SaasBuilder builder = Saas.builder()
                .backend(backend)
                .mainDatabase(configuration.mainDatabase())
                .passwordIterations(configuration.passwordIterations());
        if (configuration.secretKeys() != null) {
            builder.secretKeys(configuration.secretKeys());
        }
        backups.applyTo(builder);
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
        if (!options.apply()) {
            ReconciliationReport report = saas.reconciliation().check();
            report.findings()
                    .forEach(each -> print(each, (each.automatic() ? "repair: " : "by you: ") + each.remedy()));
            print(report);
            if (report.findings().stream().anyMatch(Finding::automatic)) {
                out.println("Nothing was changed. \"saas repair --apply\" does what is marked with \"repair\".");
            }
            return exitCode(report);
        }
        return withLeases(saas, () -> {
            List<RepairResult> results = saas.reconciliation()
                    .repair(RepairRequest.builder()
                            .drop(List.copyOf(options.drop()))
                            .build());
            results.forEach(each ->
                    print(each.finding(), (each.repaired() ? "repaired: " : "not repaired: ") + each.message()));
            ReconciliationReport left = saas.reconciliation().check();
            out.println("After the repair:");
            print(left);
            return exitCode(left);
        });
    }

    /** Runs operations, and renews their leases meanwhile. */
    private static int withLeases(Saas saas, IntSupplier work) {
        ScheduledExecutorService leases = Executors.newSingleThreadScheduledExecutor();
        try {
            var unused = leases.scheduleWithFixedDelay(
                    () -> renewLeases(saas), RENEW_SECONDS, RENEW_SECONDS, TimeUnit.SECONDS);
            return work.getAsInt();
        } finally {
            leases.shutdownNow();
        }
    }

    /** Renews the leases of the operations. A failure must not end the renewal: the next attempt may succeed. */
    private static void renewLeases(Saas saas) {
        try {
            saas.maintenance().renewLeases();
        } catch (RuntimeException e) {
            LOG.warn("Renewing the leases of the operations failed and will be retried", e);
        }
    }

    private int rekey(Saas saas) {
        int passwords = saas.servers().encryptPasswordsAgain();
        out.println(
                passwords == 0
                        ? "All passwords of database servers are encrypted with the first secret key already."
                        : "Encrypted the passwords of " + passwords + " database servers with the first secret key.");
        return configuration.backups().exist() ? encryptBackupKeysAgain(saas) : ExitCode.OK;
    }

    private int encryptBackupKeysAgain(Saas saas) {
        BackupKeysReport report = saas.backups().encryptKeysAgain();
        out.println(
                "Encrypted the keys of the backups of " + report.encrypted() + " tenants with the first secret key.");
        if (report.left() == 0) {
            out.println("The backups need no other secret key.");
            return ExitCode.OK;
        }
        out.println("The keys of the backups of " + report.left() + " tenants may still be encrypted with an older"
                + " secret key: the log names them. Keep the older secret keys, and run this command again.");
        return ExitCode.FINDINGS;
    }

    /** Says what the catalog is, after it was decided, if it was. */
    private int decide(Saas saas) {
        if (!options.catalog().isOneAtMost()) {
            throw SaasException.invalid(
                    ErrorCodes.SETTING_INVALID,
                    "Give one of --moved, --separate and --leave: the catalog is one of the three.");
        }
        if (options.catalog().leave()) {
            saas.catalogIdentity().leave();
            if (!saas.catalogIdentity().isCopy()) {
                out.println("All databases of this catalog are copied with it, so there is nothing to decide. Stop the"
                        + " server, and copy the folder.");
                return ExitCode.OK;
            }
            out.println(
                    "Nothing can be changed with this catalog any more. Dump it, restore it in its new place, and run"
                            + " \"saas catalog --moved\" there within a day, which then keeps the API keys. To stay here, run it"
                            + " here.");
            return ExitCode.OK;
        }
        if (options.catalog().moved()) {
            out.println(
                    saas.catalogIdentity().confirmMoved()
                            ? "The API keys of accounts were kept."
                            : "The API keys of accounts were revoked, since some may have been revoked after this copy was"
                                    + " made. \"saas api-key\" makes a new one for an administrator.");
        }
        if (options.catalog().separate()) {
            saas.catalogIdentity().separate();
            out.println("This catalog is a separate control plane now. Restart every node on it, and register its"
                    + " database servers.");
        }
        boolean copy = saas.catalogIdentity().isCopy();
        out.println(
                copy
                        ? "This catalog is a copy: nothing can be changed with it. If it was moved or restored, and the"
                                + " original is not used any more, run \"saas catalog --moved\". If it is for another"
                                + " purpose, such as staging, run \"saas catalog --separate\"."
                        : "This catalog is the original.");
        return copy ? ExitCode.FINDINGS : ExitCode.OK;
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
