// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.identity.MailDomain;
import dev.allotment.identity.MailDomains;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two customers verify one mail domain at two nodes, on a database whose transactions lock rows. */
@Timeout(300)
@Tag("slow")
final class MailDomainRacesTest {
    private final EmbeddedPostgres postgres = start();
    private final Backend backend = open(postgres);
    private final Backend otherBackend = open(postgres);
    private final Map<String, List<String>> dns = new ConcurrentHashMap<>();
    private final CyclicBarrier both = new CyclicBarrier(2);
    private final Saas node = node(backend, "node");
    private final Saas other = node(otherBackend, "other");

    private static EmbeddedPostgres start() {
        try {
            return EmbeddedPostgres.start();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Backend open(EmbeddedPostgres postgres) {
        return ServiceLoader.load(BackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.name().equals("postgres"))
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

    private Saas node(Backend on, String name) {
        return Saas.builder()
                .backend(on)
                .administrator("admin", "admin")
                .passwordIterations(1)
                .txtRecords(this::texts)
                .node(name)
                .open();
    }

    /** Answers both nodes at once. */
    private List<String> texts(String name) throws IOException {
        try {
            both.await(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IOException("The other node does not ask", e);
        }
        return dns.getOrDefault(name, List.of());
    }

    @AfterEach
    void close() throws Exception {
        node.close();
        other.close();
        backend.close();
        otherBackend.close();
        postgres.close();
    }

    private static MailDomains domains(Saas saas, String login) {
        return saas.actingAs(saas.accounts()
                        .signUp(SignUp.builder(login, "Client", "Client Password")
                                .build())
                        .id())
                .mailDomains();
    }

    private static String verify(MailDomains of, MailDomain domain) {
        try {
            return of.verify(domain.id()).verified() ? "verified" : "not verified";
        } catch (SaasException e) {
            return e.code();
        }
    }

    @Test
    void oneOfTwoCustomersGetsADomain() throws Exception {
        MailDomains ours = domains(node, "ann@example.com");
        MailDomains theirs = domains(other, "eve@example.net");
        for (int round = 0; round < 10; round++) {
            String name = "d" + round + ".example";
            MailDomain our = ours.add(name);
            MailDomain their = theirs.add(name);
            dns.put(our.recordName(), List.of(our.recordText(), their.recordText()));

            CompletableFuture<String> first = CompletableFuture.supplyAsync(() -> verify(ours, our));
            CompletableFuture<String> second = CompletableFuture.supplyAsync(() -> verify(theirs, their));

            assertThat(List.of(first.get(60, TimeUnit.SECONDS), second.get(60, TimeUnit.SECONDS)))
                    .containsExactlyInAnyOrder("verified", ErrorCodes.IDENTITY_DOMAIN_TAKEN);
            assertThat(Stream.concat(ours.list().stream(), theirs.list().stream())
                            .filter(each -> each.name().equals(name) && each.verified()))
                    .hasSize(1);
        }
    }
}
