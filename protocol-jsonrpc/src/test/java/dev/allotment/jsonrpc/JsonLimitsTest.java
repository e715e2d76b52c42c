// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.allotment.odoo.OdooSettings;
import dev.allotment.spi.protocol.ProtocolAdapter.Answer;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits of a document, and what a refusal costs in allocated bytes, which are the same on any machine. */
class JsonLimitsTest {
    private static final long MB = 1024 * 1024;

    private final JsonRpcExchange exchange = JsonRpcExchange.withOneUser();

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":"})
    void valuesMayBe64Deep(String open) {
        assertThat(answer(nested(open, 63)).status()).isEqualTo(200);
        assertRefused(nested(open, 64), "values are nested more than 64 deep", MB);
        assertRefused(nested(open, 100_000), "values are nested more than 64 deep", 2 * MB);
    }

    @Test
    void aCallMayHold100000Values() {
        // the object and the array count as two
        assertThat(answer("{\"a\": [1" + ",1".repeat(99_997) + "]}").status()).isEqualTo(200);
        assertRefused("{\"a\": [1" + ",1".repeat(99_998) + "]}", "more than 100000 values in one call", 10 * MB);
        assertRefused("{\"a\": [1" + ",1".repeat(3_000_000) + "]}", "more than 100000 values in one call", 20 * MB);
    }

    @Test
    void aTextMayHave4MebiCharacters() {
        assertThat(answer("{\"a\": \"" + "x".repeat(1 << 22) + "\"}").status()).isEqualTo(200);
        assertRefused(
                "{\"a\": \"" + "x".repeat(10_000_000) + "\"}", "a text is longer than 4194304 characters", 60 * MB);
    }

    @Test
    void aTextMayHaveHalfOfTheBytesOfABody() {
        JsonRpcExchange other =
                new JsonRpcExchange(new JsonRpcAdapter(new OneUser(), new OdooSettings("17.0", true, 40_000)));

        assertThat(other.answer("/web/webclient/version_info", "{\"a\": \"" + "x".repeat(20_000) + "\"}")
                        .status())
                .isEqualTo(200);
        assertThat(JsonRpcExchange.text(
                        other.answer("/web/webclient/version_info", "{\"a\": \"" + "x".repeat(30_000) + "\"}")))
                .contains("a text is longer than 20000 characters");
    }

    @Test
    void aKeyMayHave1000Characters() {
        assertThat(answer("{\"" + "x".repeat(1_000) + "\": 1}").status()).isEqualTo(200);
        assertThat(answer("{\"" + "é".repeat(1_000) + "\": 1}").status()).isEqualTo(200);
        assertRefused("{\"" + "x".repeat(1_001) + "\": 1}", "a key is longer than 1000 characters", 10 * MB);
        assertRefused("{\"" + "x".repeat(1_000_000) + "\": 1}", "a key longer than 1000", 10 * MB);
    }

    @Test
    void aNumberOfAMillionDigitsIsRefused() {
        assertRefused("{\"a\": " + "9".repeat(1_000_000) + "}", "a number longer than 1000", 10 * MB);
        assertRefused("{\"a\": 0." + "9".repeat(1_000_000) + "}", "a number longer than 1000", 10 * MB);
    }

    @Test
    void refusesANumberOfAThousandDigitsInAShortMessage() {
        assertRefused("{\"a\": " + "9".repeat(999) + "}", "the number 999", MB);
    }

    private Answer answer(String body) {
        return exchange.answer("/web/webclient/version_info", body);
    }

    private void assertRefused(String body, String problem, long bytes) {
        answer(body); // classes are loaded
        byte[] document = body.getBytes(StandardCharsets.UTF_8);
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = thread.getCurrentThreadAllocatedBytes();

        Answer answer = exchange.answer("/web/webclient/version_info", document);

        assertThat(thread.getCurrentThreadAllocatedBytes() - before)
                .as("bytes allocated")
                .isBetween(1L, bytes);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(JsonRpcExchange.text(answer)).contains(problem).hasSizeLessThan(1_000);
    }

    /** Returns an object with a value that is nested this many levels deeper. */
    private static String nested(String open, int depth) {
        String close = open.equals("[") ? "]" : "}";
        return "{\"a\": " + open.repeat(depth) + (open.equals("[") ? "" : "1") + close.repeat(depth) + "}";
    }
}
