// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CustomerId;
import dev.allotment.DatabaseLogin;
import dev.allotment.OperationId;
import dev.allotment.PlanId;
import dev.allotment.Role;
import dev.allotment.SignUp;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.server.RestCalls.Answer;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.ZipInputStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The REST API of a running server, over real HTTP. */
class RestServerTest {
    @TempDir
    private static Path folder;

    private static RunningServer server;
    private static RestCalls admin;
    private static User owner;
    private static RestCalls portal;
    private static long plan;

    @BeforeAll
    static void start() throws Exception {
        server = ServerContract.start(List.of(
                "--data", "memory", "--backup-folder", folder.toString(), "--secret-key", "a secret key of the test"));
        admin = RestCalls.as(server, new UserId(2), ApiKeyScope.EVERYTHING);
        owner = server.saas()
                .accounts()
                .create(
                        SignUp.builder("owner@example.com", "Olga Owner", "a long password")
                                .build(),
                        Role.PORTAL);
        portal = RestCalls.as(server, owner.id(), ApiKeyScope.EVERYTHING);
        plan = number(admin.post(
                        "/plans",
                        "{\"name\": \"Rest\", \"dbNameTemplate\": \"rest-%i.localhost\", \"published\": true}")
                .json()
                .get("id"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static long number(Object json) {
        return (long) json;
    }

    /** Creates a tenant, and returns its address. */
    private static String tenant(String name) {
        Map<String, Object> operation =
                admin.done("/tenants", "{\"planId\": " + plan + ", \"name\": \"" + name + ".localhost\"}");
        return "/tenants/" + operation.get("tenantId");
    }

    @Test
    void aTenantLives() {
        Answer started = admin.post("/tenants", "{\"planId\": " + plan + ", \"name\": \"life.localhost\"}");
        assertThat(started.status()).as(started.body()).isEqualTo(202);
        assertThat(started.header("retry-after")).isEqualTo("1");
        String operation = "/operations/" + started.json().get("id");
        assertThat(started.header("location")).isEqualTo("/api/v1" + operation);
        server.saas().operations().await(new OperationId(number(started.json().get("id"))), Duration.ofMinutes(1));
        Map<String, Object> ended = admin.get(operation).json();
        assertThat(ended)
                .containsEntry("state", "done")
                .containsEntry("kind", "create_tenant")
                .containsEntry("percent", 100L);
        assertThat(admin.post(operation + "/retry", null).problem()).isEqualTo("409 operation.ended");

        String tenant = "/tenants/" + ended.get("tenantId");
        assertThat(admin.get(tenant).json())
                .containsEntry("name", "life.localhost")
                .containsEntry("state", "open")
                .containsEntry("suspendedFor", List.of())
                .containsEntry("expiresAt", null);
        assertThat(admin.post(tenant + "/suspend", "{\"reason\": \"unpaid\"}").json())
                .containsEntry("state", "suspended")
                .containsEntry("suspendedFor", List.of("manual"));
        assertThat(admin.post(tenant + "/resume", null).json()).containsEntry("state", "open");
        assertThat(admin.post(tenant + "/rename", "{\"name\": \"renamed.localhost\"}")
                        .json())
                .containsEntry("name", "renamed.localhost");
        Map<String, Object> copy = admin.done(tenant + "/duplicate", "{\"name\": \"copy.localhost\"}");
        assertThat(admin.get("/tenants/" + copy.get("tenantId")).json()).containsEntry("name", "copy.localhost");
        assertThat(admin.post(tenant + "/sync", null).status()).isEqualTo(200);
        assertThat(admin.get(tenant + "/usage").items()).isNotEmpty();
        assertThat(admin.get(tenant + "/deletion-proof").problem()).isEqualTo("404 record.missing");
        assertThat(admin.post(tenant + "/sign-in-link", null).json()).containsKeys("token", "url", "expiresAt");
        assertThat(admin.delete(tenant).json().get("state")).isIn("retained", "deleted");
        admin.done(tenant + "/purge", null);
        assertThat(admin.get(tenant).json()).containsEntry("state", "deleted");
        assertThat(admin.get(tenant + "/deletion-proof").json()).containsKey("verified");
    }

    @Test
    void anOperatorReadsWhatATenantDoes() throws Exception {
        String tenant = tenant("slow");
        DatabaseLogin login = server.saas().database("slow.localhost").login();
        try (Connection application = DriverManager.getConnection(login.url(), login.user(), login.password());
                Statement statement = application.createStatement()) {
            statement.execute("CREATE TABLE large (id int)");
            statement.execute("INSERT INTO large SELECT \"X\" FROM SYSTEM_RANGE(1, 5000)");
            Map<String, Object> activity = admin.get(tenant + "/activity").json();

            assertThat(activity).containsEntry("connections", 1L).containsEntry("slowest", null);
            assertThat((List<?>) activity.get("sessions"))
                    .map(RestServerTest::map)
                    .anySatisfy(each -> assertThat(each)
                            .containsEntry("application", true)
                            .containsEntry("blockedBy", List.of())
                            .containsKeys("runningMillis", "transactionMillis", "waitsFor", "statement"));
            assertThat((List<?>) activity.get("largest"))
                    .map(each -> String.valueOf(map(each).get("name")).toLowerCase(Locale.ROOT))
                    .anyMatch(each -> each.endsWith(".large"));
        }
        RestCalls reader = RestCalls.as(server, new UserId(2), ApiKeyScope.READ_ONLY);
        assertThat(reader.get(tenant + "/activity").problem()).isEqualTo("403 access.not-allowed");
        assertThat(portal.get(tenant + "/activity").problem()).isEqualTo("403 access.not-allowed");
    }

    @Test
    void aPlanIsSwitched() {
        String tenant = tenant("switched");
        Object other = admin.post("/plans", "{\"name\": \"Larger\", \"maxUsers\": 7}")
                .json()
                .get("id");

        assertThat(admin.get(tenant + "/plan-switch?planId=" + other).json())
                .containsEntry(
                        "changes",
                        List.of(
                                Map.of("field", "planId", "from", Long.toString(plan), "to", String.valueOf(other)),
                                Map.of("field", "maxUsers", "from", "0", "to", "7")));
        admin.done(tenant + "/switch-plan", "{\"planId\": " + other + "}");
        assertThat(admin.get(tenant).json()).containsEntry("planId", other).containsEntry("maxUsers", 7L);
    }

    @Test
    void aPlanHasAPriceAndEntitlements() {
        Map<String, Object> created = admin.post(
                        "/plans",
                        "{\"name\": \"Sold\", \"price\": \"12.5 EUR/month\", \"billingUrl\":"
                                + " \"https://pay.example.com/{tenant}\", \"entitlements\": {\"api\": true, \"projects\": 10}}")
                .json();
        assertThat(created)
                .containsEntry("price", "12.50 EUR/month")
                .containsEntry("billingUrl", "https://pay.example.com/{tenant}")
                .containsEntry("entitlements", Map.of("api", true, "projects", 10L));
        Object sold = created.get("id");
        String tenant = tenant("entitled");
        assertThat(admin.get(tenant).json()).containsEntry("entitlements", Map.of());
        assertThat(admin.get(tenant + "/plan-switch?planId=" + sold).json().get("changes"))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .contains(
                        Map.of("field", "entitlements.api", "from", "none", "to", "true"),
                        Map.of("field", "entitlements.projects", "from", "none", "to", "10"));
        admin.done(tenant + "/switch-plan", "{\"planId\": " + sold + "}");
        assertThat(admin.get(tenant).json()).containsEntry("entitlements", Map.of("api", true, "projects", 10L));

        String path = "/plans/" + sold;
        assertThat(admin.patch(path, "{\"price\": null, \"billingUrl\": null}").json())
                .containsEntry("price", null)
                .containsEntry("version", 1L);
        assertThat(admin.patch(path, "{\"entitlements\": {\"projects\": 20}}").json())
                .containsEntry("entitlements", Map.of("projects", 20L))
                .containsEntry("version", 2L);
        assertThat(admin.get(path + "/versions?sort=number").items())
                .extracting(each -> each.get("entitlements"))
                .containsExactly(Map.of("api", true, "projects", 10L), Map.of("projects", 20L));
        assertThat(admin.get(tenant).json()).containsEntry("entitlements", Map.of("api", true, "projects", 10L));
        for (String malformed : List.of(
                "{\"entitlements\": {\"projects\": \"10\"}}",
                "{\"entitlements\": {\"projects\": 1.5}}",
                "{\"entitlements\": {\"projects\": null}}",
                "{\"price\": 12}")) {
            assertThat(admin.patch(path, malformed).problem()).as(malformed).isEqualTo("400 request.invalid");
        }
        for (String refused : List.of(
                "{\"entitlements\": {\"Projects\": 1}}",
                "{\"entitlements\": {\"projects\": 1234567890123456789}}",
                "{\"billingUrl\": \"http://pay.example.com\"}")) {
            assertThat(admin.patch(path, refused).problem()).as(refused).isEqualTo("422 plan.invalid");
        }
        assertThat(admin.patch(path, "{\"price\": \"12.505 EUR/month\"}").problem())
                .isEqualTo("422 configuration.invalid");
        assertThat(admin.patch(tenant, "{\"entitlements\": {}}").status()).isEqualTo(400);
    }

    @Test
    void fieldsThatAreNotSentStay() {
        String tenant = tenant("patched");

        assertThat(admin.patch(
                                tenant,
                                "{\"maxUsers\": 5, \"tags\": [\"eu\"], \"expiresAt\": \"2031-01-01T00:00:00Z\","
                                        + " \"maintenanceWindow\": \"22:00-04:00\", \"attributes\": {\"crm\": \"7\"}}")
                        .status())
                .isEqualTo(200);
        Map<String, Object> changed =
                admin.patch(tenant, "{\"expiresAt\": null}").json();

        assertThat(changed)
                .containsEntry("maxUsers", 5L)
                .containsEntry("tags", List.of("eu"))
                .containsEntry("maintenanceWindow", "22:00-04:00")
                .containsEntry("attributes", Map.of("crm", "7"))
                .containsEntry("expiresAt", null);
        assertThat(admin.get("/tenants?tag=eu&attribute=crm:7").items()).hasSize(1);
    }

    @Test
    void aLostUpdateIsRefused() {
        String tenant = tenant("contested");
        String seen = admin.get(tenant).header("etag");
        assertThat(seen).matches("\"[A-Za-z0-9_-]{20}\"");
        assertThat(admin.get(tenant, "If-None-Match", seen).status()).isEqualTo(304);

        Answer first = admin.patch(tenant, "{\"maxUsers\": 3}", "If-Match", seen);
        Answer second = admin.patch(tenant, "{\"maxUsers\": 4}", "If-Match", seen);

        assertThat(first.status()).isEqualTo(200);
        assertThat(second.problem()).isEqualTo("412 request.changed");
        assertThat(admin.get(tenant).json()).containsEntry("maxUsers", 3L);
        assertThat(admin.get(tenant).header("etag")).isEqualTo(first.header("etag"));
        assertThat(admin.patch(tenant, "{\"maxUsers\": 4}", "If-Match", first.header("etag"))
                        .status())
                .isEqualTo(200);
        assertThat(admin.post(tenant + "/suspend", null, "If-Match", seen).problem())
                .isEqualTo("400 request.invalid");
    }

    @Test
    void aRepeatedRequestReturnsTheFirstResult() {
        String order = "{\"planId\": " + plan + ", \"name\": \"once.localhost\"}";
        Answer first = admin.post("/tenants", order, "Idempotency-Key", "order-7");
        Answer again = admin.post("/tenants", order, "Idempotency-Key", "\"order-7\"");
        Answer other = admin.post("/tenants", order.replace("once", "twice"), "Idempotency-Key", "order-7");

        assertThat(again.json()).containsEntry("id", first.json().get("id"));
        assertThat(other.problem()).isEqualTo("409 idempotency.mismatch");
        String customer = "{\"name\": \"Once\"}";
        assertThat(admin.post("/customers", customer, "Idempotency-Key", "c").body())
                .isEqualTo(admin.post("/customers", customer, "Idempotency-Key", "c")
                        .body());
        assertThat(admin.post("/keys", "{\"name\": \"k\"}", "Idempotency-Key", "k")
                        .problem())
                .isEqualTo("400 request.invalid");
    }

    @Test
    void anotherCustomersRecordsDoNotExist() {
        String foreign = tenant("foreign");
        Map<String, Object> mine = portal.done("/tenants", "{\"planId\": " + plan + ", \"name\": \"mine\"}");
        String own = "/tenants/" + mine.get("tenantId");

        assertThat(portal.get(own).json()).containsEntry("ownerId", owner.id().value());
        assertThat(portal.get("/tenants").items())
                .extracting(each -> each.get("name"))
                .containsExactly("mine.localhost");
        for (String path : List.of(foreign, foreign + "/backups", foreign + "/plan-switch?planId=" + plan)) {
            assertThat(portal.get(path).problem()).as(path).isEqualTo("404 record.missing");
        }
        for (String verb : List.of("rename", "duplicate", "swap", "restore")) {
            String body = verb.equals("rename") ? "{\"name\": \"x\"}" : verb.equals("swap") ? "{\"withId\": 1}" : null;
            assertThat(portal.post(foreign + "/" + verb, body).status())
                    .as(verb)
                    .isIn(403, 404);
        }
        assertThat(portal.delete(foreign).problem()).isEqualTo("404 record.missing");
        assertThat(admin.get(foreign).json())
                .containsEntry("name", "foreign.localhost")
                .containsEntry("state", "open");
        for (String path : List.of("/servers", "/templates", "/events")) {
            assertThat(portal.get(path).problem()).as(path).isEqualTo("403 access.not-allowed");
        }
        assertThat(portal.patch(own, "{\"maxUsers\": 9}").problem()).isEqualTo("403 access.not-allowed");
        assertThat(portal.post("/tenants", "{\"planId\": " + plan + ", \"trial\": true}")
                        .problem())
                .isEqualTo("403 access.not-allowed");
        assertThat(portal.get("/customers").items()).hasSize(1);
        assertThat(portal.get("/accounts").items()).hasSize(1);
        assertThat(portal.get("/me").json()).containsEntry("login", "owner@example.com");
        assertThat(portal.get("/offers").items()).isNotEmpty();
    }

    @Test
    void aKeyIsLimitedToItsScope() {
        String tenant = tenant("scoped");
        RestCalls reader = RestCalls.as(server, new UserId(2), ApiKeyScope.READ_ONLY);
        RestCalls limited = RestCalls.as(server, new UserId(2), ApiKeyScope.ofCustomer(owner.customerId()));

        assertThat(reader.get(tenant).status()).isEqualTo(200);
        assertThat(reader.get("/events").status()).isEqualTo(200);
        assertThat(reader.post(tenant + "/suspend", "not even JSON").problem()).isEqualTo("403 access.not-allowed");
        assertThat(limited.get(tenant).problem()).isEqualTo("404 record.missing");
        assertThat(limited.get("/events").problem()).isEqualTo("403 access.not-allowed");
        assertThat(admin.withKey("").get(tenant).problem()).isEqualTo("401 access.denied");
        Answer wrong = admin.withKey("0123456789abcdef0123456789abcdef01234567").get(tenant);
        assertThat(wrong.problem()).isEqualTo("401 access.denied");
        assertThat(wrong.header("www-authenticate")).startsWith("Bearer");
    }

    @Test
    void keysAreMadeReplacedAndRevoked() {
        Map<String, Object> made = admin.post("/keys", "{\"name\": \"ci\", \"scope\": \"read-only\"}")
                .json();
        RestCalls other = admin.withKey((String) made.get("secret"));
        Object id = ((Map<?, ?>) made.get("apiKey")).get("id");

        assertThat(other.get("/me").status()).isEqualTo(200);
        assertThat(admin.get("/keys/" + id).json())
                .containsEntry("scope", "read-only")
                .doesNotContainKey("secret");
        Map<String, Object> next = admin.post("/keys/" + id + "/rotate", "{}").json();
        assertThat(other.get("/me").status()).isEqualTo(401);
        other = admin.withKey((String) next.get("secret"));
        assertThat(other.get("/me").status()).isEqualTo(200);
        assertThat(admin.delete("/keys/" + ((Map<?, ?>) next.get("apiKey")).get("id"))
                        .status())
                .isEqualTo(204);
        assertThat(other.get("/me").status()).isEqualTo(401);
    }

    @Test
    void pagesHaveEachRecordOnceWhileOthersAreInserted() {
        IntStream.range(0, 23)
                .forEach(i ->
                        server.saas().customers().create("Page " + i % 5, i % 3 == 0 ? null : i + "@page.example"));
        for (String sort : List.of("", "&sort=name", "&sort=-name", "&sort=email", "&sort=-email,name", "&sort=-id")) {
            String first = "/customers?limit=4&where=name~page" + sort;
            List<Map<String, Object>> found = new ArrayList<>();
            String next = first;
            while (next != null) {
                Answer page = admin.get(next);
                assertThat(page.status()).as(page.body()).isEqualTo(200);
                found.addAll(page.items());
                Object after = page.json().get("next");
                next = after == null ? null : first + "&after=" + after;
                server.saas().customers().create("Inserted page", null);
            }
            List<Object> ids = found.stream()
                    .filter(each -> String.valueOf(each.get("name")).startsWith("Page"))
                    .map(each -> each.get("id"))
                    .toList();
            assertThat(ids).as(sort).doesNotHaveDuplicates().hasSize(23);
        }
        assertThat(admin.pages("/customers?limit=4&where=name~Page+1&sort=-name"))
                .hasSize(5);
        assertThat(admin.get("/customers?email=1@page.example").items()).hasSize(1);
        assertThat(admin.get("/customers?email=&where=name~Page+0").items())
                .allMatch(each -> each.get("email") == null);
        assertThat(admin.get("/customers?email=1@page.example&email=2@page.example")
                        .items())
                .hasSize(2);
        String next = (String) admin.get("/customers?limit=1&sort=name").json().get("next");
        assertThat(admin.get("/customers?limit=1&sort=-name&after=" + next).problem())
                .isEqualTo("400 request.invalid");
    }

    @Test
    void anExportIsPreparedAndSentInParts() throws Exception {
        String tenant = tenant("exported");
        String archive = tenant + "/export/archive";
        assertThat(admin.get(tenant + "/export").problem()).isEqualTo("404 record.missing");
        assertThat(admin.get(archive).problem()).isEqualTo("404 record.missing");
        Object made = admin.done(tenant + "/export", null).get("uuid");

        Map<String, Object> shown = admin.get(tenant + "/export").json();
        assertThat(shown).containsEntry("id", made);
        HttpResponse<byte[]> all = admin.download("GET", archive);
        assertThat(all.statusCode()).isEqualTo(200);
        assertThat(all.headers().firstValue("content-type")).contains("application/zip");
        int size = all.body().length;
        assertThat(shown).containsEntry("bytes", (long) size);
        assertThat(new ZipInputStream(new ByteArrayInputStream(all.body())).getNextEntry())
                .isNotNull();
        String tag = all.headers().firstValue("etag").orElseThrow();
        HttpResponse<byte[]> rest = admin.download("GET", archive, "Range", "bytes=100-", "If-Range", tag);
        assertThat(rest.statusCode()).isEqualTo(206);
        assertThat(rest.headers().firstValue("content-range")).contains("bytes 100-" + (size - 1) + "/" + size);
        assertThat(rest.body()).isEqualTo(Arrays.copyOfRange(all.body(), 100, size));
        assertThat(admin.download("GET", archive, "Range", "bytes=3-4").body())
                .isEqualTo(Arrays.copyOfRange(all.body(), 3, 5));
        Answer outside = admin.get(archive, "Range", "bytes=" + size + "-");
        assertThat(outside.problem()).isEqualTo("416 request.invalid");
        assertThat(outside.header("content-range")).isEqualTo("bytes */" + size);
        HttpResponse<byte[]> head = admin.download("HEAD", archive);
        assertThat(head.headers().firstValue("content-length")).contains(Integer.toString(size));
        assertThat(portal.get(archive).problem()).isEqualTo("404 record.missing");
        assertThat(RestCalls.as(server, new UserId(2), ApiKeyScope.READ_ONLY)
                        .get(archive)
                        .problem())
                .isEqualTo("403 access.not-allowed");
    }

    @Test
    void aWebhookIsMadeTriedChangedAndDeletedByItsCustomer() {
        Answer made = portal.post(
                "/webhooks", "{\"url\": \"https://receiver.example/hook\", \"eventTypes\": [\"tenant.created\"]}");
        assertThat(made.status()).as(made.body()).isEqualTo(201);
        Map<?, ?> endpoint = (Map<?, ?>) made.json().get("endpoint");
        String one = "/webhooks/" + endpoint.get("id");
        assertThat(made.header("location")).isEqualTo("/api/v1" + one);
        String secret = (String) made.json().get("secret");
        assertThat(secret).startsWith("whsec_");
        assertThat(endpoint.get("customerId")).isEqualTo(owner.customerId().value());
        Answer rotated = portal.post(one + "/rotate-secret", null);
        assertThat((String) rotated.json().get("secret")).startsWith("whsec_").isNotEqualTo(secret);

        Answer shown = portal.get(one);
        assertThat(shown.body()).doesNotContain("whsec_");
        assertThat(portal.get("/webhooks?signing=hmac_sha256").items()).containsExactly(shown.json());
        assertThat(portal.patch(one, "{\"inOrder\": true}", "If-Match", "\"other\"")
                        .problem())
                .isEqualTo("412 request.changed");
        assertThat(portal.patch(one, "{\"inOrder\": true}", "If-Match", shown.header("etag"))
                        .json())
                .containsEntry("inOrder", true)
                .containsEntry("eventTypes", List.of("tenant.created"));
        Map<String, Object> sent = portal.post(one + "/test", null).json();
        assertThat(sent).containsEntry("type", "webhook.test").containsEntry("state", "waiting");
        String message = "/webhook-messages/" + sent.get("id");
        assertThat(portal.get(one + "/messages?type=webhook.test").items())
                .extracting(each -> each.get("id"))
                .containsExactly(sent.get("id"));
        assertThat(portal.get(one + "/messages?type=signed_up").items()).isEmpty();
        assertThat(portal.get(message + "/attempts").status()).isEqualTo(200);
        assertThat(portal.post(message + "/resend", null).json()).containsEntry("webhookId", sent.get("webhookId"));
        assertThat(portal.post(one + "/recover", "{\"since\": \"2026-01-01T00:00:00Z\"}")
                        .status())
                .isEqualTo(204);

        assertThat(portal.post(one + "/disable", "{\"reason\": \"moved\"}").json())
                .containsEntry("disabledReason", "moved");
        assertThat(portal.post(one + "/test", null).problem()).isEqualTo("409 webhook.disabled");
        assertThat(portal.post(one + "/enable", null).json()).containsEntry("disabledReason", null);
        assertThat(portal.delete(one).status()).isEqualTo(204);
        assertThat(portal.get(one).problem()).isEqualTo("404 record.missing");
        assertThat(portal.post(message + "/resend", null).problem()).isEqualTo("404 record.missing");
    }

    @Test
    void webhooksExistOnlyForThoseWhoMayManageThem() {
        String body = "{\"url\": \"https://receiver.example/operators\"}";
        Object id = ((Map<?, ?>) admin.post("/webhooks", body).json().get("endpoint")).get("id");
        RestCalls reader = RestCalls.as(server, new UserId(2), ApiKeyScope.READ_ONLY);
        RestCalls ofPlan = RestCalls.as(server, new UserId(2), ApiKeyScope.ofPlan(new PlanId(plan)));

        assertThat(portal.get("/webhooks/" + id).problem()).isEqualTo("404 record.missing");
        assertThat(portal.post("/webhooks/" + id + "/rotate-secret", null).problem())
                .isEqualTo("404 record.missing");
        assertThat(reader.get("/webhooks/" + id).body()).contains("/operators").doesNotContain("whsec_");
        assertThat(reader.post("/webhooks/" + id + "/rotate-secret", null).problem())
                .isEqualTo("403 access.not-allowed");
        assertThat(reader.post("/webhooks", body).problem()).isEqualTo("403 access.not-allowed");
        assertThat(ofPlan.get("/webhooks/" + id).problem()).isEqualTo("404 record.missing");
        assertThat(admin.delete("/webhooks/" + id).status()).isEqualTo(204);
    }

    @Test
    void aFeedIsMadeChangedAndDeletedByAdministrators() {
        String feed = "{\"url\": \"https://receiver.example/events\", \"usageFormat\": \"lago\","
                + " \"usageMetric\": \"seats\", \"usageSubject\": \"lago\", \"token\": \"key-of-lago\"}";
        assertThat(portal.post("/webhooks", feed).problem()).isEqualTo("422 webhook.invalid");
        Answer made = admin.post("/webhooks", feed);
        assertThat(made.status()).as(made.body()).isEqualTo(201);
        Map<?, ?> endpoint = (Map<?, ?>) made.json().get("endpoint");
        String one = "/webhooks/" + endpoint.get("id");
        assertThat(endpoint.get("eventTypes")).isEqualTo(List.of("usage.closed"));
        assertThat(made.body() + admin.get(one).body()).doesNotContain("key-of-lago");

        assertThat(admin.patch(one, "{\"usageCode\": \"people\", \"usageSubject\": null}")
                        .json())
                .containsEntry("usageCode", "people")
                .containsEntry("usageSubject", null)
                .containsEntry("usageMetric", "seats");
        assertThat(admin.post(one + "/token", "{\"token\": \"two words\"}").problem())
                .isEqualTo("422 webhook.invalid");
        assertThat(admin.post(one + "/token", "{\"token\": null}").status()).isEqualTo(204);
        assertThat(admin.delete(one).status()).isEqualTo(204);
    }

    @Test
    void eventsAreFollowedWithoutGapsAndRepetitions() {
        Answer start = admin.get("/events?limit=200");
        assertThat(start.status()).as(start.body()).isEqualTo(200);
        Object next = start.json().get("next");
        while (Boolean.TRUE.equals(start.json().get("more"))) {
            start = admin.get("/events?limit=200&after=" + next);
            next = start.json().get("next");
        }
        String tenant = tenant("followed");
        admin.post(tenant + "/suspend", null);
        admin.post(tenant + "/resume", null);

        List<Object> types = new ArrayList<>();
        boolean more = true;
        while (more) {
            Answer page = admin.get("/events?limit=1&tenantId=" + tenant.substring(9) + "&after=" + next);
            page.items().forEach(each -> types.add(each.get("type")));
            next = page.json().get("next");
            more = Boolean.TRUE.equals(page.json().get("more"));
        }

        assertThat(types).containsExactly("tenant_created", "tenant_suspended", "tenant_resumed");
        assertThat(admin.get("/events?after=" + next + "&tenantId=" + tenant.substring(9))
                        .items())
                .isEmpty();
        assertThat(admin.get("/events?after=9.0.").problem()).isEqualTo("422 query.invalid");
    }

    @Test
    void aBackupIsMadeRestoredAndDeleted() {
        String tenant = tenant("saved");
        Map<String, Object> made = admin.done(tenant + "/backups", null);
        String backup = tenant + "/backups/" + made.get("uuid");

        assertThat(admin.get(tenant + "/backups").items())
                .containsExactly(admin.get(backup).json());
        assertThat(admin.get(backup).json())
                .containsEntry("id", made.get("uuid"))
                .containsEntry("name", "saved.localhost")
                .containsEntry("madeBy", "administrator");
        assertThat(number(admin.get(tenant + "/backup-usage").json().get("tenantBytes")))
                .isPositive();
        Map<String, Object> restored = admin.done(backup + "/restore", "{\"name\": \"restored.localhost\"}");
        assertThat(admin.get("/tenants/" + restored.get("tenantId")).json())
                .containsEntry("name", "restored.localhost")
                .containsEntry("state", "open");
        assertThat(admin.get(tenant + "/swap-candidates").items())
                .extracting(each -> each.get("id"))
                .containsExactly(restored.get("tenantId"));
        admin.done(tenant + "/swap", "{\"withId\": " + restored.get("tenantId") + ", \"neutralised\": true}");
        admin.done(backup + "/restore-in-place", null);
        assertThat(portal.delete(backup).problem()).isEqualTo("403 access.not-allowed");
        assertThat(admin.delete(backup).status()).isEqualTo(204);
        assertThat(admin.get(backup).problem()).isEqualTo("404 record.missing");
    }

    @Test
    void aCampaignSwitchesThePlanOfItsTenants() {
        Object from = admin.post("/plans", "{\"name\": \"Old\"}").json().get("id");
        Object to = admin.post("/plans", "{\"name\": \"New\", \"maxUsers\": 9}")
                .json()
                .get("id");
        Object tenant = admin.done("/tenants", "{\"planId\": " + from + ", \"name\": \"campaign.localhost\"}")
                .get("tenantId");
        String wanted = "{\"change\": \"plan\", \"planId\": " + from + ", \"toPlanId\": " + to + "}";

        Answer started = admin.post("/campaigns", wanted, "Idempotency-Key", "switch", "Prefer", "wait=30");
        assertThat(started.json()).containsEntry("kind", "campaign").containsEntry("state", "done");
        assertThat(admin.post("/campaigns", wanted, "Idempotency-Key", "switch").json())
                .containsEntry("id", started.json().get("id"));

        String campaign = "/campaigns/" + started.json().get("id");
        assertThat(admin.get(campaign).json()).containsEntry("done", 1L).containsEntry("failed", 0L);
        assertThat(admin.get(campaign + "/failures").items()).isEmpty();
        assertThat(admin.get("/campaigns").items())
                .extracting(each -> each.get("id"))
                .contains(started.json().get("id"));
        assertThat(admin.get("/tenants/" + tenant).json()).containsEntry("planId", to);
        assertThat(admin.post("/campaigns", "{\"change\": \"plan\"}").problem()).isEqualTo("400 request.invalid");
        assertThat(portal.post("/campaigns", wanted).problem()).isEqualTo("403 access.not-allowed");
    }

    @Test
    void aDomainIsAddedAndRemoved() {
        String tenant = tenant("domains");

        Answer added = admin.post(tenant + "/domains", "{\"host\": \"Shop.Example.com\"}");

        assertThat(added.status()).as(added.body()).isEqualTo(201);
        assertThat(admin.get(tenant + "/domains").items()).containsExactly(added.json());
        assertThat(admin.get(tenant + "/domain-instructions?host=shop.example.com")
                        .json())
                .containsEntry("text", null);
        assertThat(admin.post(tenant + "/domains", "{\"host\": \"none\"}").problem())
                .isEqualTo("422 domain.host-invalid");
        assertThat(admin.delete("/domains/" + added.json().get("id")).status()).isEqualTo(204);
        assertThat(admin.get(tenant + "/domains").items()).isEmpty();
    }

    @Test
    void aServerIsRegisteredEmptiedAndRemoved() {
        Answer made = admin.post(
                "/servers",
                "{\"name\": \"second\", \"backend\": \"h2\", \"settings\": {\"path\": \"" + folder.resolve("second")
                        + "\"}, \"active\": false, \"labels\": {\"region\": \"eu\"}}");
        assertThat(made.status()).as(made.body()).isEqualTo(201);
        String second = "/servers/" + made.json().get("id");
        assertThat(admin.patch(
                                second,
                                "{\"draining\": true}",
                                "If-Match",
                                String.valueOf(admin.get(second).header("etag")))
                        .json())
                .containsEntry("draining", true)
                .containsEntry("labels", Map.of("region", "eu"));
        assertThat(map(admin.get(second + "/status").json().get("health"))).containsKey("up");
        assertThat(admin.delete(second).status()).isEqualTo(204);
        assertThat(admin.get(second).problem()).isEqualTo("404 record.missing");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object json) {
        return (Map<String, Object>) json;
    }

    @Test
    void accountsAndCustomersAreAdministered() {
        Answer created = admin.post(
                "/accounts",
                "{\"login\": \"New@Example.com\", \"name\": \"Nora New\", \"password\": \"a long password\"}");
        Map<String, Object> account = created.json();
        String path = "/accounts/" + account.get("id");
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.header("location")).isEqualTo("/api/v1" + path);
        assertThat(created.header("etag")).isEqualTo(admin.get(path).header("etag"));
        assertThat(account)
                .containsEntry("login", "new@example.com")
                .containsEntry("role", "portal")
                .doesNotContainKey("password");
        assertThat(admin.patch(path, "{\"name\": \"Nora Newer\"}").json()).containsEntry("name", "Nora Newer");
        assertThat(admin.post(path + "/set-password", "{\"password\": \"another password\"}")
                        .status())
                .isEqualTo(204);
        assertThat(server.saas().accounts().authenticate("new@example.com", "another password", null))
                .isPresent();
        assertThat(admin.delete(path).status()).isEqualTo(204);
        assertThat(admin.get(path).problem()).isEqualTo("404 record.missing");
        String customer = "/customers/" + account.get("customerId");
        assertThat(admin.patch(customer, "{\"attributes\": {\"crm\": \"12\"}}").json())
                .containsEntry("attributes", Map.of("crm", "12"));
        assertThat(admin.delete(customer).status()).isEqualTo(204);
        assertThat(server.saas().customers().find(new CustomerId(number(account.get("customerId")))))
                .isEmpty();
    }
}
