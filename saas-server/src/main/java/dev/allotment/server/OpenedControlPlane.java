// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.Saas;
import dev.allotment.SaasBuilder;
import dev.allotment.mail.Mailer;
import dev.allotment.mail.TenantMails;
import dev.allotment.server.setting.Mode;
import dev.allotment.server.setting.Secret;
import dev.allotment.server.setting.ServerConfiguration;
import dev.allotment.spi.backend.Backend;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control plane of a server that has just been started.
 *
 * @param administrator the login of the settings, if an active administrator has it; null otherwise
 * @param newPassword the generated password of the administrator, if this start created the account; null otherwise
 */
record OpenedControlPlane(
        Saas saas, @Nullable Secret newPassword, @Nullable String administrator) {
    private static final Logger LOG = LoggerFactory.getLogger(OpenedControlPlane.class);
    private static final int HTTP = 80;

    /**
     * Opens the control plane. On the first start, creates the administrator and, in demo mode, plans.
     *
     * @param port the port that the server listens on
     * @param executor runs what callers do not wait for
     */
    static OpenedControlPlane open(
            ServerConfiguration configuration,
            Backend backend,
            int port,
            Executor executor,
            Tracing tracing,
            Clock clock) {
        Instant start = clock.instant().truncatedTo(ChronoUnit.MICROS);
        Secret given = configuration.adminPassword();
        Secret password = given == null ? Secret.random() : given;
        String node = node(configuration, port);
        LogSetup.nameNode(node);
        SaasBuilder builder = Saas.builder()
                .backend(backend)
                .mainDatabase(configuration.mainDatabase())
                .baseUrl(baseUrl(configuration, port))
                .administrator(configuration.adminLogin(), password.value())
                .node(node)
                .observer(new LogContext())
                .observer(tracing.observations())
                .executor(executor)
                .clock(clock)
                .brand(
                        configuration.demoCustomers()
                                ? Demo.withTour(configuration.brand(), configuration.adminLogin())
                                : configuration.brand())
                .identityTargets(configuration.identityTargets())
                .brandStylesheet(configuration.stylesheet())
                .passwordIterations(configuration.passwordIterations());
        if (configuration.baseDomain() != null) {
            builder.baseDomain(configuration.baseDomain());
        }
        if (configuration.masterPassword() != null) {
            builder.masterPassword(configuration.masterPassword().value());
        }
        if (configuration.secretKeys() != null) {
            builder.secretKeys(configuration.secretKeys());
        }
        configuration.backups().applyTo(builder);
        if (configuration.addons() != null) {
            builder.addons(configuration.addons());
        }
        AtomicReference<@Nullable Saas> opened = new AtomicReference<>();
        if (configuration.mail() != null && configuration.mailTexts() != null) {
            Mailer mailer = new Mailer(configuration.mail());
            builder.listener(new TenantMails(
                    mailer,
                    configuration.mailTexts(),
                    () -> Objects.requireNonNull(opened.get(), "The control plane is not open yet")));
        }
        Saas saas = builder.open();
        opened.set(saas);
        if (configuration.mode() == Mode.DEMO) {
            Demo.fill(saas, executor, configuration.demoCustomers());
        }
        warnOfIgnoredSettings(saas, configuration, executor);
        if (configuration.adminKeyFile() != null) {
            AdministratorKeyFile.writeOnce(saas, configuration.adminLogin(), configuration.adminKeyFile());
        }
        boolean made = given == null && administratorIsNew(saas, configuration.adminLogin(), password, start);
        String login = login(configuration);
        return new OpenedControlPlane(saas, made ? password : null, isAdministrator(saas, login) ? login : null);
    }

    /** Settings that only counted once look as if they still counted. */
    private static void warnOfIgnoredSettings(Saas saas, ServerConfiguration configuration, Executor executor) {
        String login = login(configuration);
        if (!isAdministrator(saas, login)) {
            LOG.warn(
                    "There is no active administrator \"{}\": --admin-login and --admin-password count for the first start only."
                            + " \"saas admin-password\" creates it.",
                    login);
        }
        Secret master = configuration.masterPassword();
        if (master == null) {
            if (!saas.catalogIdentity().isCopy() && saas.forgetMasterPassword()) {
                LOG.warn(
                        "The master password that was changed at run time is forgotten, since the setting is not given."
                                + " The methods that need it are switched off.");
            }
        } else {
            executor.execute(() -> {
                if (saas.withMasterPassword(master.value()).isEmpty()) {
                    LOG.warn("The master password was changed at run time, so the setting does not count."
                            + " \"saas master-password\" makes it count again.");
                }
            });
        }
    }

    private static String login(ServerConfiguration configuration) {
        return configuration.adminLogin().strip().toLowerCase(Locale.ROOT);
    }

    private static boolean isAdministrator(Saas saas, String login) {
        return saas.accounts()
                .findByLogin(login)
                .filter(each -> each.active() && each.administrator())
                .isPresent();
    }

    private static String baseUrl(ServerConfiguration configuration, int port) {
        String given = configuration.baseUrl();
        String main = "http://" + configuration.mainDatabase();
        return given != null ? given : port == HTTP ? main : main + ":" + port;
    }

    /** Returns the name of this process. */
    static String node(ServerConfiguration configuration, int port) {
        String given = configuration.node();
        if (given != null) {
            return given;
        }
        try {
            return InetAddress.getLocalHost().getHostName() + ":" + port;
        } catch (UnknownHostException e) {
            return configuration.listen().address().getHostAddress() + ":" + port;
        }
    }

    /**
     * Whether this start created the account. If two nodes start for the first time at once, only one creates it, so
     * the password is tried too. For an account that is older than this start, it is not tried.
     */
    private static boolean administratorIsNew(Saas saas, String login, Secret password, Instant start) {
        return saas.accounts()
                        .findByLogin(login)
                        .filter(user -> !user.createdAt().isBefore(start))
                        .isPresent()
                && saas.accounts().authenticate(login, password.value(), null).isPresent();
    }
}
