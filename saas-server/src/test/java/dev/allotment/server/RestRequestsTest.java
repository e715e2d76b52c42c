// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.UserId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.server.RestCalls.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the REST API does with each of its operations, and with requests that are wrong. */
class RestRequestsTest {
    private static final int MEGABYTE = 1024 * 1024;

    private static RunningServer server;
    private static RestCalls admin;
    private static RestCalls reader;

    private record Operation(String method, String path, Map<?, ?> described) {
        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    @BeforeAll
    static void start() throws Exception {
        server = ServerContract.start(List.of("--data", "memory"));
        admin = RestCalls.as(server, new UserId(2), ApiKeyScope.EVERYTHING);
        reader = RestCalls.as(server, new UserId(2), ApiKeyScope.READ_ONLY);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Map<String, Object> document() {
        return admin.withKey("").get("/openapi.json").json();
    }

    private static List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        ((Map<?, ?>) document().get("paths"))
                .forEach((path, methods) -> ((Map<?, ?>) methods)
                        .forEach((method, described) -> operations.add(new Operation(
                                method.toString().toUpperCase(Locale.ROOT),
                                path.toString()
                                        .replace("{backup}", "3f2b8c1e-6d1a-4c55-9b0e-2f7d8e9a0c11")
                                        .replaceAll("\\{[a-z]+}", "999999999"),
                                (Map<?, ?>) described))));
        return operations;
    }

    @Test
    void everyOperationOfTheDocumentAnswersAsItSays() {
        List<Operation> all = operations();
        assertThat(all).hasSizeGreaterThan(60);
        for (Operation each : all) {
            Answer stranger = admin.withKey("").send(each.method(), each.path(), null);
            assertThat(stranger.problem()).as(each.toString()).isEqualTo("401 access.denied");

            boolean readable = each.described().get("security").toString().contains("read-only");
            Answer read = reader.send(each.method(), each.path(), null);
            if (readable) {
                assertThat(read.status())
                        .as(each.toString())
                        .isNotIn(401, 403, 405)
                        .isLessThan(500);
            } else {
                assertThat(read.problem()).as(each.toString()).isEqualTo("403 access.not-allowed");
            }

            Answer answer = admin.send(each.method(), each.path(), null);
            assertThat(answer.status())
                    .as(each + " " + answer.body())
                    .isNotIn(401, 403, 405)
                    .isLessThan(500);
            if (answer.status() >= 400) {
                assertThat(answer.header("content-type")).as(each.toString()).isEqualTo("application/problem+json");
                assertThat(answer.json())
                        .as(each.toString())
                        .containsKeys("type", "title", "detail", "code", "retryable")
                        .containsEntry("status", (long) answer.status())
                        .doesNotContainEntry("code", "request.path");
            } else {
                assertThat(map(each.described().get("responses"))).containsKey(Integer.toString(answer.status()));
            }
        }
    }

    /** An object has the properties of its schema, no more and no fewer. */
    @Test
    void recordsHaveThePropertiesOfTheirSchemas() {
        Map<String, Object> schemas = map(map(document().get("components")).get("schemas"));
        Map<String, String> lists = Map.of(
                "/plans", "Plan",
                "/accounts", "User",
                "/customers", "Customer",
                "/keys", "ApiKey",
                "/servers", "Server",
                "/events", "Event");
        lists.forEach((path, schema) -> {
            List<Map<String, Object>> items = admin.get(path).items();
            assertThat(items).as(path).isNotEmpty();
            assertThat(items.get(0).keySet())
                    .as(path)
                    .isEqualTo(map(map(schemas.get(schema)).get("properties")).keySet());
        });
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object json) {
        return (Map<String, Object>) json;
    }

    static Stream<String> wrongBodies() {
        return Stream.of(
                "",
                "null",
                "[]",
                "\"text\"",
                "{\"name\": \"x\", \"name\": \"y\"}",
                "{\"name\": \"x\"} {}",
                "{\"name\": }",
                "{\"name\": \"x\", \"unknown\": 1}",
                "{\"name\": 5}",
                "{\"name\": null}",
                "{\"name\": [\"x\"]}",
                "{\"name\": \"a\\u0000b\"}",
                "{\"name\": \"\\ud800\"}",
                "{\"name\": \"x\", \"maxUsers\": 1e400}",
                "{\"name\": \"x\", \"maxUsers\": 1.5}",
                "{\"name\": \"x\", \"maxUsers\": \"1\"}",
                "{\"name\": \"x\", \"maxUsers\": 2147483648}",
                "{\"name\": \"x\", \"maxUsers\": 99999999999999999999999999}",
                "{\"name\": \"x\", \"maxUsers\": " + "9".repeat(5000) + "}",
                "{\"name\": \"x\", \"published\": \"true\"}",
                "{\"name\": \"x\", \"tags\": {}}",
                "{\"name\": \"x\", \"tags\": [null]}",
                "{\"name\": \"x\", \"attributes\": {\"a\": 1}}",
                "{\"name\": \"x\", \"serverId\": 0}",
                "{\"name\": \"x\", \"serverId\": -1}",
                "{\"name\": \"x\", \"maintenanceWindow\": \"noon\"}",
                "{\"name\": \"x\", \"backups\": \"sometimes\"}",
                "{\"name\": \"" + "x".repeat(2_000_000) + "\"}",
                "{\"name\": " + "[".repeat(10_000) + "]".repeat(10_000) + "}",
                "{\"attributes\": {\"a\": " + "{\"a\":".repeat(100) + "1" + "}".repeat(100) + "}}");
    }

