// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.TeamRole;
import dev.allotment.User;
import dev.allotment.access.SignIns.Browser;
import dev.allotment.identity.IdentityProvider;
import dev.allotment.identity.ProviderSignIns.Answer;
import dev.allotment.identity.ProviderSignIns.Finished;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.test.HostileProvider;
import dev.allotment.webhook.WebhookTargets;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two nodes finish sign-ins with an identity provider at once, on a database whose transactions lock rows. */
@Timeout(300)
@Tag("slow")
final class IdentityRacesTest {
    private static final int ROUNDS = 12;
    private static final String PASSWORD = "Client Password";
    private static final Browser BROWSER = new Browser("192.0.2.1", "Firefox", "browser", null);

    private final EmbeddedPostgres postgres = start();
    private final Backend backend = open(postgres);
    private final Backend otherBackend = open(postgres);
    private final HostileProvider provider = provider("all");
    private final Saas node = node(backend, "node");
    private final Saas other = node(otherBackend, "other");
    private final IdentityProvider everyone = node.identityProviders()
            .create(
                    IdentityProvider.builder("Example", provider.issuer(), HostileProvider.CLIENT)
                            .newAccounts(TeamRole.OWNER)
                            .build(),
                    HostileProvider.SECRET);

    private static EmbeddedPostgres start() {
        try {
            return EmbeddedPostgres.start();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static HostileProvider provider(String place) {
        try {
            return new HostileProvider(place, Instant::now);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Backend open(EmbeddedPostgres postgres) {
        return ServiceLoader.load(BackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(each -> each.name().equals("postgres"))
                .findFirst()
                .orElseThrow()
                .open(Settings.of(Map.of(
                        "url",
                        "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres",
                        "user",
                        "postgres",
                        "password",
                        "postgres")));
    }

    private static Saas node(Backend on, String name) {
        return Saas.builder()
                .backend(on)
                .baseUrl("https://portal.example.com")
                .administrator("admin", "admin")
                .passwordIterations(1)
                .secretKeys(() -> List.of("a secret key for tests"))
                .identityTargets(
                        WebhookTargets.publicAddresses().network("127.0.0.0/8").plainHttp())
                .node(name)
                .open();
    }

    @AfterEach
    void close() throws Exception {
        provider.close();
        node.close();
        other.close();
        backend.close();
        otherBackend.close();
        postgres.close();
    }

    private User signUp(String login) {
        return node.accounts().signUp(SignUp.builder(login, "Client", PASSWORD).build());
    }

    private String session(String login) {
        return node.signIns().start(login, PASSWORD, BROWSER).orElseThrow().secret();
    }

    private Answer link(User user, String session, IdentityProvider to, HostileProvider by) {
        return by.authorize(
                node.actingInSession(user.id(), session, null).providerSignIns().startLink(session, to.id(), ""));
    }

    private void person(int round) {
        provider.person(
                Map.of("sub", "person " + round, "email", "p" + round + "@example.com", "email_verified", true));
    }

    /** What two callers get that start at once: a result, or the code of the refusal. */
    private static List<Object> both(Callable<?> first, Callable<?> second) throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(2);
        List<CompletableFuture<Object>> running = Stream.of(first, second)
                .map(each -> CompletableFuture.<Object>supplyAsync(() -> {
                    try {
                        barrier.await(60, TimeUnit.SECONDS);
                        return each.call();
                    } catch (SaasException e) {
                        return e.code();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                }))
                .toList();
        return List.of(running.get(0).get(60, TimeUnit.SECONDS), running.get(1).get(60, TimeUnit.SECONDS));
    }

    private static Callable<Object> finishing(Saas at, Answer answer, String session) {
        return () -> {
            Finished finished = at.providerSignIns().finish(answer, BROWSER, session);
            return finished.step() == null ? "done" : finished.step().user().id();
        };
    }

    @Test
    void aPersonIsLinkedToOneOfTwoAccounts() throws Exception {
        User ann = signUp("ann@example.com");
        User bob = signUp("bob@example.com");
        String anns = session("ann@example.com");
        String bobs = session("bob@example.com");
        int links = 0;
        for (int round = 0; round < 9; round++) {
            person(round);
            Answer first = link(ann, anns, everyone, provider);
            Answer second = link(bob, bobs, everyone, provider);

            assertThat(both(finishing(node, first, anns), finishing(other, second, bobs)))
                    .containsExactlyInAnyOrder("done", ErrorCodes.IDENTITY_LINKED);
            links++;
            assertThat(node.providerSignIns().list(ann.id()).size()
                            + node.providerSignIns().list(bob.id()).size())
                    .isEqualTo(links);
        }
    }

    @Test
    void anAnswerCountsOnceOnTwoNodes() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            person(round);
            Answer answer = provider.authorize(node.providerSignIns().start(everyone.id(), "", BROWSER));

            List<Object> results = both(finishing(node, answer, ""), finishing(other, answer, ""));
            assertThat(results).contains(ErrorCodes.IDENTITY_EXPIRED);
            assertThat(results).filteredOn(ErrorCodes.IDENTITY_EXPIRED::equals).hasSize(1);
        }
    }

    @Test
    void aNewPersonGetsOneAccount() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            person(round);
            Answer first = provider.authorize(node.providerSignIns().start(everyone.id(), "", BROWSER));
            Answer second = provider.authorize(node.providerSignIns().start(everyone.id(), "", BROWSER));

            List<Object> results = both(finishing(node, first, ""), finishing(other, second, ""));
            assertThat(results.get(0)).isEqualTo(results.get(1));
            String login = "p" + round + "@example.com";
            assertThat(node.accounts().list(Query.all()).stream()
                            .filter(each -> each.login().equals(login)))
                    .hasSize(1);
        }
    }

    /** Either the session is opened first and ends with the provider, or it is refused. */
    @Test
    void noSessionOutlivesItsProvider() throws Exception {
        User ann = signUp("ann@example.com");
        String anns = session("ann@example.com");
        try (HostileProvider company = provider("customer-" + ann.customerId())) {
            IdentityProvider own = node.identityProviders()
                    .create(
                            IdentityProvider.builder("Company", company.issuer(), HostileProvider.CLIENT)
                                    .customerId(ann.customerId())
                                    .build(),
                            HostileProvider.SECRET);
            node.providerSignIns().finish(link(ann, anns, own, company), BROWSER, anns);
            for (int round = 0; round < ROUNDS; round++) {
                node.identityProviders()
                        .update(own.id(), each -> each.toBuilder().active(true).build());
                Answer answer = company.authorize(node.providerSignIns().start(own.id(), "", BROWSER));

                var unused = both(
                        finishing(node, answer, ""),
                        () -> other.identityProviders()
                                .update(
                                        own.id(),
                                        each -> each.toBuilder().active(false).build()));
                assertThat(node.signIns().list(ann.id(), anns))
                        .as("only that of the password")
                        .hasSize(1)
                        .allMatch(each -> each.present());
            }
        }
    }
}
