// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.allotment.Event;
import dev.allotment.EventPage;
import dev.allotment.EventType;
import dev.allotment.Events;
import dev.allotment.Filter;
import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.webhook.WebhookEndpoint;
import dev.allotment.webhook.WebhookTargets;
import dev.allotment.webhook.Webhooks;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ids of events are given before their transactions commit, so a later event may appear first. */
@Timeout(300)
final class WebhookOrderTest {
    private static final String PASSWORD = "Client Password";

    @Test
    void anEventThatIsCommittedLateIsSentOnH2(@TempDir Path folder) throws Exception {
        assertNothingIsSkipped("h2", Map.of("path", folder.toString()));
    }

    @Test
    void anEventThatIsCommittedLateIsSentOnPostgres() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            assertNothingIsSkipped(
                    "postgres",
                    Map.of(
                            "url",
                            "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres",
                            "user",
                            "postgres",
                            "password",
                            "postgres"));
        }
    }

    private static void assertNothingIsSkipped(String backend, Map<String, String> settings) throws Exception {
        List<String> bodies = new CopyOnWriteArrayList<>();
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        receiver.start();
        try (Saas saas = Saas.builder()
                .backend(backend, settings)
                .administrator("admin", "admin")
                .passwordIterations(1)
                .secretKey("a secret key for tests")
                .webhookTargets(
                        WebhookTargets.publicAddresses().network("127.0.0.0/8").plainHttp())
                .open()) {
            String url = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/";
            Webhooks webhooks = saas.webhooks();
            webhooks.create(
                    WebhookEndpoint.builder(url).eventTypes(EventType.SIGNED_UP).build());
            Filter<Event> signedUp = Filter.equal(Event.TYPE, EventType.SIGNED_UP);
            String start =
                    saas.events().follow("0", Filter.all(), Events.MAX_PAGE).next();
            CountDownLatch stored = new CountDownLatch(1);
            CountDownLatch released = new CountDownLatch(1);
            CompletableFuture<User> late = CompletableFuture.supplyAsync(() -> saas.<User>inTransaction(records -> {
                UserId id = records.accounts()
                        .signUp(SignUp.builder("late@example.com", "Late", PASSWORD)
                                .build())
                        .id();
                // The second read sends the changes that would otherwise wait for the commit: account and event.
                User user = records.accounts()
                        .update(id, account -> account.toBuilder().name("Later").build());
                assertThat(records.accounts().findByLogin("late@example.com")).contains(user);
                stored.countDown();
                await(released);
                return user;
            }));
            await(stored);
            User early = saas.accounts()
                    .signUp(SignUp.builder("early@example.com", "Early", PASSWORD)
                            .build());
            webhooks.sendDue(Runnable::run);
            assertThat(bodies).singleElement().asString().contains("\"account\":\"" + early.id() + "\"");
            webhooks.sendDue(Runnable::run);
            EventPage first = saas.events().follow(start, signedUp, 10);
            assertThat(first.items()).extracting(Event::userId).containsExactly(early.id());
            long id = first.items().get(0).id();
            assertThat(saas.events().follow(first.next(), signedUp, 10).items()).isEmpty();

            released.countDown();
            User user = late.get(60, TimeUnit.SECONDS);
            webhooks.sendDue(Runnable::run);
            webhooks.sendDue(Runnable::run);
            assertThat(bodies).hasSize(2);
            assertThat(bodies.get(1)).contains("\"account\":\"" + user.id() + "\"");
            EventPage second = saas.events().follow(first.next(), signedUp, 1);
            assertThat(second.items()).extracting(Event::userId).containsExactly(user.id());
            assertThat(saas.events().follow(second.next(), signedUp, 1).items()).isEmpty();
            assertThat(saas.events().follow("0", signedUp, 1).items().get(0).id())
                    .isLessThan(id);
        } finally {
            receiver.stop(0);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
