// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.command;

import dev.allotment.backup.BackupKeysReport;
import dev.allotment.server.setting.ExitCode;
import dev.allotment.server.setting.ServerConfiguration;
import picocli.CommandLine.Command;

/** The command {@code rekey}: encrypts passwords and keys of backups with the first secret key. */
@Command
final class RekeyCommand extends OperatorCommand {
    @Override
    int run(ServerConfiguration configuration) {
        return withLeases(() -> encryptAgain(configuration.backups().exist()));
    }

    private int encryptAgain(boolean hasBackups) {
        int passwords = saas().servers().rotateServerPasswords();
        out().println(
                        passwords == 0
                                ? "All passwords of database servers are encrypted with the first secret key already."
                                : "Encrypted the passwords of " + passwords
                                        + " database servers with the first secret key.");
        return hasBackups ? encryptBackupKeysAgain() : ExitCode.OK;
    }

    private int encryptBackupKeysAgain() {
        BackupKeysReport report = saas().backups().rotateBackupKeys();
        out().println("Encrypted the keys of the backups of " + report.encrypted()
                + " tenants with the first secret key.");
        if (report.left() == 0) {
            out().println("The backups need no other secret key.");
            return ExitCode.OK;
        }
        out().println("The keys of the backups of " + report.left() + " tenants may still be encrypted with an older"
                + " secret key: the log names them. Keep the older secret keys, and run this command again.");
        return ExitCode.FINDINGS;
    }
}
