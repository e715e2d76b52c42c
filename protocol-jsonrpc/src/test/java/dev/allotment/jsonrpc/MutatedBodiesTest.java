// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.allotment.spi.protocol.ProtocolAdapter.Answer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Bodies with random damage. The random seed is fixed. */
class MutatedBodiesTest {
    private static final int BODIES = 20_000;

    private static final List<String> SEEDS = List.of(
            "{\"jsonrpc\": \"2.0\", \"method\": \"call\", \"id\": 12, \"params\": {\"service\": \"object\", \"method\":"
                    + " \"execute_kw\", \"args\": [\"db\", 2, \"pw\", \"res.users\", \"read\", [[1, -2.5e3]],"
                    + " {\"fields\": [\"a\", \"\\u00e9\\n\"], \"b\": null, \"c\": true}]}}",
            "{\"params\": {\"service\": \"é€😀\", \"method\": \"m\", \"args\": [[[[]]], {}, {\"\": {}}]}, \"id\": \"a\"}");

    private static final List<String> PIECES = List.of(
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\\",
            "\\u",
            "\\ud800",
            "null",
            "true",
            "NaN",
            "1e999",
            "-",
            "0",
            "99999999999999999999",
            "\u0000",
            "\ufeff",
            "😀",
            "//",
            "/*",
            "'",
            "\"id\": {}, ",
            "\"params\": 1, ");

    private enum Outcome {
        RESULT,
        ERROR,
        REFUSED
    }

    private final JsonRpcExchange exchange = JsonRpcExchange.withOneUser();

    @Test
    void areAnsweredWithAResultOrAnErrorThatIsNoDefect() {
        Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
        assertTimeoutPreemptively(Duration.ofMinutes(2), () -> run(outcomes));

        assertThat(outcomes)
                .containsOnlyKeys(Outcome.values())
                .allSatisfy(
                        (outcome, count) -> assertThat(count).as(outcome.name()).isGreaterThan(100));
    }

    private void run(Map<Outcome, Integer> outcomes) {
        Random random = new Random(20_260_131);
        for (int i = 0; i < BODIES; i++) {
            byte[] body = SEEDS.get(random.nextInt(SEEDS.size())).getBytes(StandardCharsets.UTF_8);
            for (int times = random.nextInt(4); times >= 0; times--) {
                body = mutated(body, random);
            }
            Answer answer = exchange.answer("/jsonrpc", body);
            String shown = "body " + i + ": " + new String(body, StandardCharsets.UTF_8);
            outcomes.merge(outcome(JsonRpcExchange.text(answer), answer.status(), shown), 1, Integer::sum);
        }
    }

    private static Outcome outcome(String text, int status, String shown) {
        assertThat(text)
                .as(shown)
                .startsWith("{\"jsonrpc\":\"2.0\",\"id\":")
                .endsWith("}")
                .doesNotContain("Internal error", "Exception", "jackson", "java.");
        if (status == 400) {
            assertThat(text).as(shown).containsAnyOf("\"code\":-32700", "\"code\":-32600");
            return Outcome.REFUSED;
        }
        assertThat(status).as(shown).isEqualTo(200);
        return text.contains("\"result\":") ? Outcome.RESULT : Outcome.ERROR;
    }

    private static byte[] mutated(byte[] body, Random random) {
        int at = random.nextInt(body.length + 1);
        int to = Math.min(body.length, at + 1 + random.nextInt(20));
        return switch (random.nextInt(6)) {
            case 0 -> joined(body, at, new byte[] {(byte) random.nextInt(' ', 0x7F)}, Math.min(body.length, at + 1));
            case 1 -> joined(body, at, new byte[0], to);
            case 2 -> joined(body, to, Arrays.copyOfRange(body, at, to), to);
            case 3 -> Arrays.copyOf(body, at);
            case 4 -> {
                byte[] bits = body.clone();
                if (at < bits.length) {
                    bits[at] ^= (byte) (1 << random.nextInt(8));
                }
                yield bits;
            }
            default ->
                joined(body, at, PIECES.get(random.nextInt(PIECES.size())).getBytes(StandardCharsets.UTF_8), at);
        };
    }

    private static byte[] joined(byte[] body, int end, byte[] middle, int start) {
        byte[] joined = Arrays.copyOf(body, end + middle.length + body.length - start);
        System.arraycopy(middle, 0, joined, end, middle.length);
        System.arraycopy(body, start, joined, end + middle.length, body.length - start);
        return joined;
    }
}
