// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.CustomerId;
import dev.allotment.ErasureProof;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.server.CommandLineArguments.EraseOptions;
import java.io.PrintStream;

/** The command {@code erase}: shows what the erasure of a customer would remove, erases it, or prints the proof. */
final class EraseCommand {
    private final Saas saas;
    private final EraseOptions options;
    private final PrintStream out;

    EraseCommand(Saas saas, EraseOptions options, PrintStream out) {
        this.saas = saas;
        this.options = options;
        this.out = out;
    }

    int run() {
        String proof = options.proof();
        if (proof != null) {
            printProof(proof);
            return ExitCode.OK;
        }
        String login = options.customer();
        String confirmed = options.confirmed();
        if (login == null || (confirmed != null && !confirmed.equals(login))) {
            throw SaasException.invalid(
                    ErrorCodes.SETTING_INVALID,
                    "Name an account of the customer with --customer LOGIN. To erase it, repeat the login with"
                            + " --yes-erase. To read the proof of an erasure, use only --proof NUMBER.");
        }
        User account = saas.accounts()
                .findByLogin(login)
                .orElseThrow(() ->
                        SaasException.notFound(ErrorCodes.RECORD_MISSING, "There is no account \"" + login + "\"."));
        if (confirmed == null) {
            show(account);
            return ExitCode.OK;
        }
        saas.erasures().erase(account.customerId());
        saas.erasures().proof(account.customerId()).ifPresent(this::print);
        return ExitCode.OK;
    }

    private void show(User account) {
        Filter<Tenant> databases = Filter.and(
                Filter.equal(Tenant.CUSTOMER_ID, account.customerId()),
                Filter.notEqual(Tenant.STATE, TenantState.DELETED));
        out.println("Customer " + account.customerId() + " has "
                + CampaignCommand.counted(
                        saas.accounts().count(Filter.equal(User.CUSTOMER_ID, account.customerId())), "account")
                + " and " + CampaignCommand.counted(saas.tenants().count(databases), "database") + ".");
        out.println("Nothing was changed. With --yes-erase " + account.login()
                + ", these are removed for good with all backups, and the names in the audit log are replaced. That"
                + " cannot be undone. After that, --proof " + account.customerId() + " prints the proof.");
    }

    private void printProof(String number) {
        if (options.customer() != null || options.confirmed() != null || !number.matches("[1-9][0-9]{0,17}")) {
            throw SaasException.invalid(
                    ErrorCodes.SETTING_INVALID,
                    "--proof takes the number of a customer that was erased, and no other option of this command.");
        }
        print(saas.erasures()
                .proof(new CustomerId(Long.parseLong(number)))
                .orElseThrow(() -> SaasException.notFound(
                        ErrorCodes.RECORD_MISSING,
                        "The audit log has no erasure of customer " + number + ". Check the number.")));
    }

    private void print(ErasureProof proof) {
        out.println("Erased customer " + proof.customer() + " at " + proof.erasedAt() + ": "
                + CampaignCommand.counted(proof.accounts(), "account") + " and "
                + CampaignCommand.counted(proof.tenants(), "database")
                + ". Without names, these stay: " + CampaignCommand.counted(proof.events(), "event")
                + " in the audit log, "
                + CampaignCommand.counted(proof.operations(), "operation") + " and "
                + CampaignCommand.counted(proof.usage(), "day") + " of usage.");
        out.println("Proof: entry " + proof.event() + " of the audit log.");
    }
}