    @ParameterizedTest
    @MethodSource("wrongBodies")
    void aWrongBodyIsAProblemAndChangesNothing(String body) {
        int before = admin.pages("/plans").size();

        Answer answer = admin.post("/plans", body);

        assertThat(answer.status()).as(answer.body()).isIn(400, 422);
        assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
        assertThat((String) answer.json().get("detail"))
                .isNotBlank()
                .hasSizeLessThan(2000)
                .doesNotContain("Exception", "com.", "java.");
        assertThat(admin.pages("/plans")).hasSize(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?unknown=1",
                "?limit=0",
                "?limit=201",
                "?limit=99999999999999999999",
                "?limit=1&limit=2",
                "?limit",
                "?after=x",
                "?after=W10",
                "?after=bnVsbA",
                "?sort=tags",
                "?sort=name,,id",
                "?sort=unknown",
                "?sort=id,name,sequence,lang",
                "?where=name",
                "?where=unknown!=1",
                "?where=maxUsers%3Eabc",
                "?maxUsers=abc",
                "?maxUsers=99999999999999999999",
                "?published=yes",
                "?createdAt=yesterday",
                "?name=%00",
                "?attribute=x"
            })
    void aWrongParameterIsAProblem(String query) {
        Answer answer = admin.get("/plans" + query);

        assertThat(answer.problem()).as(answer.body()).isEqualTo("400 request.invalid");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nothing",
                "/plans/0",
                "/plans/-1",
                "/plans/x",
                "/plans/1/x",
                "/plans/9999999999999999999999",
                "/tenants/1/backups/1",
                "/tenants/1/backups/3f2b8c1e-6d1a-4c55-9b0e-2f7d8e9a0c1"
            })
    void anUnknownPathIsAProblem(String path) {
        assertThat(admin.get(path).problem()).isEqualTo("404 request.path");
    }

    @Test
    void aMethodThatAPathLacksIsNamedWithThoseThatItHas() {
        Answer wrong = admin.send("PUT", "/plans/1", "{}");
        assertThat(wrong.problem()).isEqualTo("405 request.method");
        assertThat(wrong.header("allow")).isEqualTo("DELETE, GET, HEAD, OPTIONS, PATCH");
        Answer options = admin.withKey("").send("OPTIONS", "/plans", null);
        assertThat(options.status()).isEqualTo(204);
        assertThat(options.header("allow")).isEqualTo("GET, HEAD, OPTIONS, POST");
        assertThat(options.header("access-control-allow-origin")).isNull();
        Answer head = admin.send("HEAD", "/customers", null);
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.header("etag")).isEqualTo(admin.get("/customers").header("etag"));
    }

    @Test
    void onlyJsonIsTaken() {
        assertThat(admin.post("/plans", "name=x", "Content-Type", "application/x-www-form-urlencoded")
                        .problem())
                .isEqualTo("415 request.media-type");
        assertThat(admin.post("/plans", "not gzip", "Content-Encoding", "gzip").problem())
                .isEqualTo("400 request.malformed");
        assertThat(admin.post("/plans", "{}", "Content-Encoding", "br").problem())
                .isEqualTo("415 request.refused");
        assertThat(admin.post("/plans", "{\"name\": \"" + "x".repeat(9 * MEGABYTE) + "\"}")
                        .status())
                .isEqualTo(413);
    }

    @Test
    void aRuleThatForbidsItIsAProblemWithItsCode() {
        Answer invalid = admin.post("/plans", "{\"name\": \"x\", \"maxUsers\": -1}");
        assertThat(invalid.problem()).isEqualTo("422 plan.invalid");
        assertThat(invalid.json())
                .containsEntry("retryable", false)
                .hasEntrySatisfying(
                        "type", type -> assertThat((String) type).endsWith("/errors.md#:~:text=plan.invalid"));
        assertThat(admin.post("/tenants", "{\"planId\": 4711}").problem()).isEqualTo("422 record.missing");
        assertThat(admin.post("/tenants/4711/resume", null).problem()).isEqualTo("404 record.missing");
        assertThat(admin.delete("/servers/1").problem()).isEqualTo("409 server.in-use");
    }

    @Test
    void theReferenceAndTheDocumentNeedNoKey() {
        RestCalls stranger = admin.withKey("");
        Answer page = stranger.get("/api/v1");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.header("content-type")).startsWith("text/html");
        assertThat(page.header("content-security-policy")).contains("default-src 'none'");
        assertThat(stranger.get("/api").header("location")).isEqualTo("/api/v1");
        Answer document = stranger.get("/openapi.json");
        assertThat(document.json()).containsEntry("openapi", "3.1.0");
        assertThat(stranger.get("/openapi.json", "If-None-Match", document.header("etag"))
                        .status())
                .isEqualTo(304);
        Set<String> scopes = operations().stream()
                .flatMap(each -> ((List<?>) each.described().get("security")).stream())
                .map(String::valueOf)
                .collect(Collectors.toSet());
        assertThat(scopes)
                .containsExactlyInAnyOrder(
                        "{apiKey=[everything]}",
                        "{apiKey=[read-only]}",
                        "{apiKey=[customer]}",
                        "{apiKey=[plan]}",
                        "{apiKey=[payments]}");
    }
}
