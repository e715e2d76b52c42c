// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.Filter;
import dev.allotment.NewUser;
import dev.allotment.Query;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.spi.backend.Backend;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/**
 * {@code saas admin-password} and {@code saas master-password}: the way back for an operator who lost a password. An
 * operator who may open the catalog may set them.
 */
final class PasswordCommand {
    private final ServerConfiguration configuration;
    private final PrintStream out;

    PasswordCommand(ServerConfiguration configuration, PrintStream out) {
        this.configuration = configuration;
        this.out = out;
    }

    /** Runs the command, and returns its exit code. */
    int run(Backend backend) throws StartFailure {
        try (Saas saas = Saas.builder()
                .backend(backend)
                .mainDatabase(configuration.mainDatabase())
                .passwordIterations(configuration.passwordIterations())
                .attach()) {
            if (configuration.mode() == Mode.MASTER_PASSWORD) {
                setMasterPassword(saas);
            } else {
                setAdministratorPassword(saas);
            }
            return ExitCode.OK;
        } catch (SaasException e) {
            throw StartFailure.of(e, configuration.storage());
        }
    }

    private void setAdministratorPassword(Saas saas) {
        Secret given = configuration.adminPassword();
        Secret password = given == null ? OpenedControlPlane.random() : given;
        String login = configuration.adminLogin().strip().toLowerCase(Locale.ROOT);
        List<User> found = saas.accounts().list(Query.where(Filter.equal(User.LOGIN, login)));
        if (found.isEmpty()) {
            saas.accounts()
                    .create(NewUser.builder(login, "Administrator")
                            .password(password.value())
                            .role(Role.ADMINISTRATOR)
                            .build());
            out.println("Created the administrator " + login + ".");
        } else {
            saas.accounts()
                    .update(
                            found.get(0).id(),
                            user -> user.toBuilder()
                                    .active(true)
                                    .role(Role.ADMINISTRATOR)
                                    .build(),
                            password.value());
            out.println("Set the password of " + login + ", who is an active administrator now, and ended the account's"
                    + " sessions. Nodes that run refuse the old password within ten seconds.");
        }
        if (given == null) {
            out.println("password  " + password.value() + "   (generated now, not shown again)");
        }
    }

    private void setMasterPassword(Saas saas) throws StartFailure {
        Secret password = configuration.masterPassword();
        if (password == null) {
            throw new StartFailure(
                    ExitCode.WRONG_SETTINGS,
                    "No master password is given. Set --master-password-file, or --master-password.");
        }
        saas.changeMasterPassword(password.value());
        out.println("Set the master password. Nodes that run refuse the old one within ten seconds.");
    }
}
