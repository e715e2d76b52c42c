// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.NewUser;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.server.RestCalls.Answer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Payment states over real HTTP: reported by a program with a key, and by a payment system. */
class PaymentServerTest {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final String SECRET = "whsec_0123456789abcdef";
    private static final String LAGO_SECRET = "lago-hmac-key-0123456789";

    private static RunningServer server;
    private static RestCalls admin;
    private static RestCalls program;
    private static User owner;
    private static RestCalls own;
    private static RestCalls stranger;
    private static long plan;

    @BeforeAll
    static void start() throws Exception {
        server = ServerContract.start(List.of(
                "--data", "memory",
                "--stripe-secret", SECRET,
                "--stripe-attribute", "crm.stripe",
                "--lago-secret", LAGO_SECRET,
                "--lago-attribute", "crm.lago"));
        admin = RestCalls.as(server, new UserId(2), ApiKeyScope.EVERYTHING);
        program = RestCalls.as(server, new UserId(2), ApiKeyScope.PAYMENTS);
        owner = account("owner@example.com");
        own = RestCalls.as(server, owner.id(), ApiKeyScope.EVERYTHING);
        stranger = RestCalls.as(server, account("stranger@example.com").id(), ApiKeyScope.EVERYTHING);
        plan = (long) admin.post(
                        "/plans",
                        "{\"name\": \"Gold\", \"dbNameTemplate\": \"gold-%i.localhost\", \"published\": true,"
                                + " \"paymentTerms\": \"notify 0 3 7, suspend 14\"}")
                .json()
                .get("id");
    }

    private static User account(String login) {
        return server.saas()
                .accounts()
                .create(NewUser.builder(login, "Account")
                        .password("a long password")
                        .build());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static TenantId tenant(String name) {
        Map<String, Object> operation = admin.done(
                "/tenants",
                "{\"planId\": " + plan + ", \"name\": \"" + name + ".localhost\", \"ownerId\": " + owner.id() + "}");
        return new TenantId((long) operation.get("tenantId"));
    }

    /** The server does it on its own threads; the maintenance of the test only helps. */
    private static void awaitState(TenantId tenant, TenantState state) {
        Instant end = Instant.now().plus(Duration.ofMinutes(1));
        while (server.saas().tenants().get(tenant).state() != state) {
            assertThat(Instant.now()).as("the tenant follows").isBefore(end);
            server.saas().maintenance().runDue();
        }
    }

    @Test
    void aProgramReportsAndTenantsFollow() {
        TenantId tenant = tenant("reported");
        String path = "/customers/" + owner.customerId() + "/payment";
        assertThat(admin.get(path).problem()).isEqualTo("404 record.missing");
        Answer unpaid = program.put(
                path,
                "{\"state\": \"unpaid\", \"reference\": \"A-1\", \"payUrl\": \"https://pay.example.com/1\","
                        + " \"reportedAt\": \"2026-01-31T12:00:00Z\"}");
        assertThat(unpaid.status()).as(unpaid.body()).isEqualTo(200);
        assertThat(unpaid.json()).containsEntry("outcome", "changed");
        assertThat(own.get(path).json())
                .containsEntry("state", "unpaid")
                .containsEntry("since", "2026-01-31T12:00:00Z")
                .containsEntry("payUrl", "https://pay.example.com/1")
                .containsEntry("tenantId", null);
        assertThat(program.put(path, "{\"state\": \"paid\", \"reportedAt\": \"2026-01-31T11:00:00Z\"}")
                        .json())
                .containsEntry("outcome", "outdated");
        awaitState(tenant, TenantState.SUSPENDED);
        assertThat(admin.get("/tenants/" + tenant).json()).containsEntry("suspendedFor", List.of("unpaid"));
        assertThat(own.post("/tenants", "{\"planId\": " + plan + ", \"name\": \"more\"}")
                        .problem())
                .isEqualTo("409 payment.required");

        assertThat(program.put("/tenants/" + tenant + "/payment", "{\"state\": \"paid\"}")
                        .json())
                .containsEntry("outcome", "changed");
        awaitState(tenant, TenantState.OPEN);
        assertThat(program.get("/tenants/" + tenant + "/payment").json()).containsEntry("state", "paid");
        assertThat(program.get("/payments").items()).hasSizeGreaterThanOrEqualTo(2);
        assertThat(program.put(path, "{\"state\": \"paid\"}").status()).isEqualTo(200);
    }

    @Test
    void othersNeitherSeeNorReport() {
        TenantId tenant = tenant("private");
        program.put("/tenants/" + tenant + "/payment", "{\"state\": \"past_due\"}");
        for (String path :
                List.of("/tenants/" + tenant + "/payment", "/customers/" + owner.customerId() + "/payment")) {
            assertThat(stranger.get(path).status()).as(path).isEqualTo(404);
            assertThat(stranger.put(path, "{\"state\": \"paid\"}").problem()).isEqualTo("403 access.not-allowed");
            assertThat(own.put(path, "{\"state\": \"paid\"}").problem()).isEqualTo("403 access.not-allowed");
        }
        assertThat(stranger.get("/payments").items()).isEmpty();
        assertThat(program.get("/tenants").status()).isEqualTo(403);
        assertThat(program.get("/customers").status()).isEqualTo(403);
        assertThat(program.put("/tenants/999999/payment", "{\"state\": \"paid\"}")
                        .problem())
                .isEqualTo("404 record.missing");
        assertThat(program.put("/tenants/" + tenant + "/payment", "{\"state\": \"bankrupt\"}")
                        .status())
                .isEqualTo(400);
        assertThat(program.put("/tenants/" + tenant + "/payment", "{\"state\": \"paid\", \"payUrl\": \"http://a.b/\"}")
                        .problem())
                .isEqualTo("422 payment.invalid");
    }

    private static byte[] hmac(String content, String secret) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return mac.doFinal(content.getBytes(StandardCharsets.UTF_8));
    }

