// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

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

/** The command {@code erase}: shows what the erasure of a customer would remove, or erases it. */
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
        String login = options.customer();
        String confirmed = options.confirmed();
        if (login == null || (confirmed != null && !confirmed.equals(login))) {
            throw SaasException.invalid(
                    ErrorCodes.SETTING_INVALID,
                    "Name an account of the customer with --customer LOGIN. To erase it, repeat the login with"
                            + " --yes-erase.");
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
                + saas.accounts().count(Filter.equal(User.CUSTOMER_ID, account.customerId())) + " accounts and "
                + saas.tenants().count(databases) + " databases.");
        out.println("Nothing was changed. With --yes-erase " + account.login()
                + ", these are removed for good with all backups, and the names in the audit log are replaced. That"
                + " cannot be undone.");
    }

    private void print(ErasureProof proof) {
        out.println("Erased customer " + proof.customer() + " at " + proof.erasedAt() + ": " + proof.accounts()
                + " accounts and " + proof.tenants() + " databases. " + proof.events() + " entries of the audit log, "
                + proof.operations() + " operations and " + proof.usage() + " records of usage stay without names.");
        out.println("Proof: entry " + proof.event() + " of the audit log.");
    }
}
