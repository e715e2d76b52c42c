// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.NewApiKey;
import dev.allotment.spi.protocol.ProtocolAdapter;
import dev.allotment.spi.protocol.ProtocolAdapter.Answer;
import dev.allotment.spi.protocol.ProtocolAdapter.Call;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Any bytes as the body of a REST request, as its query, as the rest of the path, and as its headers. */
class RestFuzzTest {
    private static final ProtocolAdapter REST = FuzzedPortal.protocol("rest");

    /** A portal user may change little, so the control plane stays small. */
    private static final String KEY = newKey();

    @FuzzTest(maxDuration = "10m")
    void anyRequestIsAnswered(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        for (String path : List.of("/plans", "/customers", "/accounts", "/templates", "/tenants/999/swap")) {
            answer("POST", path, input, "", Map.of());
        }
        answer("PATCH", "/tenants/1", input, "", Map.of());
        answer("PATCH", "/plans/1", input, "", Map.of());
        answer("GET", "/tenants", new byte[0], text, Map.of());
        answer("GET", "/plans", new byte[0], "where=" + text, Map.of());
        answer("GET", "/customers", new byte[0], "sort=" + text, Map.of());
        answer("GET", "/operations", new byte[0], "after=" + text, Map.of());
        answer("GET", "/" + text, new byte[0], "", Map.of());
        answer(
                "POST",
                "/tenants/999/duplicate",
                new byte[0],
                "",
                Map.of("prefer", text, "idempotency-key", text, "if-none-match", text));
        answer("PATCH", "/tenants/999", new byte[0], "", Map.of("if-match", text, "content-type", text));
        assertThat(answer("GET", "/me", new byte[0], "", Map.of("authorization", "Bearer " + text)))
                .isIn(401, 429);
    }

    private static String newKey() {
        return FuzzedPortal.SAAS
                .actingAs(new UserId(3))
                .apiKeys()
                .create(new NewApiKey(
                        "fuzz", ApiKeyScope.EVERYTHING, Instant.now().plus(Duration.ofDays(1))))
                .secret();
    }

    private static int answer(String method, String path, byte[] body, String query, Map<String, String> more) {
        Map<String, String> headers = new HashMap<>();
        headers.put("content-type", "application/json");
        headers.put("authorization", "Bearer " + KEY);
        headers.putAll(more);
        Answer answer = REST.handle(new Call("/api/v1" + path, headers, body, "192.0.2.1", false, method, query));
        String text = new String(answer.body(), StandardCharsets.UTF_8);
        assertThat(answer.status()).as(method + " " + path + " " + text).isLessThan(500);
        assertThat(text).doesNotContain("Internal error, reference", "java.", "Exception in");
        return answer.status();
    }
}
