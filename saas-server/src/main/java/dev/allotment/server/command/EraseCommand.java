// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.command;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.erasure.ErasureProof;
import dev.allotment.server.setting.ExitCode;
import dev.allotment.server.setting.ServerConfiguration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code erase}: shows what the erasure of a customer would remove, erases it, or prints the proof. */
@Command
final class EraseCommand extends OperatorCommand {
    @Option(names = "--customer", paramLabel = "LOGIN", description = "The login of an account of the customer.")
    private @Nullable String customer;

    @Option(
            names = "--yes-erase",
            paramLabel = "LOGIN",
            description = "The same login. Without it, shows what would be erased.")
    private @Nullable String confirmed;

    @Option(
            names = "--proof",
            paramLabel = "NUMBER",
            description = "Prints the proof of the erasure of this customer again.")
    private @Nullable String proof;

    @Override
    int run(ServerConfiguration configuration) {
        return withLeases(this::act);
    }

    private int act() {
        if (proof != null) {
            printProof(proof);
            return ExitCode.OK;
        }
        if (customer == null || (confirmed != null && !confirmed.equals(customer))) {
            throw SaasException.invalid(
                    ErrorCodes.SETTING_INVALID,
                    "Name an account of the customer with --customer LOGIN. To erase it, repeat the login with"
                            + " --yes-erase. To read the proof of an erasure, use only --proof NUMBER.");
        }
        User account = saas().accounts()
                .findByLogin(customer)
                .orElseThrow(() ->
                        SaasException.notFound(ErrorCodes.RECORD_MISSING, "There is no account \"" + customer + "\"."));
        if (confirmed == null) {
            show(account);
            return ExitCode.OK;
        }
        saas().erasures().erase(account.customerId());
        saas().erasures().proof(account.customerId()).ifPresent(this::print);
        return ExitCode.OK;
    }

    private void show(User account) {
        Filter<Tenant> databases = Filter.and(
                Filter.equal(Tenant.CUSTOMER_ID, account.customerId()),
                Filter.notEqual(Tenant.STATE, TenantState.DELETED));
        out().println("Customer " + account.customerId() + " has "
                + CampaignCommand.counted(
                        saas().accounts().count(Filter.equal(User.CUSTOMER_ID, account.customerId())), "account")
                + " and " + CampaignCommand.counted(saas().tenants().count(databases), "database") + ".");
        out().println("Nothing was changed. With --yes-erase " + account.login()
                + ", these are removed for good with all backups, and the names in the audit log are replaced. That"
                + " cannot be undone. After that, --proof " + account.customerId() + " prints the proof.");
    }

    private void printProof(String number) {
        if (customer != null || confirmed != null || !number.matches("[1-9][0-9]{0,17}")) {
            throw SaasException.invalid(
                    ErrorCodes.SETTING_INVALID,
                    "--proof takes the number of a customer that was erased, and no other option of this command.");
        }
        print(saas().erasures()
                .proof(new CustomerId(Long.parseLong(number)))
                .orElseThrow(() -> SaasException.notFound(
                        ErrorCodes.RECORD_MISSING,
                        "The audit log has no erasure of customer " + number + ". Check the number.")));
    }

    private void print(ErasureProof erased) {
        out().println("Erased customer " + erased.customer() + " at " + erased.erasedAt() + ": "
                + CampaignCommand.counted(erased.accounts(), "account") + " and "
                + CampaignCommand.counted(erased.tenants(), "database")
                + ". Without names, these stay: " + CampaignCommand.counted(erased.events(), "event")
                + " in the audit log, "
                + CampaignCommand.counted(erased.operations(), "operation") + " and "
                + CampaignCommand.counted(erased.usage(), "day") + " of usage.");
        out().println("Proof: entry " + erased.event() + " of the audit log.");
    }
}
