// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class DeprecatedProtocolTest {
    private static final Instant SINCE = Instant.parse("2027-01-01T00:00:00Z");
    private static final Instant SUNSET = Instant.parse("2028-02-03T00:00:00Z");

    @Test
    void announcesItsEndInEveryAnswer() throws Exception {
        String answer = answer(SaasServlet.builder().deprecate("echo", SINCE, SUNSET));

        assertThat(answer)
                .startsWith("HTTP/1.1 200 ")
                .contains("\r\nDeprecation: @1798761600\r\n", "\r\nSunset: Thu, 3 Feb 2028 00:00:00 GMT\r\n");
    }

    @Test
    void needNotSayWhenItEnds() throws Exception {
        assertThat(answer(SaasServlet.builder().deprecate("echo", SINCE, null)))
                .contains("\r\nDeprecation: @1798761600\r\n")
                .doesNotContain("Sunset");
    }

    @Test
    void isOnlyTheNamedOne() throws Exception {
        assertThat(answer(SaasServlet.builder().deprecate("other", SINCE, null).without("another")))
                .startsWith("HTTP/1.1 200 ")
                .doesNotContain("Deprecation");
    }

    @Test
    void doesNotEndBeforeItIsDeprecated() {
        assertThatThrownBy(() -> SaasServlet.builder().deprecate("echo", SINCE, SINCE.minusSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void thatIsLeftOutDoesNotExist() throws Exception {
        assertThat(answer(SaasServlet.builder().without("echo"))).startsWith("HTTP/1.1 404 ");
    }

    private static String answer(SaasServlet.Builder servlet) throws Exception {
        try (ServletTestServer server =
                new ServletTestServer(servlet.protocol(new EchoAdapter()).build(), "/")) {
            return server.exchange("POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1\r\n\r\n!");
        }
    }
}
