// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.webhook;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.exceptions.WebhookVerificationException;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.core.webhook.Receiver.Request;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.testing.InterruptibleBackend;
import dev.allotment.testing.ProcessKilled;
import dev.allotment.webhook.CreatedWebhook;
import dev.allotment.webhook.WebhookAttempt;
import dev.allotment.webhook.WebhookEndpoint;
import dev.allotment.webhook.WebhookEndpointId;
import dev.allotment.webhook.WebhookMessage;
import dev.allotment.webhook.WebhookMessageState;
import dev.allotment.webhook.WebhookSigning;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class WebhookDeliveryTest {
    private final WebhookFixture hooks;

    WebhookDeliveryTest() throws IOException {
        hooks = new WebhookFixture();
    }

    @AfterEach
    void close() {
        hooks.close();
    }

    @Test
    void anEventIsSentOnceAndTheReferenceLibraryVerifiesIt() throws Exception {
        CreatedWebhook created = hooks.endpoint();
        assertThat(created.secret()).startsWith("whsec_");
        hooks.saas.tenants().suspend(hooks.tenant.id());

        assertThat(hooks.send()).isEqualTo(1);
        assertThat(hooks.send()).isZero();

        Request request = hooks.receiver.requests.get(0);
        request.verify(created.secret());
        assertThat(request.type()).isEqualTo("tenant.suspended");
        assertThat(request.id()).matches("msg_[0-9a-f]{32}");
        assertThat(request.header("content-type")).isEqualTo("application/json");
        assertThat(request.data().keySet())
                .containsExactlyInAnyOrder("customer", "event", "tenant", "tenant_name", "tenant_uuid");
        assertThat(request.data()).containsEntry("tenant_name", hooks.tenant.name());
        assertThat(request.body()).doesNotContain("owner@").doesNotContain("Client Name");
        WebhookMessage message = hooks.only(created.endpoint().id());
        assertThat(message.state()).isEqualTo(WebhookMessageState.DELIVERED);
        assertThat(hooks.webhooks.attempts(message.id()))
                .singleElement()
                .satisfies(attempt -> assertThat(attempt.status()).isEqualTo(200))
                .satisfies(attempt -> assertThat(attempt.error()).isNull());
    }

    @Test
    void withoutAnEndpointNothingIsStored() {
        hooks.suspendAndResume();
        assertThat(hooks.send()).isZero();
        assertThat(hooks.rows(RecordTypes.WEBHOOK_POSITIONS)).isEmpty();

        WebhookEndpointId id = hooks.endpoint().endpoint().id();
        hooks.suspendAndResume();
        hooks.send();
        assertThat(hooks.rows(RecordTypes.WEBHOOK_MESSAGES)).hasSize(2);
        hooks.webhooks.delete(id);

        assertThat(hooks.rows(RecordTypes.WEBHOOK_POSITIONS)).isEmpty();
        assertThat(hooks.rows(RecordTypes.WEBHOOK_MESSAGES)).isEmpty();
        assertThat(hooks.rows(RecordTypes.WEBHOOK_ATTEMPTS)).isEmpty();
        assertThat(hooks.rows(RecordTypes.WEBHOOK_SECRETS)).isEmpty();
    }

    @Test
    void theMaintenanceSendsWhatIsDue() {
        hooks.endpoint();
        hooks.suspendAndResume();
        hooks.saas.maintenance().run();
        assertThat(hooks.receiver.types()).containsExactly("tenant.suspended", "tenant.resumed");
    }

    @Test
    void anEndpointReceivesTheTypesThatItWants() {
        hooks.webhooks.create(
                hooks.ofCustomer().eventTypes(EventType.TENANT_RESUMED).build());
        hooks.suspendAndResume();
        hooks.send();
        assertThat(hooks.receiver.types()).containsExactly("tenant.resumed");
    }

    @Test
    void aFailedMessageIsSentAgainEightTimesInAll() {
        WebhookEndpointId id = hooks.endpoint().endpoint().id();
        hooks.receiver.answer = Receiver.status(500);
        hooks.saas.tenants().suspend(hooks.tenant.id());
        hooks.send();
        List<Duration> waits = List.of(
                Duration.ofSeconds(5),
                Duration.ofMinutes(5),
                Duration.ofMinutes(30),
                Duration.ofHours(2),
                Duration.ofHours(5),
                Duration.ofHours(10),
                Duration.ofHours(10));
        int attempts = 1;
        for (Duration wait : waits) {
            Duration tenth = wait.dividedBy(10);
            hooks.after(wait.minus(tenth).minusMillis(1));
            assertThat(hooks.receiver.requests).as("before " + wait).hasSize(attempts);
            hooks.after(tenth.multipliedBy(2).plusMillis(1));
            attempts++;
            assertThat(hooks.receiver.requests).as("after " + wait).hasSize(attempts);
        }
        WebhookMessage message = hooks.only(id);
        assertThat(message.state()).isEqualTo(WebhookMessageState.FAILED);
        assertThat(new HashSet<>(hooks.receiver.ids())).containsExactly(message.webhookId());
        assertThat(hooks.webhooks.attempts(message.id()))
                .hasSize(8)
                .extracting(WebhookAttempt::error)
                .containsOnly("The receiver answered with status 500.");

        hooks.receiver.answer = Receiver.status(204);
        hooks.webhooks.resend(message.id());
        hooks.send();
        assertThat(hooks.only(id).state()).isEqualTo(WebhookMessageState.DELIVERED);
        assertThat(new HashSet<>(hooks.receiver.ids())).containsExactly(message.webhookId());
    }

    @Test
    void aReceiverCanAskToWaitOrToStop() {
        WebhookEndpointId id = hooks.endpoint().endpoint().id();
        hooks.receiver.answer = exchange -> {
            exchange.getResponseHeaders().set("Retry-After", "3600");
            exchange.sendResponseHeaders(503, -1);
        };
        hooks.webhooks.sendTest(id);
        hooks.send();
        assertThat(hooks.only(id).dueAt()).isEqualTo(now().plus(Duration.ofHours(1)));

        hooks.receiver.answer = exchange -> {
            exchange.getResponseHeaders().set("webhook-delivery", "abort-message");
            exchange.sendResponseHeaders(422, -1);
        };
        hooks.after(Duration.ofHours(1));
        assertThat(hooks.only(id).state()).isEqualTo(WebhookMessageState.FAILED);
        assertThat(hooks.webhooks.get(id).enabled()).isTrue();
    }

    private Instant now() {
        return hooks.fixture.clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    @Test
    void anEndpointThatOnlyFailedForFiveDaysIsDisabledAndCanRecover() {
        WebhookEndpointId id = hooks.endpoint().endpoint().id();
        Instant start = now();
        hooks.receiver.answer = Receiver.status(500);
        hooks.saas.tenants().suspend(hooks.tenant.id());
        for (int hour = 0; hour < 5 * 24 - 1; hour++) {
            hooks.after(Duration.ofHours(1));
        }
        assertThat(hooks.webhooks.get(id).enabled()).as("almost five days").isTrue();
        hooks.after(Duration.ofHours(2));
        hooks.saas.tenants().resume(hooks.tenant.id());
        hooks.webhooks.sendTest(id);
        hooks.send();

        WebhookEndpoint endpoint = hooks.webhooks.get(id);
        assertThat(endpoint.enabled()).isFalse();
        assertThat(endpoint.disabledReason()).startsWith("All attempts since ").endsWith(" have failed.");
        assertThat(hooks.messages(id)).extracting(WebhookMessage::state).containsOnly(WebhookMessageState.FAILED);
        assertThat(events(EventType.WEBHOOK_DISABLED))
                .singleElement()
                .satisfies(event -> assertThat(event.details())
                        .containsEntry("webhook", id.toString())
                        .containsEntry("customer", hooks.tenant.customerId().toString())
                        .containsEntry("failed", "true"));
        assertRefusal(() -> hooks.webhooks.sendTest(id)).isEqualTo(ErrorCodes.WEBHOOK_DISABLED);
        assertRefusal(() -> hooks.webhooks.recover(id, start)).isEqualTo(ErrorCodes.WEBHOOK_DISABLED);

        hooks.receiver.requests.clear();
        hooks.receiver.answer = Receiver.status(200);
        hooks.saas.tenants().suspend(hooks.tenant.id());
        hooks.after(Duration.ofDays(1));
        assertThat(hooks.receiver.requests).as("disabled").isEmpty();
        hooks.webhooks.enable(id);
        hooks.webhooks.recover(id, start);
        hooks.send();
        hooks.send();
        assertThat(hooks.receiver.types())
                .as("each event once, and not the test")
                .containsExactlyInAnyOrder(
                        "tenant.suspended", "tenant.resumed", "tenant.suspended", "webhook.disabled");
        assertThat(new HashSet<>(hooks.receiver.ids())).hasSize(4);
        assertThat(hooks.webhooks.get(id).failingSince()).isNull();
    }

    private List<Event> events(EventType type) {
        return hooks.saas.events().list(Query.where(Filter.equal(Event.TYPE, type)));
    }

    @Test
    void aSuccessStartsTheFiveDaysAgain() {
        WebhookEndpointId id = hooks.endpoint().endpoint().id();
        for (int day = 0; day < 7; day++) {
            for (int i = 0; i < 8; i++) {
                hooks.webhooks.sendTest(id);
            }
            hooks.receiver.answer = Receiver.status(day == 3 ? 200 : 500);
            hooks.after(Duration.ofDays(1));
        }
        assertThat(hooks.webhooks.get(id).enabled()).isTrue();
    }

    @Test
    void anEndpointThatIsGoneIsDisabledAtOnce() {
        WebhookEndpointId id = hooks.endpoint().endpoint().id();
        hooks.receiver.answer = Receiver.status(410);
        hooks.webhooks.sendTest(id);
        hooks.send();
        assertThat(hooks.webhooks.get(id).enabled()).isFalse();
        assertThat(events(EventType.WEBHOOK_DISABLED)).hasSize(1);
    }

    @Test
    void bothSecretsSignForADayAfterARotation() throws Exception {
        CreatedWebhook created = hooks.endpoint();
        WebhookEndpointId id = created.endpoint().id();
        String fresh = hooks.webhooks.rotateSecret(id);
        assertThat(fresh).isNotEqualTo(created.secret());
        assertThat(hooks.webhooks.secret(id)).isEqualTo(fresh);
        hooks.webhooks.sendTest(id);
        hooks.send();
        hooks.receiver.requests.get(0).verify(created.secret());
        hooks.receiver.requests.get(0).verify(fresh);
        assertThat(hooks.receiver.requests.get(0).header("webhook-signature").split(" "))
                .hasSize(2);

        // Back in time, so that the time of the message is now for the reference library.
        Instant later = hooks.fixture.clock.instant();
        hooks.fixture.clock.set(later.minus(Duration.ofHours(24)));
        String last = hooks.webhooks.rotateSecret(id);
        hooks.fixture.clock.set(later);
        hooks.webhooks.sendTest(id);
        hooks.send();
        Request request = hooks.receiver.requests.get(1);
        request.verify(last);
        assertThatThrownBy(() -> request.verify(fresh)).isInstanceOf(WebhookVerificationException.class);
        assertThatThrownBy(() -> request.verify(created.secret())).isInstanceOf(WebhookVerificationException.class);
    }

    @Test
    void aReceiverVerifiesWithAPublicKey() throws Exception {
        CreatedWebhook created = hooks.webhooks.create(
                hooks.ofCustomer().signing(WebhookSigning.ED25519).build());
        assertThat(created.secret()).startsWith("whpk_");
        String fresh = hooks.webhooks.rotateSecret(created.endpoint().id());
        hooks.saas.tenants().suspend(hooks.tenant.id());
        hooks.send();
        Request request = hooks.receiver.requests.get(0);
        String[] signatures = request.header("webhook-signature").split(" ");
        assertThat(signatures).hasSize(2);
        assertThat(verifies(request, signatures[0], fresh)).isTrue();
        assertThat(verifies(request, signatures[1], created.secret())).isTrue();
        assertThat(verifies(request, signatures[0], created.secret())).isFalse();
    }

    private static boolean verifies(Request request, String signature, String key) throws GeneralSecurityException {
        assertThat(signature).startsWith("v1a,");
        byte[] raw = Base64.getDecoder().decode(key.substring("whpk_".length()));
        byte[] start = HexFormat.of().parseHex("302a300506032b6570032100");
        byte[] encoded = new byte[start.length + raw.length];
        System.arraycopy(start, 0, encoded, 0, start.length);
        System.arraycopy(raw, 0, encoded, start.length, raw.length);
        Signature verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
        String text = request.id() + "." + request.header("webhook-timestamp") + "." + request.body();
        verifier.update(text.getBytes(StandardCharsets.UTF_8));
        return verifier.verify(Base64.getDecoder().decode(signature.substring("v1a,".length())));
    }

    @Test
    void withAnotherSecretKeyNothingIsSent() throws Exception {
        CreatedWebhook created = hooks.endpoint();
        hooks.saas.tenants().suspend(hooks.tenant.id());
        hooks.fixture.secrets = List.of("another secret key for tests");
        hooks.send();
        assertThat(hooks.receiver.requests).isEmpty();
        assertRefusal(() -> hooks.webhooks.secret(created.endpoint().id())).isEqualTo(ErrorCodes.WEBHOOK_KEY_MISSING);

        hooks.fixture.secrets = List.of("another secret key for tests", "a secret key for tests");
        hooks.after(Duration.ofMinutes(1));
        hooks.receiver.requests.get(0).verify(created.secret());
        hooks.fixture.seconds(3601);
        hooks.saas.maintenance().run();
        hooks.fixture.secrets = List.of("another secret key for tests");
        assertThat(hooks.webhooks.secret(created.endpoint().id())).isEqualTo(created.secret());
    }

    @Test
    void aMessageOfATenantWaitsForTheOneBefore() {
        WebhookEndpointId id = hooks.webhooks
                .create(hooks.ofCustomer().inOrder(true).build())
                .endpoint()
                .id();
        Tenant second = hooks.another("second.example.com");
        hooks.send();
        hooks.receiver.requests.clear();
        hooks.receiver.answer = Receiver.status(500);
        hooks.suspendAndResume();
        hooks.send();
        assertThat(hooks.receiver.types()).containsExactly("tenant.suspended");

        hooks.saas.tenants().suspend(second.id());
        hooks.send();
        assertThat(hooks.receiver.requests).as("another tenant does not wait").hasSize(2);
        hooks.receiver.requests.clear();
        hooks.receiver.answer = Receiver.status(200);
        hooks.after(Duration.ofSeconds(10));
        assertThat(hooks.receiver.requests.stream()
                        .filter(each -> each.data().get("tenant_name").equals(hooks.tenant.name()))
                        .map(Request::type))
                .containsExactly("tenant.suspended", "tenant.resumed");
        assertThat(hooks.messages(id)).extracting(WebhookMessage::state).containsOnly(WebhookMessageState.DELIVERED);
    }

    @Test
    void withoutAnOrderNothingWaitsAnyMore() {
        WebhookEndpointId id = hooks.webhooks
                .create(hooks.ofCustomer().inOrder(true).build())
                .endpoint()
                .id();
        hooks.receiver.answer = Receiver.status(500);
        hooks.suspendAndResume();
        hooks.send();
        assertThat(hooks.receiver.requests).hasSize(1);
        hooks.webhooks.update(id, each -> each.toBuilder().inOrder(false).build());
        hooks.send();
        assertThat(hooks.receiver.types()).containsExactly("tenant.suspended", "tenant.resumed");
    }

    @Test
    void aSlowReceiverHoldsUpNoOther() throws Exception {
        CountDownLatch stuck = new CountDownLatch(2);
        CountDownLatch released = new CountDownLatch(1);
        ExecutorService threads = Executors.newCachedThreadPool();
        try (Receiver slow = new Receiver()) {
            slow.answer = exchange -> {
                stuck.countDown();
                await(released);
                exchange.sendResponseHeaders(200, -1);
            };
            WebhookEndpointId held = hooks.webhooks
                    .create(hooks.ofCustomer().url(slow.url()).build())
                    .endpoint()
                    .id();
            WebhookEndpointId other = hooks.endpoint().endpoint().id();
            for (int i = 0; i < 20; i++) {
                hooks.webhooks.sendTest(held);
            }
            hooks.webhooks.sendDue(threads);
            await(stuck);
            hooks.webhooks.sendTest(other);
            hooks.webhooks.sendDue(Runnable::run);
            assertThat(hooks.receiver.requests).hasSize(1);
            assertThat(slow.requests).as("two at a time").hasSize(2);
            released.countDown();
            threads.shutdown();
            assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
            hooks.send();
            assertThat(slow.requests).hasSize(20);
        } finally {
            released.countDown();
            threads.shutdownNow();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void twoNodesSendEachMessageOnce() throws Exception {
        WebhookEndpointId id = hooks.ofOperators().endpoint().id();
        for (int i = 0; i < 10; i++) {
            hooks.suspendAndResume();
            hooks.webhooks.sendTest(id);
        }
        ExecutorService threads = Executors.newCachedThreadPool();
        try (Saas second = hooks.open(hooks.fixture.storage, "node-b")) {
            List<Future<?>> nodes = new ArrayList<>();
            for (Saas node : List.of(hooks.saas, second)) {
                for (int i = 0; i < 2; i++) {
                    nodes.add(threads.submit(() -> node.webhooks().sendDue(Runnable::run)));
                }
            }
            for (Future<?> node : nodes) {
                node.get(30, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        hooks.send();
        assertThat(hooks.receiver.ids()).doesNotHaveDuplicates();
        assertThat(hooks.receiver.types()).filteredOn("webhook.test"::equals).hasSize(10);
        assertThat(hooks.receiver.types())
                .filteredOn("tenant.suspended"::equals)
                .hasSize(10);
        assertThat(hooks.receiver.types()).filteredOn("tenant.resumed"::equals).hasSize(10);
    }

    @Test
    void aKillAtAnyPointLosesNothing() {
        WebhookEndpointId id = hooks.endpoint().endpoint().id();
        boolean interrupted = true;
        int kills = 0;
        for (int n = 0; interrupted; n++) {
            hooks.receiver.requests.clear();
            hooks.suspendAndResume();
            InterruptibleBackend process = InterruptibleBackend.over(hooks.fixture.storage);
            Saas node = hooks.open(process, "node-b");
            process.killAfter(n);
            try {
                node.webhooks().sendDue(Runnable::run);
                interrupted = process.killed();
            } catch (ProcessKilled expected) {
                interrupted = true;
            }
            kills += interrupted ? 1 : 0;
            Set<String> before = new HashSet<>(hooks.receiver.ids());
            hooks.send();
            hooks.after(Duration.ofMinutes(2));
            assertThat(new HashSet<>(hooks.receiver.types()))
                    .as("killed after " + n)
                    .containsExactlyInAnyOrder("tenant.suspended", "tenant.resumed");
            assertThat(new HashSet<>(hooks.receiver.ids()))
                    .as("a repetition has the same id")
                    .hasSize(2)
                    .containsAll(before);
            assertThat(hooks.messages(id))
                    .extracting(WebhookMessage::state)
                    .containsOnly(WebhookMessageState.DELIVERED);
        }
        assertThat(kills).isGreaterThan(6);
    }

    @Test
    void aClockThatWasWrongStopsNothing() {
        WebhookEndpointId id = hooks.endpoint().endpoint().id();
        hooks.receiver.answer = Receiver.status(500);
        hooks.fixture.clock.advance(Duration.ofDays(365));
        hooks.webhooks.sendTest(id);
        hooks.send();
        hooks.receiver.answer = Receiver.status(200);
        hooks.after(Duration.ofDays(-365));
        assertThat(hooks.only(id).state()).isEqualTo(WebhookMessageState.DELIVERED);
    }

    @Test
    void oldMessagesAndAttemptsAreDeleted() {
        WebhookEndpointId id = hooks.endpoint().endpoint().id();
        hooks.webhooks.sendTest(id);
        hooks.send();
        hooks.fixture.clock.advance(Duration.ofDays(30));
        hooks.fixture.seconds(3601);
        hooks.saas.maintenance().runDue();
        assertThat(hooks.messages(id)).hasSize(1);
        hooks.fixture.clock.advance(Duration.ofSeconds(1));
        hooks.fixture.seconds(3601);
        hooks.saas.maintenance().runDue();
        assertThat(hooks.messages(id)).isEmpty();
        assertThat(hooks.rows(RecordTypes.WEBHOOK_ATTEMPTS)).isEmpty();
    }
}
