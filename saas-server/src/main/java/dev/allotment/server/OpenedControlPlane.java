// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasBuilder;
import dev.allotment.User;
import dev.allotment.mail.Mailer;
import dev.allotment.mail.TenantMails;
import dev.allotment.spi.backend.Backend;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Opens the control plane, and makes what only a first start makes.
 *
 * @param newPassword chosen here for the administrator that was made here; null otherwise
 */
record OpenedControlPlane(Saas saas, @Nullable Secret newPassword) {
    private static final int RANDOM_BYTES = 18;
    private static final int HTTP = 80;

    /** Opens it; what callers do not wait for is done by the executor. */
    static OpenedControlPlane open(
            ServerConfiguration configuration, Backend backend, int port, Executor executor, Clock clock) {
        Instant begun = clock.instant().truncatedTo(ChronoUnit.MICROS);
        Secret given = configuration.adminPassword();
        Secret password = given == null ? random() : given;
        SaasBuilder builder = Saas.builder()
                .backend(backend)
                .mainDatabase(configuration.mainDatabase())
                .baseUrl(baseUrl(configuration, port))
                .administrator(configuration.adminLogin(), password.value())
                .node(node(configuration, port))
                .executor(executor)
                .clock(clock)
                .passwordIterations(configuration.passwordIterations());
        if (configuration.baseDomain() != null) {
            builder.baseDomain(configuration.baseDomain());
        }
        if (configuration.masterPassword() != null) {
            builder.masterPassword(configuration.masterPassword().value());
        }
        if (configuration.secretKey() != null) {
            builder.secretKey(configuration.secretKey().value());
        }
        if (configuration.addons() != null) {
            builder.addons(configuration.addons());
        }
        AtomicReference<@Nullable Saas> opened = new AtomicReference<>();
        if (configuration.mail() != null && configuration.mailTexts() != null) {
            Mailer mailer = new Mailer(configuration.mail());
            builder.listener(new TenantMails(
                    mailer, configuration.mailTexts(), () -> Objects.requireNonNull(opened.get(), "not opened yet")));
        }
        Saas saas = builder.open();
        opened.set(saas);
        if (configuration.mode() == Mode.DEMO) {
            Demo.fill(saas, executor);
        }
        boolean made = given == null && administratorIsNew(saas, configuration.adminLogin(), password, begun);
        return new OpenedControlPlane(saas, made ? password : null);
    }

    private static String baseUrl(ServerConfiguration configuration, int port) {
        String given = configuration.baseUrl();
        String main = "http://" + configuration.mainDatabase();
        return given != null ? given : port == HTTP ? main : main + ":" + port;
    }

    private static String node(ServerConfiguration configuration, int port) {
        String given = configuration.node();
        if (given != null) {
            return given;
        }
        try {
            return InetAddress.getLocalHost().getHostName() + ":" + port;
        } catch (UnknownHostException e) {
            return configuration.listen().getHostAddress() + ":" + port;
        }
    }

    /** Of two first starts at once only one made it, so its password is tried; an older one is not even asked. */
    private static boolean administratorIsNew(Saas saas, String login, Secret password, Instant begun) {
        return saas.accounts().list(Query.where(Filter.equal(User.LOGIN, login))).stream()
                        .anyMatch(user -> !user.createdAt().isBefore(begun))
                && saas.accounts().authenticate(login, password.value(), null).isPresent();
    }

    private static Secret random() {
        byte[] bytes = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(bytes);
        return new Secret(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }
}
