// SPDX-License-Identifier: Apache-2.0
package dev.allotment.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import com.stripe.exception.SignatureVerificationException;
import com.stripe.net.Webhook;
import dev.allotment.CreateTenant;
import dev.allotment.CustomerId;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.PaymentTerms;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.billing.Payment;
import dev.allotment.billing.PaymentReport;
import dev.allotment.billing.PaymentState;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.protocol.FailureReference;
import dev.allotment.spi.protocol.ProtocolAdapter;
import dev.allotment.spi.protocol.ProtocolAdapter.Answer;
import dev.allotment.spi.protocol.ProtocolAdapter.Call;
import dev.allotment.test.LoggedEvents;
import dev.allotment.testing.DelegatingBackend;
import dev.allotment.testing.DelegatingCatalog;
import dev.allotment.testing.MemoryBackend;
import dev.allotment.testing.SettableClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Payment systems send webhooks, and strangers try to. */
class ReceiversTest {
    private static final String SECRET = "whsec_0123456789abcdef";
    private static final String NEW_SECRET = "whsec_new-new-new-new";
    private static final String LAGO_SECRET = "lago-hmac-key-0123456789";
    private static final String PEM = "-----BEGIN" + " PUBLIC KEY-----";
    private static final String STRIPE = "/payments/stripe";
    private static final String LAGO = "/payments/lago";

    /** Made once, since that takes a second or two. */
    private static final KeyPair KEYS = rsa();

    private final SettableClock clock = SettableClock.at("2026-06-01T12:00:00Z");
    /** What each transaction of the catalog throws; null: nothing. */
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    /** How many transactions succeed before. */
    private final AtomicInteger succeeding = new AtomicInteger();

    private final Saas saas = Saas.builder()
            .backend(new DelegatingBackend(MemoryBackend.create()) {
                @Override
                public Catalog catalog() {
                    return new DelegatingCatalog(super.catalog()) {
                        @Override
                        public <T extends @Nullable Object> T transact(
                                Function<? super Transaction, ? extends T> work) {
                            RuntimeException thrown = failure.get();
                            if (thrown != null && succeeding.getAndDecrement() <= 0) {
                                throw thrown;
                            }
                            return super.<T>transact(work);
                        }
                    };
                }
            })
            .administrator("admin", "admin")
            .passwordIterations(1)
            .clock(clock)
            .executor(Runnable::run)
            .open();
    private final Plan plan = saas.plans()
            .create(Plan.builder("Gold")
                    .dbNameTemplate("gold%i")
                    .paymentTerms(PaymentTerms.parse("notify 0, suspend 14"))
                    .build());
    private final User owner = saas.accounts()
            .signUp(SignUp.builder("owner@example.com", "Owner", "Client Password")
                    .build());
    private final CustomerId customer = owner.customerId();
    private final Tenant shop = saas.tenants()
            .create(CreateTenant.onPlan(plan).owner(owner).build())
            .tenant();
    private final ProtocolAdapter adapter = adapter(Map.of(
            "payments.stripe.secret", NEW_SECRET + ", " + SECRET,
            "payments.lago.secret", LAGO_SECRET + ",\n" + pem(KEYS),
            "server.version", "17.0"));

    ReceiversTest() {
        saas.customers()
                .update(
                        customer,
                        each -> each.toBuilder()
                                .attribute("stripe.customer", "cus_1")
                                .attribute("lago.customer", "c-1")
                                .build());
    }

    @AfterEach
    void close() {
        failure.set(null);
        saas.close();
    }

    private ProtocolAdapter adapter(Map<String, String> settings) {
        return new PaymentsProvider(clock).open(saas, Settings.of(settings));
    }