    private static int stripe(String body, String secret) throws Exception {
        long now = Instant.now().getEpochSecond();
        String signature = HexFormat.of().formatHex(hmac(now + "." + body, secret));
        return post("stripe", body, "Stripe-Signature", "t=" + now + ",v1=" + signature);
    }

    private static int post(String system, String body, String... headers) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.port() + "/payments/" + system))
                .header("Content-Type", "application/json")
                .headers(headers)
                .POST(BodyPublishers.ofString(body))
                .build();
        return HTTP.send(request, BodyHandlers.discarding()).statusCode();
    }

    @Test
    void stripeIsBelievedIfItIsStripe() throws Exception {
        TenantId tenant = tenant("striped");
        admin.patch("/tenants/" + tenant, "{\"attributes\": {\"crm.stripe\": \"cus_7\"}}");
        String body = "{\"type\": \"customer.subscription.updated\", \"created\": "
                + Instant.now().getEpochSecond()
                + ", \"data\": {\"object\": {\"id\": \"sub_7\", \"customer\": \"cus_7\", \"status\": \"unpaid\"}}}";
        assertThat(stripe(body, "whsec_another-secret")).isEqualTo(401);
        assertThat(server.saas().payments().ofTenant(tenant)).isEmpty();
        assertThat(stripe(body, SECRET)).isEqualTo(200);
        awaitState(tenant, TenantState.SUSPENDED);
        assertThat(stripe(body.replace("cus_7", "cus_8"), SECRET)).isEqualTo(200);
        assertThat(stripe("{", SECRET)).isEqualTo(400);
        assertThat(stripe("x".repeat(2 * 1024 * 1024), SECRET)).isEqualTo(413);
        assertThat(stripe(body.replace("unpaid", "active").replace("\"created\": ", "\"created\": 1"), SECRET))
                .as("a time far ahead")
                .isEqualTo(422);
    }

    @Test
    void lagoFindsACustomerByTheAttributeOfTheSetting() throws Exception {
        User debtor = account("debtor@example.com");
        admin.patch("/customers/" + debtor.customerId(), "{\"attributes\": {\"crm.lago\": \"c-7\"}}");
        String body = "{\"webhook_type\": \"invoice.payment_overdue\", \"invoice\": {\"number\": \"L-7\","
                + " \"updated_at\": \"" + Instant.now() + "\", \"customer\": {\"external_id\": \"c-7\"}}}";
        for (String secret : List.of("another-secret-0123", LAGO_SECRET)) {
            String signature = Base64.getEncoder().encodeToString(hmac(body, secret));
            assertThat(post("lago", body, "X-Lago-Signature", signature, "X-Lago-Signature-Algorithm", "hmac"))
                    .isEqualTo(secret.equals(LAGO_SECRET) ? 200 : 401);
        }
        assertThat(admin.get("/customers/" + debtor.customerId() + "/payment").json())
                .containsEntry("state", "past_due")
                .containsEntry("reference", "L-7");
    }
}
