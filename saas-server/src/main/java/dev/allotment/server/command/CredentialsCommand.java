// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.command;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.NewUser;
import dev.allotment.Query;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.CreatedApiKey;
import dev.allotment.access.NewApiKey;
import dev.allotment.server.setting.ExitCode;
import dev.allotment.server.setting.Secret;
import dev.allotment.server.setting.ServerConfiguration;
import dev.allotment.server.setting.StartFailure;
import dev.allotment.spi.backend.Backend;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;

/**
 * {@code saas admin-password}, {@code saas api-key} and {@code saas master-password}: the way back for an operator who
 * lost a password or a key. An operator who may open the catalog may set them.
 */
@Command
final class CredentialsCommand implements Task {
    private static final String NAME = "Command line";

    @Override
    public int run(ServerConfiguration configuration, Backend backend, PrintStream out) throws StartFailure {
        try (Saas saas = Saas.builder()
                .backend(backend)
                .mainDatabase(configuration.mainDatabase())
                .passwordIterations(configuration.passwordIterations())
                .attach()) {
            switch (configuration.mode()) {
                case MASTER_PASSWORD -> setMasterPassword(saas, configuration, out);
                case API_KEY -> createKey(saas, configuration, out);
                default -> setAdministratorPassword(saas, configuration, out);
            }
            return ExitCode.OK;
        } catch (SaasException e) {
            throw StartFailure.of(e, configuration.storage());
        }
    }

    private static void setAdministratorPassword(Saas saas, ServerConfiguration configuration, PrintStream out) {
        Secret given = configuration.adminPassword();
        Secret password = given == null ? Secret.random() : given;
        String login = login(configuration);
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
            if (saas.secondFactors().status(found.get(0).id()).on()) {
                saas.secondFactors().reset(found.get(0).id());
                out.println("Removed the second factor of " + login + ".");
            }
        }
        if (given == null) {
            out.println("password  " + password.value() + "   (generated now, not shown again)");
        }
    }

    private static String login(ServerConfiguration configuration) {
        return configuration.adminLogin().strip().toLowerCase(Locale.ROOT);
    }

    private static void createKey(Saas saas, ServerConfiguration configuration, PrintStream out) {
        User administrator = saas.accounts()
                .findByLogin(login(configuration))
                .filter(each -> each.active() && each.administrator())
                .orElseThrow(() -> SaasException.notFound(
                        ErrorCodes.RECORD_MISSING,
                        "There is no active administrator \"" + login(configuration)
                                + "\". \"saas admin-password\" creates it."));
        CreatedApiKey created =
                saas.actingAs(administrator.id()).apiKeys().create(new NewApiKey(NAME, ApiKeyScope.EVERYTHING, null));
        out.println("Created an API key of " + login(configuration)
                + ", which does not expire. Revoke those that are not used.");
        out.println("key  " + created.secret() + "   (not shown again)");
    }

    private static void setMasterPassword(Saas saas, ServerConfiguration configuration, PrintStream out)
            throws StartFailure {
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
