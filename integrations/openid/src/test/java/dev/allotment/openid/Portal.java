// SPDX-License-Identifier: Apache-2.0
package dev.allotment.openid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.allotment.CustomerId;
import dev.allotment.Parameter;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.User;
import dev.allotment.access.SignIns.Browser;
import dev.allotment.access.SignIns.Step;
import dev.allotment.identity.IdentityProvider;
import dev.allotment.identity.MailDomain;
import dev.allotment.identity.MailDomains;
import dev.allotment.identity.ProviderSignIns;
import dev.allotment.identity.ProviderSignIns.Answer;
import dev.allotment.identity.ProviderSignIns.Finished;
import dev.allotment.spi.backend.Backend;
import dev.allotment.test.HostileProvider;
import dev.allotment.testing.MemoryBackend;
import dev.allotment.testing.SettableClock;
import dev.allotment.webhook.WebhookTargets;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.AbstractStringAssert;

/** A control plane in memory that may ask a provider on this computer, with an account. */
final class Portal implements AutoCloseable {
    static final String LOGIN = "client@example.com";
    static final String PASSWORD = "Client Password";
    static final Browser BROWSER = new Browser("192.0.2.7", "Firefox/140.0", "own", null);

    final MemoryBackend storage = MemoryBackend.withServers();
    final SettableClock clock = SettableClock.at(Instant.parse("2026-03-01T12:00:00Z"));
    final AtomicLong later = new AtomicLong();
    /** The TXT records that are published. */
    final Map<String, List<String>> dns = new ConcurrentHashMap<>();

    final Saas saas = open(storage);
    final User user = signUp(LOGIN);
    final HostileProvider provider;
    final IdentityProvider known;

    Portal() throws IOException {
        provider = new HostileProvider("all", clock::instant);
        known = saas.identityProviders()
                .create(
                        IdentityProvider.builder("Example", provider.issuer(), HostileProvider.CLIENT)
                                .build(),
                        HostileProvider.SECRET);
    }

    Saas open(Backend backend) {
        return Saas.builder()
                .backend(backend)
                .baseUrl("https://portal.example.com")
                .administrator("admin", "admin")
                .passwordIterations(1)
                .secretKeys(() -> List.of("a secret key for tests"))
                .identityTargets(
                        WebhookTargets.publicAddresses().network("127.0.0.0/8").plainHttp())
                .txtRecords(name -> dns.getOrDefault(name, List.of()))
                .clock(clock)
                .ticker(() -> System.nanoTime() + later.get())
                .open();
    }

    /** Lets time pass for what a process remembers, too. */
    void pass(Duration duration) {
        clock.advance(duration);
        later.addAndGet(duration.toNanos());
    }

    User signUp(String login) {
        saas.parameters().set(Parameter.ALLOW_UNINVITED, "True");
        return saas.accounts().signUp(SignUp.builder(login, "Client", PASSWORD).build(), null);
    }

    /** Proves that a mail domain belongs to a customer. */
    MailDomain verify(CustomerId customer, String name) {
        MailDomains domains = saas.actingFor(customer).mailDomains();
        MailDomain added = domains.add(name);
        dns.put(added.recordName(), List.of(added.recordText()));
        return domains.verify(added.id());
    }

    ProviderSignIns signIns() {
        return saas.providerSignIns();
    }

    /** Opens a session with the password. */
    String session() {
        return saas.signIns().start(LOGIN, PASSWORD, BROWSER).orElseThrow().secret();
    }

    /** Links the account to whom the provider signs in. */
    void link() {
        finish(provider.authorize(startLink(session())));
    }

    URI startLink(String session) {
        lastSession = session;
        return own(session).providerSignIns().startLink(session, known.id(), "/my");
    }

    private String lastSession = "";

    Saas own(String session) {
        return saas.actingInSession(user.id(), session, null);
    }

    URI start() {
        return signIns().start(known.id(), "/my/databases", BROWSER);
    }

    Finished finish(Answer answer) {
        return signIns().finish(answer, BROWSER, lastSession);
    }

    Step signIn() {
        return Objects.requireNonNull(finish(provider.authorize(start())).step());
    }

    /** The code of the refusal of a sign-in. */
    AbstractStringAssert<?> assertRefused() {
        return assertRefusal(this::signIn);
    }

    static AbstractStringAssert<?> assertRefusal(Runnable call) {
        SaasException refusal = catchThrowableOfType(SaasException.class, call::run);
        assertThat(refusal).isNotNull();
        return assertThat(refusal.code());
    }

    @Override
    public void close() {
        provider.close();
        saas.close();
    }
}
