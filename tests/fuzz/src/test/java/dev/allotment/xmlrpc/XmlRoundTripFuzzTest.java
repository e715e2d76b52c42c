// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.allotment.spi.protocol.ProtocolAdapter.Call;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the codec writes, it reads again with the same result. */
class XmlRoundTripFuzzTest {
    private static final XmlRpcAdapter ECHO =
            new XmlRpcAdapter((service, method, params, clientAddress) -> plain(params));

    @FuzzTest(maxDuration = "10m")
    void anAnswerReadAsACallGivesTheSameAnswer(byte[] body) {
        String first = echo(body);
        if (first.contains("<fault>")) {
            return;
        }
        String value = first.substring(first.indexOf("<param>"), first.lastIndexOf("</params>"));
        String call = "<methodCall><methodName>m</methodName><params>" + value + "</params></methodCall>";

        assertThat(echo(call.getBytes(StandardCharsets.UTF_8))).contains(inner(value));
    }

    private static String inner(String param) {
        return param.substring("<param>".length(), param.lastIndexOf("</param>"));
    }

    private static String echo(byte[] body) {
        return new String(
                ECHO.handle(new Call("/xmlrpc/2/object", Map.of(), body, null, false))
                        .body(),
                StandardCharsets.UTF_8);
    }

    /** Services return neither numbers with fractions nor bytes nor dates. */
    private static Object plain(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(XmlRoundTripFuzzTest::plain).toList();
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> plain = new LinkedHashMap<>();
            map.forEach((key, each) -> plain.put((String) key, plain(each)));
            return plain;
        }
        if (value instanceof Boolean || value instanceof Integer || value instanceof Long) {
            return value;
        }
        return value == null ? false : value.toString();
    }
}