    private static KeyPair rsa() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String pem(KeyPair pair) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(pair.getPublic().getEncoded());
        return PEM + "\n" + base64 + "\n-----END PUBLIC KEY-----\n";
    }

    private static String hmac(String secret, String content) {
        try {
            return Webhook.Util.computeHmacSha256(secret, content);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private String signature(String secret, String body) {
        long time = clock.instant().getEpochSecond();
        return "t=" + time + ",v1=" + hmac(secret, time + "." + body);
    }

    private static Call call(String path, String body, Map<String, String> headers) {
        return new Call(path, headers, body.getBytes(StandardCharsets.UTF_8), "192.0.2.1", true);
    }

    private int stripe(String body) {
        return stripe(body, signature(SECRET, body));
    }

    private int stripe(String body, String signature) {
        return adapter.handle(call(STRIPE, body, Map.of("stripe-signature", signature)))
                .status();
    }

    private static String event(String type, Instant created, String object) {
        return "{\"id\": \"evt_1\", \"object\": \"event\", \"type\": \"" + type + "\", \"created\": "
                + created.getEpochSecond() + ", \"data\": {\"object\": " + object + "}}";
    }

    private static String subscription(String status) {
        return "{\"id\": \"sub_1\", \"object\": \"subscription\", \"customer\": \"cus_1\", \"status\": \"" + status
                + "\"}";
    }

    private static String invoice(String number) {
        return "{\"id\": \"in_1\", \"object\": \"invoice\", \"customer\": \"cus_1\", \"number\": \"" + number
                + "\", \"hosted_invoice_url\": \"https://invoice.stripe.com/i/1\","
                + " \"parent\": {\"subscription_details\": {\"subscription\": \"sub_1\"}}}";
    }

    private Payment payment() {
        return saas.payments().ofCustomer(customer).orElseThrow();
    }

    private TenantState state() {
        return saas.tenants().get(shop.id()).state();
    }

    @Test
    void followsASubscriptionFromFailureToPayment() {
        Instant start = clock.instant();
        assertThat(stripe(event("invoice.payment_failed", start, invoice("A-1"))))
                .isEqualTo(200);
        assertThat(stripe(event("customer.subscription.updated", start.plusSeconds(1), subscription("past_due"))))
                .isEqualTo(200);
        assertThat(payment().state()).isEqualTo(PaymentState.PAST_DUE);
        assertThat(payment().since()).isEqualTo(start);
        assertThat(payment().payUrl()).as("stays known").isEqualTo("https://invoice.stripe.com/i/1");
        assertThat(state()).isEqualTo(TenantState.OPEN);

        clock.advance(Duration.ofDays(3));
        stripe(event("customer.subscription.updated", clock.instant(), subscription("unpaid")));
        assertThat(state()).as("at once").isEqualTo(TenantState.SUSPENDED);
        stripe(event("invoice.payment_failed", clock.instant().plusSeconds(5), invoice("A-2")));
        assertThat(payment().state()).as("one more failure").isEqualTo(PaymentState.UNPAID);
        assertThat(payment().reference()).isEqualTo("A-2");

        clock.advance(Duration.ofDays(1));
        stripe(event("invoice.paid", clock.instant(), invoice("A-2")));
        assertThat(state()).as("the subscription decides").isEqualTo(TenantState.SUSPENDED);
        stripe(event("customer.subscription.updated", clock.instant(), subscription("active")));
        assertThat(state()).isEqualTo(TenantState.OPEN);
        assertThat(payment().payUrl()).isNull();
        assertThat(stripe(event("invoice.payment_failed", start, invoice("A-1"))))
                .as("a replay")
                .isEqualTo(200);
        assertThat(payment().state()).isEqualTo(PaymentState.PAID);
        assertThat(state()).isEqualTo(TenantState.OPEN);

        stripe(event("customer.subscription.deleted", clock.instant().plusSeconds(9), subscription("canceled")));
        assertThat(payment().state()).isEqualTo(PaymentState.UNPAID);
    }

    private int send(String system, String type, String object) {
        String now = object.replace("NOW", clock.instant().toString());
        return system.equals("stripe")
                ? stripe(event(type, clock.instant(), now))
                : lago(message(type, type.substring(0, type.indexOf('.')), now));
    }

    /** The table of docs/billing.md. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            stripe | invoice.paid | {"customer": "cus_1"} | PAID
            stripe | invoice.payment_succeeded | {"customer": "cus_1"} | PAID
            stripe | customer.subscription.created | {"customer": "cus_1", "status": "active"} | PAID
            stripe | customer.subscription.created | {"customer": "cus_1", "status": "trialing"} | PAID
            stripe | customer.subscription.updated | {"customer": "cus_1", "status": "active"} | PAID
            stripe | customer.subscription.updated | {"customer": "cus_1", "status": "trialing"} | PAID
            lago | invoice.payment_status_updated | {"customer": {"external_id": "c-1"}, "payment_status": "succeeded", "updated_at": "NOW"} | PAID
            lago | subscription.started | {"external_customer_id": "c-1", "started_at": "NOW"} | PAID
            stripe | invoice.payment_failed | {"customer": "cus_1"} | PAST_DUE
            stripe | customer.subscription.created | {"customer": "cus_1", "status": "past_due"} | PAST_DUE
            stripe | customer.subscription.updated | {"customer": "cus_1", "status": "past_due"} | PAST_DUE
            lago | invoice.payment_overdue | {"customer": {"external_id": "c-1"}, "updated_at": "NOW"} | PAST_DUE
            lago | invoice.payment_status_updated | {"customer": {"external_id": "c-1"}, "payment_status": "failed", "updated_at": "NOW"} | PAST_DUE
            stripe | customer.subscription.created | {"customer": "cus_1", "status": "unpaid"} | UNPAID
            stripe | customer.subscription.created | {"customer": "cus_1", "status": "canceled"} | UNPAID
            stripe | customer.subscription.updated | {"customer": "cus_1", "status": "unpaid"} | UNPAID
            stripe | customer.subscription.updated | {"customer": "cus_1", "status": "canceled"} | UNPAID
            stripe | customer.subscription.deleted | {"customer": "cus_1"} | UNPAID
            lago | subscription.terminated | {"external_customer_id": "c-1", "terminated_at": "NOW"} | UNPAID
            """)
    void reportsEachStateOfTheTable(String system, String type, String object, PaymentState state) {
        saas.payments()
                .report(PaymentReport.ofCustomer(
                                customer, state == PaymentState.PAID ? PaymentState.PAST_DUE : PaymentState.PAID)
                        .reportedAt(clock.instant().minusSeconds(1))
                        .build());
        assertThat(send(system, type, object)).isEqualTo(200);
        assertThat(payment().state()).isEqualTo(state);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            stripe | customer.subscription.updated | {"id": "sub_1", "customer": "cus_1", "status": "past_due"}
            stripe | invoice.payment_failed | {"subscription": "sub_1", "customer": "cus_1"}
            stripe | invoice.payment_failed | {"parent": {"subscription_details": {"subscription": "sub_1"}}, "customer": "cus_1"}
            lago | subscription.terminated | {"external_id": "sub_1", "external_customer_id": "c-1", "terminated_at": "NOW"}
            lago | subscription.started | {"external_id": "sub_1", "external_customer_id": "c-1", "started_at": "NOW"}
            lago | invoice.payment_overdue | {"subscriptions": [{"external_id": "sub_1"}], "customer": {"external_id": "c-1"}, "updated_at": "NOW"}
            """)
    void findsATenantByItsSubscriptionBeforeItsCustomer(String system, String type, String object) {
        saas.tenants()
                .update(
                        shop.id(),
                        each -> each.toBuilder()
                                .attribute(system + ".customer", "sub_1")
                                .build());
        assertThat(send(system, type, object)).isEqualTo(200);
        assertThat(saas.payments().ofTenant(shop.id())).isPresent();
        assertThat(saas.payments().ofCustomer(customer)).isEmpty();
    }

    /** What is logged during an action. */
    private static List<ILoggingEvent> logged(Runnable action) {
        Logger logger = (Logger) LoggerFactory.getLogger(PaymentsAdapter.class);
        logger.setAdditive(false);
        try (LoggedEvents log = LoggedEvents.of(PaymentsAdapter.class)) {
            action.run();
            return log.list();
        } finally {
            logger.setAdditive(true);
        }
    }

    @Test
    void isSentAgainWhatCouldNotBeStored() {
        String body = event("customer.subscription.updated", clock.instant(), subscription("unpaid"));
        Call call = call(STRIPE, body, Map.of("stripe-signature", signature(SECRET, body)));
        failure.set(SaasException.unavailable(
                ErrorCodes.BACKEND_UNAVAILABLE, "It is down.", new IOException("no route to 192.0.2.77")));
        List<ILoggingEvent> log = logged(() -> {
            for (int i = 0; i < 20; i++) {
                Answer answer = adapter.handle(call);
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.failure()).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
                assertThat(new String(answer.body(), StandardCharsets.UTF_8))
                        .isEqualTo("Temporarily unavailable. Please try again in a moment.\n");
            }
            assertThat(lago(message("invoice.payment_overdue", "invoice", lagoInvoice("pending", Duration.ZERO))))
                    .isEqualTo(503);
        });
        assertThat(log)
                .singleElement()
                .returns(Level.WARN, ILoggingEvent::getLevel)
                .satisfies(each -> assertThat(each.getFormattedMessage())
                        .contains(ErrorCodes.BACKEND_UNAVAILABLE, "no route to 192.0.2.77"));

        int before = 0;
        succeeding.set(before);
        while (adapter.handle(call).status() == 503) {
            RuntimeException down = failure.getAndSet(null);
            assertThat(saas.payments().ofCustomer(customer)).isEmpty();
            failure.set(down);
            before++;
            succeeding.set(before);
        }
        failure.set(null);
        assertThat(before).isGreaterThan(1);
        assertThat(payment().state()).as("answered with 200").isEqualTo(PaymentState.UNPAID);
    }

    @Test
    void hidesADefectBehindAReferenceThatTheLogExplains() {
        String body = event("invoice.paid", clock.instant(), invoice("A-1"));
        for (RuntimeException each : List.of(
                new IllegalStateException("secret"),
                new SaasException(
                        ErrorCategory.INTERNAL, ErrorCodes.BACKEND_FAILED, "secret", Map.of(), false, null))) {
            failure.set(each);
            MDC.put(FailureReference.REQUEST_KEY, "request-17");
            try {
                List<ILoggingEvent> log = logged(() -> {
                    Answer answer =
                            adapter.handle(call(STRIPE, body, Map.of("stripe-signature", signature(SECRET, body))));
                    assertThat(answer.status()).isEqualTo(500);
                    assertThat(new String(answer.body(), StandardCharsets.UTF_8))
                            .isEqualTo("Internal error, reference request-17.\n");
                });
                assertThat(log)
                        .singleElement()
                        .returns(Level.ERROR, ILoggingEvent::getLevel)
                        .satisfies(event -> {
                            assertThat(event.getFormattedMessage()).contains("request-17");
                            assertThat(event.getThrowableProxy().getMessage()).isEqualTo("secret");
                        });
            } finally {
                MDC.remove(FailureReference.REQUEST_KEY);
            }
        }
    }

    @Test
    void hasNothingToSayAboutOtherMessages() {
        for (String each : List.of(
                event("customer.created", clock.instant(), "{\"id\": \"cus_1\"}"),
                event("customer.subscription.updated", clock.instant(), subscription("incomplete")),
                event("customer.subscription.updated", clock.instant(), "[]"),
                event("invoice.paid", clock.instant(), "{\"customer\": \"cus_unknown\"}"),
                event("invoice.paid", clock.instant(), "{}"),
                "{\"type\": 7, \"created\": \"now\"}",
                "[]")) {
            assertThat(stripe(each)).as(each).isEqualTo(200);
        }
        assertThat(saas.payments().list(Query.all())).isEmpty();
    }

    @Test
    void refusesWhatIsNotVerified() throws Exception {
        String body = event("invoice.paid", clock.instant(), invoice("A-1"));
        long now = clock.instant().getEpochSecond();
        String right = hmac(SECRET, now + "." + body);
        for (String each : List.of(
                "",
                "t=" + now,
                "v1=" + right,
                "t=" + now + ",v0=" + right,
                "t=" + now + ",v1=" + right.substring(1),
                "t=" + now + ",v1=zz" + right.substring(2),
                "t=" + (now + 1) + ",v1=" + right,
                "t=x,v1=" + hmac(SECRET, "x." + body),
                "t=" + now + ",v1=" + hmac("whsec_another-secret", now + "." + body),
                "t=" + (now - 301) + ",v1=" + hmac(SECRET, (now - 301) + "." + body),
                "t=" + (now + 301) + ",v1=" + hmac(SECRET, (now + 301) + "." + body))) {
            assertThat(stripe(body, each)).as(each).isEqualTo(401);
        }
        assertThat(adapter.handle(call(STRIPE, body, Map.of())).status()).isEqualTo(401);
        assertThat(stripe(body + " ", signature(SECRET, body))).isEqualTo(401);
        assertThat(saas.payments().list(Query.all())).isEmpty();
        for (String each : List.of(
                "t=" + now + ",v1=" + right,
                "t=" + now + ",v1=" + hmac("whsec_another-secret", now + "." + body) + ",v1=" + right + ",v0=old",
                signature(NEW_SECRET, body),
                "t=" + (now - 299) + ",v1=" + hmac(SECRET, (now - 299) + "." + body))) {
            assertThat(stripe(body, each)).as(each).isEqualTo(200);
        }
    }

    /** The library of Stripe decides which headers are right. */
    @ParameterizedTest
    @ValueSource(longs = {0, 200, 400, 100_000})
    void agreesWithTheLibraryOfStripe(long age) throws Exception {
        String body = event("invoice.paid", clock.instant(), invoice("A-1"));
        clock.set(Instant.ofEpochSecond(Webhook.Util.getTimeNow()));
        long time = clock.instant().getEpochSecond() - age;
        for (String secret : List.of(SECRET, "whsec_another-secret")) {
            String header = "t=" + time + ",v1=" + hmac(secret, time + "." + body);
            boolean right;
            try {
                right = Webhook.Signature.verifyHeader(body, header, SECRET, 300);
            } catch (SignatureVerificationException e) {
                right = false;
            }
            assertThat(stripe(body, header)).as(header).isEqualTo(right ? 200 : 401);
        }
    }

    @Test
    void refusesAGiantBodyAndWhatIsNoJson() {
        String giant = "{\"type\": \"" + "x".repeat(1024 * 1024) + "\"}";
        assertThat(stripe(giant)).isEqualTo(413);
        assertThat(stripe("{")).isEqualTo(400);
        assertThat(stripe("{\"a\": 1, \"a\": 2}")).isEqualTo(400);
        assertThat(stripe("[".repeat(10_000))).isEqualTo(400);
        assertThat(stripe(event("invoice.paid", clock.instant().plus(Duration.ofDays(1)), invoice("A-1"))))
                .as("from the future")
                .isEqualTo(422);
    }

    private static String message(String type, String object, String content) {
        return "{\"webhook_type\": \"" + type + "\", \"object_type\": \"" + object + "\", \"" + object + "\": "
                + content + "}";
    }

    private String lagoInvoice(String status, Duration later) {
        return "{\"lago_id\": \"1\", \"number\": \"L-1\", \"payment_status\": \"" + status + "\", \"updated_at\": \""
                + clock.instant().plus(later) + "\", \"customer\": {\"external_id\": \"c-1\"}}";
    }

    private int lago(String body) {
        return lago(body, base64Hmac(LAGO_SECRET, body), "hmac").status();
    }

    private Answer lago(String body, String signature, String algorithm) {
        return adapter.handle(
                call(LAGO, body, Map.of("x-lago-signature", signature, "x-lago-signature-algorithm", algorithm)));
    }

    private static String base64Hmac(String secret, String body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return Base64.getEncoder().encodeToString(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void followsTheInvoicesOfLago() {
        assertThat(lago(message("invoice.payment_overdue", "invoice", lagoInvoice("pending", Duration.ZERO))))
                .isEqualTo(200);
        assertThat(payment().state()).isEqualTo(PaymentState.PAST_DUE);
        assertThat(payment().reference()).isEqualTo("L-1");
        lago(message("invoice.payment_status_updated", "invoice", lagoInvoice("pending", Duration.ofSeconds(1))));
        assertThat(payment().reportedAt()).isEqualTo(clock.instant());
        lago(message("invoice.payment_status_updated", "invoice", lagoInvoice("succeeded", Duration.ofSeconds(2))));
        assertThat(payment().state()).isEqualTo(PaymentState.PAID);
        lago(message("invoice.payment_overdue", "invoice", lagoInvoice("pending", Duration.ZERO)));
        assertThat(payment().state()).as("a replay").isEqualTo(PaymentState.PAID);

        String ended = "{\"external_id\": \"s-1\", \"external_customer_id\": \"c-1\", \"terminated_at\": \""
                + clock.instant().plusSeconds(9) + "\", \"next_plan_code\": %s}";
        lago(message("subscription.terminated", "subscription", String.format(ended, "\"gold\"")));
        assertThat(payment().state()).as("another plan follows").isEqualTo(PaymentState.PAID);
        lago(message("subscription.terminated", "subscription", String.format(ended, "null")));
        assertThat(payment().state()).isEqualTo(PaymentState.UNPAID);
        assertThat(state()).isEqualTo(TenantState.SUSPENDED);
        assertThat(saas.events().count(Filter.equal(Event.TYPE, EventType.PAYMENT_CHANGED)))
                .isEqualTo(3);
    }

    private static String token(KeyPair pair, String algorithm, String body) throws GeneralSecurityException {
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        String data = body.replace("\\", "\\\\").replace("\"", "\\\"");
        String signed = encoder.encodeToString(("{\"alg\": \"" + algorithm + "\"}").getBytes(StandardCharsets.UTF_8))
                + "."
                + encoder.encodeToString(("{\"data\": \"" + data + "\", \"iss\": \"https://lago.example.com\"}")
                        .getBytes(StandardCharsets.UTF_8));
        Signature signer = Signature.getInstance("SHA256withRSA");
        signer.initSign(pair.getPrivate());
        signer.update(signed.getBytes(StandardCharsets.UTF_8));
        return signed + "." + encoder.encodeToString(signer.sign());
    }

    @Test
    void verifiesTheTokensOfLago() throws Exception {
        String body = message("invoice.payment_overdue", "invoice", lagoInvoice("pending", Duration.ZERO));
        String right = token(KEYS, "RS256", body);
        for (String each : List.of(
                "",
                "..",
                "a.b.c",
                right.substring(0, right.lastIndexOf('.') + 1),
                right + "x",
                token(rsa(), "RS256", body),
                token(KEYS, "none", body),
                token(KEYS, "RS256", body + " "))) {
            assertThat(lago(body, each, "jwt").status()).as(each).isEqualTo(401);
        }
        assertThat(lago(body, base64Hmac(pem(KEYS), body), "hmac").status())
                .as("a public key is not a secret")
                .isEqualTo(401);
        assertThat(lago(body, base64Hmac(pem(KEYS).strip(), body), "hmac").status())
                .isEqualTo(401);
        assertThat(lago(body, base64Hmac("another-secret-0123", body), "hmac").status())
                .isEqualTo(401);
        assertThat(lago(body, base64Hmac(LAGO_SECRET, body), "jwt").status()).isEqualTo(401);
        assertThat(saas.payments().list(Query.all())).isEmpty();
        assertThat(lago(body, right, "jwt").status()).isEqualTo(200);
        assertThat(payment().state()).isEqualTo(PaymentState.PAST_DUE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theFinalInvoiceDoesNotOpenASubscriptionThatHasEnded(boolean inOrder) {
        Instant end = clock.instant().minus(Duration.ofHours(2));
        for (Duration later : List.of(Duration.ZERO, Duration.ofHours(1))) {
            String deleted = event("customer.subscription.deleted", end.plus(later), subscription("canceled"));
            String paid = event("invoice.paid", end.plus(later.multipliedBy(2)), invoice("A-9"));
            stripe(inOrder ? deleted : paid);
            stripe(inOrder ? paid : deleted);
            assertThat(payment().state()).as("after " + later).isEqualTo(PaymentState.UNPAID);
        }
        stripe(event("customer.subscription.created", clock.instant(), subscription("active")));
        assertThat(payment().state()).isEqualTo(PaymentState.PAID);
    }

    @Test
    void aSubscriptionThatCouldNotStartClosesNothing() {
        stripe(event("customer.subscription.updated", clock.instant(), subscription("incomplete_expired")));
        stripe(event(
                "invoice.payment_failed",
                clock.instant(),
                "{\"customer\": \"cus_1\", \"billing_reason\": \"subscription_create\"}"));
        assertThat(saas.payments().list(Query.all())).isEmpty();
    }

    @Test
    void aPublicKeyIsNeverASecret() throws Exception {
        String body = message("invoice.payment_overdue", "invoice", lagoInvoice("pending", Duration.ZERO));
        String copied = Base64.getEncoder().encodeToString(pem(KEYS).getBytes(StandardCharsets.UTF_8));
        for (String each : List.of(copied, "\uFEFF" + pem(KEYS), " " + copied + "\n")) {
            ProtocolAdapter other = adapter(Map.of("payments.lago.secret", each));
            for (Map.Entry<String, String> signed : Map.of(
                            "hmac", base64Hmac(each.strip(), body), "jwt", token(KEYS, "RS256", body))
                    .entrySet()) {
                Call call = call(
                        LAGO,
                        body,
                        Map.of("x-lago-signature", signed.getValue(), "x-lago-signature-algorithm", signed.getKey()));
                assertThat(other.handle(call).status())
                        .as(signed.getKey())
                        .isEqualTo("jwt".equals(signed.getKey()) ? 200 : 401);
            }
        }
        String der = Base64.getEncoder().encodeToString(KEYS.getPublic().getEncoded());
        for (Map<String, String> wrong : List.of(
                Map.of("payments.lago.secret", der),
                Map.of("payments.lago.secret", "-----BEGIN" + " RSA PUBLIC KEY-----\nAAAA"),
                Map.of("payments.lago.secret", "-----BEGIN" + " CERTIFICATE-----\nAAAA"),
                Map.of("payments.stripe.secret", pem(KEYS)))) {
            assertThatThrownBy(() -> adapter(wrong))
                    .isInstanceOfSatisfying(
                            SaasException.class, e -> assertThat(e.code()).isEqualTo("setting.invalid"));
        }
    }

    @Test
    void existsOnlyWithASecret() {
        assertThat(adapter.paths()).containsExactly(LAGO, STRIPE);
        assertThat(adapter(Map.of("server.version", "17.0")).paths()).isEmpty();
        assertThat(adapter(Map.of("payments.stripe.secret", SECRET)).paths()).containsExactly(STRIPE);
        for (Map<String, String> wrong : List.of(
                Map.of("payments.stripe.secret", "short"),
                Map.of("payments.stripe.secret", ""),
                Map.of("payments.lago.secret", PEM + "\nAAAA\n-----END PUBLIC KEY-----"),
                Map.of("payments.stripe.secret", SECRET, "payments.stripe.attribute", "Stripe Customer"))) {
            assertThatThrownBy(() -> adapter(wrong))
                    .isInstanceOfSatisfying(
                            SaasException.class, e -> assertThat(e.code()).isEqualTo("setting.invalid"))
                    .satisfies(e ->
                            assertThat(Objects.requireNonNull(e.getMessage())).doesNotContain(SECRET));
        }
    }

    @Test
    void usesTheAttributeOfTheSetting() {
        ProtocolAdapter other =
                adapter(Map.of("payments.stripe.secret", SECRET, "payments.stripe.attribute", "lago.customer"));
        String body = event("invoice.paid", clock.instant(), "{\"customer\": \"c-1\"}");
        assertThat(other.handle(call(STRIPE, body, Map.of("stripe-signature", signature(SECRET, body))))
                        .status())
                .isEqualTo(200);
        assertThat(payment().state()).isEqualTo(PaymentState.PAID);
    }
}
