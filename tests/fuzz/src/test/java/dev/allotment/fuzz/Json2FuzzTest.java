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
import java.util.Map;

/** Any bytes as the body of a JSON-2 call, as an idempotency key, and as the rest of the path. */
class Json2FuzzTest {
    private static final ProtocolAdapter JSON_2 = FuzzedPortal.protocol("json2");
    private static final String KEY = FuzzedPortal.SAAS
            .actingAs(new UserId(2))
            .apiKeys()
            .create(new NewApiKey("fuzz", ApiKeyScope.READ_ONLY, null))
            .secret();

    @FuzzTest(maxDuration = "10m")
    void anyBodyIsAnswered(byte[] body) {
        for (String path : new String[] {
            "/json/2/res.users/search_read", "/json/2/saas_portal.client/write", "/json/2/res.partner/create"
        }) {
            answer(path, body, "bearer " + KEY);
        }
        String text = new String(body, StandardCharsets.UTF_8);
        answer("/json/2/" + text, new byte[0], "bearer " + KEY);
        answer("/doc-bearer/" + text + ".json", new byte[0], "bearer " + KEY);
        assertThat(answer("/json/2/res.users/read", body, "bearer " + text)).isIn(400, 401, 404, 415, 422, 429);
    }

    private static int answer(String path, byte[] body, String authorization) {
        Answer answer = JSON_2.handle(new Call(
                path,
                Map.of(
                        "content-type",
                        "application/json",
                        "authorization",
                        authorization,
                        "idempotency-key",
                        new String(body, StandardCharsets.UTF_8)),
                body,
                "192.0.2.1",
                false,
                path.startsWith("/doc") ? "GET" : "POST"));
        String text = new String(answer.body(), StandardCharsets.UTF_8);
        assertThat(answer.status()).as(text).isLessThan(500);
        assertThat(text).doesNotContain("Internal error, reference", "java.", "Exception in");
        return answer.status();
    }
}
