// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.webhook;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.UsageMetrics;
import dev.allotment.core.webhook.Receiver.Request;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.WebhookToken;
import dev.allotment.webhook.CreatedWebhook;
import dev.allotment.webhook.UsageFormat;
import dev.allotment.webhook.WebhookAttempt;
import dev.allotment.webhook.WebhookEndpoint;
import dev.allotment.webhook.WebhookEndpointId;
import dev.allotment.webhook.WebhookMessage;
import dev.allotment.webhook.WebhookMessageState;
import dev.allotment.webhook.Webhooks;
import io.cloudevents.CloudEvent;
import io.cloudevents.jackson.JsonFormat;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class UsageFeedTest {
    private static final long MEGABYTE = 1024 * 1024;
    private static final long END_OF_DAY = Instant.parse("2026-11-30T23:00:01Z").getEpochSecond();
    /** What was closed before is not sent. */
    private static final Instant START = Instant.parse("2026-11-30T13:00:00Z");

    private static final String TOKEN = "sk_live_0123456789";

    private final WebhookFixture hooks;
    private final String tenant;

    UsageFeedTest() throws IOException {
        hooks = new WebhookFixture();
        tenant = hooks.tenant.uuid().toString();
    }

    @BeforeEach
    void start() {
        hooks.fixture.clock.set(Instant.parse("2026-11-30T12:00:00Z"));
        hooks.saas.maintenance().run();
    }

    @AfterEach
    void close() {
        hooks.close();
    }

    private WebhookEndpoint.Builder feed(UsageFormat format, String metric) {
        return WebhookEndpoint.builder(hooks.receiver.url()).usageFormat(format).usageMetric(metric);
    }

    private WebhookEndpointId create(WebhookEndpoint.Builder feed) {
        return hooks.webhooks.create(feed.build()).endpoint().id();
    }

    private void closeTheDay() {
        hooks.fixture.clock.set(Instant.parse("2026-12-01T02:00:00Z"));
        hooks.saas.maintenance().run();
    }

    /** Has the effect that the day is closed again, with 40 megabytes of files more. */
    private void readLate() {
        hooks.fixture.clock.set(Instant.parse("2026-11-30T23:00:00Z"));
        hooks.saas.tenants().reportFileStorage(hooks.tenant.id(), 40 * MEGABYTE);
        hooks.fixture.clock.set(Instant.parse("2026-12-01T12:00:00Z"));
        hooks.saas.maintenance().run();
    }

    private Request only() {
        assertThat(hooks.receiver.requests).hasSize(1);
        return hooks.receiver.requests.get(0);
    }

    private static Map<String, String> form(Request request) {
        Map<String, String> fields = new HashMap<>();
        for (String each : request.body().split("&")) {
            String[] field = each.split("=", 2);
            fields.put(
                    URLDecoder.decode(field[0], StandardCharsets.UTF_8),
                    URLDecoder.decode(field[1], StandardCharsets.UTF_8));
        }
        return fields;
    }

    private static Map<String, String> form(Request request, int size) {
        assertThat(form(request)).hasSize(size);
        return form(request);
    }

    @Test
    void openMeterGetsOneCloudEvent() throws Exception {
        CreatedWebhook created = hooks.webhooks.create(
                feed(UsageFormat.OPENMETER, UsageMetrics.SEATS).build());
        closeTheDay();

        Request request = only();
        assertThat(request.header("content-type")).isEqualTo("application/cloudevents+json");
        CloudEvent event = new JsonFormat().deserialize(request.body().getBytes(StandardCharsets.UTF_8));
        assertThat(event.getId()).isEqualTo(tenant + "/2026-11-30/seats/1");
        assertThat(event.getType()).isEqualTo("seats");
        assertThat(event.getSource()).hasToString("allotment");
        assertThat(event.getSubject()).isEqualTo(tenant);
        assertThat(event.getTime()).isEqualTo(OffsetDateTime.parse("2026-11-30T23:00:01Z"));
        assertThat(new String(event.getData().toBytes(), StandardCharsets.UTF_8))
                .isEqualTo("{\"value\":1,\"delta\":1,\"metric\":\"seats\",\"day\":\"2026-11-30\",\"revision\":1,"
                        + "\"tenant\":\"" + tenant + "\"}");
        assertThat(created.endpoint().eventTypes()).containsExactly("usage.closed");
        assertThat(request.headers()).containsKey("webhook-signature").doesNotContainKey("authorization");
    }

    @Test
    void lagoGetsItsOwnEvent() {
        create(feed(UsageFormat.LAGO, UsageMetrics.TENANT_DAYS).usageCode("days \"of\" use"));
        closeTheDay();

        assertThat(only().header("content-type")).isEqualTo("application/json");
        assertThat(only().body())
                .isEqualTo("{\"event\":{\"transaction_id\":\"" + tenant + "/2026-11-30/tenant_days/1\","
                        + "\"external_subscription_id\":\"" + tenant + "\",\"code\":\"days \\\"of\\\" use\","
                        + "\"timestamp\":" + END_OF_DAY + ",\"properties\":{\"value\":1,\"delta\":1,"
                        + "\"metric\":\"tenant_days\",\"day\":\"2026-11-30\",\"revision\":1,\"tenant\":\"" + tenant
                        + "\"}}}");
    }

    @Test
    void stripeGetsAForm() {
        hooks.saas
                .tenants()
                .update(
                        hooks.tenant.id(),
                        each -> each.toBuilder()
                                .attributes(Map.of("stripe", "cus_ä&=+ 1"))
                                .build());
        create(feed(UsageFormat.STRIPE, UsageMetrics.SEATS_MAX)
                .usageCode("seats")
                .usageSubject("stripe"));
        closeTheDay();

        assertThat(only().header("content-type")).isEqualTo("application/x-www-form-urlencoded");
        assertThat(form(only(), 6))
                .containsEntry("event_name", "seats")
                .containsEntry("identifier", tenant + "/2026-11-30/seats.max/1")
                .containsEntry("timestamp", Long.toString(END_OF_DAY))
                .containsEntry("payload[stripe_customer_id]", "cus_ä&=+ 1")
                .containsEntry("payload[value]", "1")
                .containsEntry("payload[delta]", "1");
    }

    @Test
    void anIdentifierIsNotLongerThanStripeAllows() {
        String metric = UsageMetrics.RECORDS + "a.model.with.a.long.name.for.a.quota.of.many.records";
        hooks.fixture.storage.catalog().transact(tx -> {
            tx.records(RecordTypes.USAGE)
                    .list(Query.all())
                    .forEach(each -> tx.records(RecordTypes.USAGE)
                            .update(each.toBuilder()
                                    .records(Map.of(metric.substring(UsageMetrics.RECORDS.length()), "12"))
                                    .build()));
            return null;
        });
        create(feed(UsageFormat.STRIPE, metric));
        closeTheDay();

        assertThat(form(only()).get("payload[value]")).isEqualTo("12");
        assertThat(form(only()).get("identifier"))
                .matches(tenant + "/2026-11-30/[0-9a-f]{32}/1")
                .hasSizeLessThanOrEqualTo(100);
    }

    @Test
    void aLateReadingIsSentAsDifference() {
        create(feed(UsageFormat.STRIPE, UsageMetrics.STORAGE_MB));
        closeTheDay();
        long value = Long.parseLong(form(only()).get("payload[value]"));
        readLate();

        assertThat(hooks.receiver.requests).hasSize(2);
        assertThat(form(hooks.receiver.requests.get(1)))
                .containsEntry("identifier", tenant + "/2026-11-30/storage_mb/2")
                .containsEntry("timestamp", Long.toString(END_OF_DAY + 1))
                .containsEntry("payload[value]", Long.toString(value + 40))
                .containsEntry("payload[delta]", "40");
    }

    @Test
    void aTenantThatTheReceiverDoesNotKnowIsSentAfterItGotTheAttribute() {
        WebhookEndpointId id = create(feed(UsageFormat.LAGO, UsageMetrics.SEATS).usageSubject("lago"));
        closeTheDay();
        assertThat(hooks.receiver.requests).isEmpty();
        assertThat(hooks.messages(id)).isEmpty();

        hooks.saas
                .customers()
                .update(
                        hooks.tenant.customerId(),
                        each -> each.toBuilder()
                                .attributes(Map.of("lago", "sub_7"))
                                .build());
        hooks.webhooks.recover(id, START);
        hooks.send();

        assertThat(only().body()).contains("\"external_subscription_id\":\"sub_7\"");
    }

    @Test
    void aMessageIsTheSameInEachAttemptAndAfterAMonth() {
        WebhookEndpointId id = create(feed(UsageFormat.OPENMETER, UsageMetrics.STORAGE_MB));
        hooks.receiver.answer = Receiver.status(503);
        closeTheDay();
        hooks.receiver.answer = Receiver.status(204);
        hooks.after(Duration.ofMinutes(1));
        readLate();
        hooks.saas.tenants().rename(hooks.tenant.id(), "another.example.com");
        hooks.fixture.clock.advance(Webhooks.KEPT.plusDays(1));
        hooks.fixture.nanos.addAndGet(TimeUnit.HOURS.toNanos(2));
        hooks.saas.maintenance().run();
        List<String> before =
                hooks.receiver.requests.stream().map(Request::body).distinct().toList();
        hooks.receiver.requests.clear();

        hooks.webhooks.recover(id, START);
        hooks.send();

        List<String> again = hooks.receiver.requests.stream().map(Request::body).toList();
        assertThat(again).as("the first revision, and the second one").contains(before.get(0), before.get(1));
        assertThat(again).isSubsetOf(before);
    }

    @Test
    void anAnswerThatTheReceiverHasTheMessageCountsAsDelivered() {
        WebhookEndpointId lago = create(feed(UsageFormat.LAGO, UsageMetrics.SEATS));
        hooks.receiver.answer = answer(
                422,
                "{\"status\":422,\"error\":\"Unprocessable Entity\",\"code\":\"validation_errors\","
                        + "\"error_details\":{\"transaction_id\":[\"value_already_exist\"]}}");
        closeTheDay();
        assertThat(hooks.only(lago).state()).isEqualTo(WebhookMessageState.DELIVERED);
        assertThat(hooks.webhooks.attempts(hooks.only(lago).id()))
                .extracting(WebhookAttempt::status)
                .containsExactly(422);
        hooks.webhooks.delete(lago);

        WebhookEndpointId stripe = create(feed(UsageFormat.STRIPE, UsageMetrics.SEATS));
        hooks.receiver.answer = answer(
                400,
                "{\"error\":{\"message\":\"An event already exists with identifier " + tenant
                        + "/2026-11-30/seats/1.\",\"type\":\"invalid_request_error\"}}");
        hooks.webhooks.recover(stripe, START);
        hooks.send();
        assertThat(hooks.only(stripe).state()).isEqualTo(WebhookMessageState.DELIVERED);
    }

    @Test
    void anotherRefusalIsAFailure() {
        WebhookEndpointId lago = create(feed(UsageFormat.LAGO, UsageMetrics.SEATS));
        WebhookEndpointId stripe = create(feed(UsageFormat.STRIPE, UsageMetrics.SEATS));
        hooks.receiver.answer = answer(422, "{\"error_details\":{\"code\":[\"value_already_exist\"]}}");
        closeTheDay();

        assertThat(hooks.only(lago).state()).isEqualTo(WebhookMessageState.WAITING);
        assertThat(hooks.only(stripe).state()).isEqualTo(WebhookMessageState.WAITING);
    }

    @Test
    void theReasonOfARefusalIsOnRecord() {
        WebhookEndpointId feed = create(feed(UsageFormat.LAGO, UsageMetrics.SEATS));
        WebhookEndpointId events = hooks.webhooks
                .create(WebhookEndpoint.builder(hooks.receiver.url())
                        .eventTypes(EventType.USAGE_CLOSED)
                        .build())
                .endpoint()
                .id();
        hooks.receiver.answer = answer(400, "No meter\nfor größe\0");
        closeTheDay();

        assertThat(errors(feed)).containsExactly("The receiver answered with status 400: \"No meter?for größe?\".");
        assertThat(errors(events))
                .as("only operators have feeds")
                .containsExactly("The receiver answered with status 400.");

        hooks.receiver.answer = Receiver.status(503);
        hooks.after(Duration.ofMinutes(1));
        assertThat(errors(feed)).contains("The receiver answered with status 503.");

        hooks.receiver.answer = answer(500, "x".repeat(5000));
        hooks.after(Duration.ofHours(1));
        assertThat(errors(feed))
                .contains("The receiver answered with status 500: \"" + "x".repeat(80) + "…\" (4096 characters).");
    }

    private List<String> errors(WebhookEndpointId id) {
        return hooks.webhooks.attempts(hooks.only(id).id()).stream()
                .map(WebhookAttempt::error)
                .toList();
    }

    private static Receiver.Answer answer(int status, String body) {
        return exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    @Test
    void theTokenIsSentAndNeverShown() {
        CreatedWebhook created = hooks.webhooks.create(
                feed(UsageFormat.STRIPE, UsageMetrics.SEATS).build(), TOKEN);
        WebhookEndpointId id = created.endpoint().id();
        closeTheDay();
        assertThat(only().header("authorization")).isEqualTo("Bearer " + TOKEN);
        assertThat(created.toString()
                        + hooks.webhooks.get(id)
                        + hooks.saas.events().list(Query.all()))
                .doesNotContain(TOKEN);
        assertThat(hooks.rows(RecordTypes.WEBHOOK_TOKENS))
                .singleElement()
                .satisfies(each -> assertThat(each.sealed()).doesNotContain(TOKEN));

        hooks.webhooks.replaceToken(id, "another");
        assertThat(authorization(id)).containsExactly("Bearer another");

        hooks.webhooks.update(
                id,
                each -> each.toBuilder()
                        .url(hooks.receiver.url() + "/v2")
                        .usageCode("other")
                        .build());
        assertThat(authorization(id)).as("the same receiver").containsExactly("Bearer another");

        hooks.webhooks.update(
                id,
                each -> each.toBuilder().url(hooks.receiver.url("127.0.0.2")).build());
        assertThat(hooks.rows(RecordTypes.WEBHOOK_TOKENS)).as("another host").isEmpty();
        hooks.webhooks.update(
                id, each -> each.toBuilder().url(hooks.receiver.url()).build());
        assertThat(authorization(id)).isNull();

        hooks.webhooks.replaceToken(id, "third");
        hooks.webhooks.delete(id);
        assertThat(hooks.rows(RecordTypes.WEBHOOK_TOKENS)).isEmpty();
    }

    @Test
    void aTokenGoesToNoOtherHost() {
        WebhookEndpointId id = hooks.webhooks
                .create(feed(UsageFormat.STRIPE, UsageMetrics.SEATS).build(), TOKEN)
                .endpoint()
                .id();
        // As a node that knows no tokens does.
        hooks.fixture.storage.catalog().transact(tx -> {
            tx.records(RecordTypes.WEBHOOK_ENDPOINTS)
                    .list(Query.all())
                    .forEach(each -> tx.records(RecordTypes.WEBHOOK_ENDPOINTS)
                            .update(each.toBuilder()
                                    .url(hooks.receiver.url("127.0.0.2"))
                                    .build()));
            return null;
        });
        hooks.webhooks.sendTest(id);
        hooks.send();

        assertThat(hooks.receiver.requests).isEmpty();
        assertThat(hooks.webhooks.attempts(hooks.only(id).id()))
                .singleElement()
                .satisfies(each -> assertThat(each.error()).contains("another host"));
        hooks.webhooks.update(
                id, each -> each.toBuilder().url(hooks.receiver.url()).build());
        hooks.webhooks.replaceToken(id, TOKEN);
        assertThat(authorization(id)).containsExactly("Bearer " + TOKEN);
    }

    @Test
    void aDayIsBilledToTheCustomerThatUsedIt() {
        create(feed(UsageFormat.LAGO, UsageMetrics.STORAGE_MB).usageSubject("lago"));
        CustomerId other = hooks.saas.customers().create("Other", null).id();
        name(hooks.tenant.customerId(), "sub_first");
        name(other, "sub_other");
        hooks.fixture.clock.set(Instant.parse("2026-12-01T02:00:00Z"));
        hooks.saas.maintenance().run();
        hooks.saas
                .tenants()
                .update(
                        hooks.tenant.id(),
                        each -> each.toBuilder().customerId(other).build());
        readLate();
        hooks.fixture.clock.set(Instant.parse("2026-12-02T02:00:00Z"));
        hooks.saas.maintenance().run();

        assertThat(hooks.receiver.requests)
                .extracting(each -> each.body().replaceAll(".*\"transaction_id\":\"[^/]*/([^\"]*)\".*", "$1")
                        + each.body().replaceAll(".*\"external_subscription_id\":\"([^\"]*)\".*", " $1"))
                .containsExactly(
                        "2026-11-30/storage_mb/1 sub_first",
                        "2026-11-30/storage_mb/2 sub_first",
                        "2026-12-01/storage_mb/1 sub_other");
    }

    private void name(CustomerId customer, String subscription) {
        hooks.saas
                .customers()
                .update(
                        customer,
                        each -> each.toBuilder()
                                .attributes(Map.of("lago", subscription))
                                .build());
    }

    @Test
    void stripeGetsNoMessageAgainAfterItHasForgottenTheIdentifier() {
        WebhookEndpointId id = create(feed(UsageFormat.STRIPE, UsageMetrics.SEATS));
        hooks.receiver.answer = Receiver.status(503);
        closeTheDay();
        hooks.after(Duration.ofHours(1));
        assertThat(hooks.receiver.requests).hasSize(2);
        hooks.after(Duration.ofHours(23));

        assertThat(hooks.receiver.requests).hasSize(2);
        assertThat(hooks.only(id).state()).isEqualTo(WebhookMessageState.FAILED);
        assertThat(hooks.webhooks.attempts(hooks.only(id).id()).get(0).error()).contains("may have received");
        hooks.receiver.answer = Receiver.status(204);
        hooks.webhooks.resend(hooks.only(id).id());
        hooks.send();
        assertThat(hooks.only(id).state()).isEqualTo(WebhookMessageState.DELIVERED);
    }

    private List<String> authorization(WebhookEndpointId id) {
        hooks.webhooks.sendTest(id);
        hooks.send();
        return hooks.receiver
                .requests
                .get(hooks.receiver.requests.size() - 1)
                .headers()
                .get("authorization");
    }

    @Test
    void aTokenIsEncryptedWithTheFirstKey() {
        hooks.webhooks.create(feed(UsageFormat.STRIPE, UsageMetrics.SEATS).build(), TOKEN);
        WebhookToken before = hooks.rows(RecordTypes.WEBHOOK_TOKENS).get(0);
        hooks.fixture.secrets = List.of("a new key, for tests only", "a secret key for tests");
        hooks.fixture.nanos.addAndGet(TimeUnit.HOURS.toNanos(2));
        hooks.saas.maintenance().run();
        hooks.fixture.secrets = List.of("a new key, for tests only");

        assertThat(hooks.rows(RecordTypes.WEBHOOK_TOKENS).get(0).sealed()).isNotEqualTo(before.sealed());
        closeTheDay();
        assertThat(only().header("authorization")).isEqualTo("Bearer " + TOKEN);
    }

    @Test
    void aTestIsNotBilled() {
        WebhookEndpointId id = create(feed(UsageFormat.STRIPE, UsageMetrics.SEATS));
        WebhookMessage test = hooks.webhooks.sendTest(id);
        hooks.send();

        assertThat(form(only()))
                .containsEntry("payload[stripe_customer_id]", "allotment-test")
                .containsEntry("payload[value]", "0")
                .containsEntry("payload[delta]", "0")
                .containsEntry("identifier", "test/" + test.webhookId());
        hooks.webhooks.resend(test.id());
        hooks.send();
        assertThat(hooks.receiver.requests.get(1).body()).isEqualTo(only(0).body());
    }

    private Request only(int index) {
        return hooks.receiver.requests.get(index);
    }

    @Test
    void onlyEndpointsThatNameTheTypeGetAMessageForEachTenantAndDay() {
        WebhookEndpointId all = hooks.ofOperators().endpoint().id();
        WebhookEndpointId named = hooks.webhooks
                .create(WebhookEndpoint.builder(hooks.receiver.url())
                        .eventTypes(EventType.USAGE_CLOSED)
                        .build())
                .endpoint()
                .id();
        WebhookEndpointId feed = create(feed(UsageFormat.LAGO, UsageMetrics.SEATS));
        hooks.suspendAndResume();
        closeTheDay();

        assertThat(hooks.messages(all))
                .extracting(WebhookMessage::type)
                .contains("tenant.suspended")
                .doesNotContain("usage.closed");
        assertThat(hooks.messages(named)).extracting(WebhookMessage::type).containsExactly("usage.closed");
        assertThat(hooks.messages(feed)).extracting(WebhookMessage::type).containsExactly("usage.closed");
        assertThat(hooks.receiver.requests)
                .filteredOn(each -> each.body().contains("\"type\":\"usage.closed\""))
                .singleElement()
                .satisfies(each -> assertThat(each.data())
                        .containsEntry("day", "2026-11-30")
                        .containsEntry("revision", "1")
                        .containsKeys("usage", "tenant_uuid"));
    }

    @Test
    void wrongFeedsAreRefused() {
        Saas owner = hooks.saas.actingAs(hooks.owner.id());
        WebhookEndpoint.Builder seats = feed(UsageFormat.LAGO, UsageMetrics.SEATS);

        assertInvalid(feed(UsageFormat.LAGO, "users"));
        assertInvalid(WebhookEndpoint.builder(hooks.receiver.url()).usageFormat(UsageFormat.LAGO));
        assertInvalid(WebhookEndpoint.builder(hooks.receiver.url()).usageMetric(UsageMetrics.SEATS));
        assertInvalid(feed(UsageFormat.LAGO, UsageMetrics.SEATS).customerId(hooks.tenant.customerId()));
        assertInvalid(feed(UsageFormat.LAGO, UsageMetrics.SEATS).eventTypes(EventType.TENANT_CREATED));
        assertInvalid(feed(UsageFormat.LAGO, UsageMetrics.SEATS).usageCode("a\nb"));
        assertInvalid(feed(UsageFormat.LAGO, UsageMetrics.SEATS).usageSubject("No Key"));
        assertRefusal(() -> owner.webhooks().create(seats.build())).isEqualTo(ErrorCodes.WEBHOOK_INVALID);
        for (String token : List.of("", "two words", "line\r\nbreak", "ä", "x".repeat(513))) {
            assertRefusal(() -> hooks.webhooks.create(seats.build(), token)).isEqualTo(ErrorCodes.WEBHOOK_INVALID);
        }
        WebhookEndpointId plain = hooks.ofOperators().endpoint().id();
        assertRefusal(() -> hooks.webhooks.replaceToken(plain, TOKEN)).isEqualTo(ErrorCodes.WEBHOOK_INVALID);
        assertRefusal(() -> hooks.webhooks.update(
                        plain,
                        each -> each.toBuilder()
                                .usageFormat(UsageFormat.LAGO)
                                .usageMetric(UsageMetrics.SEATS)
                                .build()))
                .isEqualTo(ErrorCodes.WEBHOOK_INVALID);
        assertThat(hooks.rows(RecordTypes.WEBHOOK_TOKENS)).isEmpty();
    }

    private void assertInvalid(WebhookEndpoint.Builder endpoint) {
        assertRefusal(() -> hooks.webhooks.create(endpoint.build())).isEqualTo(ErrorCodes.WEBHOOK_INVALID);
    }
}
