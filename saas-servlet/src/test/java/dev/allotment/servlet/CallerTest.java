// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallerTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static ServletTestServer trusting;
    private static ServletTestServer distrusting;

    @BeforeAll
    static void start() throws Exception {
        trusting = server(List.of("127.0.0.1", "10.0.0.0/8", "fd00::/8"));
        distrusting = server(List.of("10.0.0.0/8"));
    }

    @AfterAll
    static void stop() {
        trusting.close();
        distrusting.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "X-Forwarded-For: 203.0.113.9 | 203.0.113.9 false",
                "X-Forwarded-For: 203.0.113.9:4711 | 203.0.113.9 false",
                "X-Forwarded-For: 2001:db8::1 | 2001:db8:0:0:0:0:0:1 false",
                "X-Forwarded-For: [2001:db8::1]:4711 | 2001:db8:0:0:0:0:0:1 false",
                "X-Forwarded-For: ::ffff:203.0.113.9 | 203.0.113.9 false",
                "X-Forwarded-For: 1.1.1.1, 203.0.113.9 | 203.0.113.9 false",
                "X-Forwarded-For: 1.1.1.1, 203.0.113.9, 10.1.2.3 | 203.0.113.9 false",
                "X-Forwarded-For: 10.9.9.9, 10.1.2.3 | 10.9.9.9 false",
                "X-Forwarded-For: 203.0.113.9, unknown | 127.0.0.1 false",
                "X-Forwarded-For: evil.example.com | 127.0.0.1 false",
                "X-Forwarded-For: 203.0.113.9; X-Forwarded-Proto: https | 203.0.113.9 true",
                "X-Forwarded-For: 203.0.113.9; X-Forwarded-Proto: http | 203.0.113.9 false",
                "X-Forwarded-Proto: HTTPS | 127.0.0.1 true",
                "Forwarded: for=203.0.113.9 | 203.0.113.9 false",
                "Forwarded: For=\"[2001:db8::1]:4711\"~Proto=https | 2001:db8:0:0:0:0:0:1 true",
                "Forwarded: for=1.1.1.1, for=203.0.113.9~proto=https, for=10.0.0.1~proto=http | 203.0.113.9 true",
                "Forwarded: for=1.1.1.1, for=_hidden | 127.0.0.1 false",
                "Forwarded: for=\"1.1.1.1, for=203.0.113.9 | 203.0.113.9 false",
                "Forwarded: for=1.1.1.1; X-Forwarded-For: 203.0.113.9 | 127.0.0.1 false",
                "Forwarded: for=203.0.113.9; X-Forwarded-For: 203.0.113.9 | 203.0.113.9 false",
            })
    void trustsTheHeadersOfATrustedProxy(String headers, String caller) throws Exception {
        assertThat(callerSeenBy(trusting, headers)).isEqualTo(caller);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "X-Forwarded-For: 203.0.113.9",
                "Forwarded: for=203.0.113.9~proto=https",
                "X-Forwarded-For: 203.0.113.9; X-Forwarded-Proto: https",
            })
    void whatAnyoneElseSaysIsNot(String headers) throws Exception {
        assertThat(callerSeenBy(distrusting, headers)).isEqualTo("127.0.0.1 false");
    }

    @Test
    void allWrongNetworksAreToldAtOnce() {
        assertThatThrownBy(() -> SaasServlet.builder()
                        .trustedProxies(List.of("10.0.0.0/33", "proxy.example.com", "10.0.0.1", "1.2.3", "::/x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"10.0.0.0/33\", \"proxy.example.com\", \"1.2.3\", \"::/x\"")
                .hasMessageNotContaining("10.0.0.1");
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.0.1, true",
        "10.0.0.0/8, 11.0.0.1, false",
        "192.168.4.0/22, 192.168.7.255, true",
        "192.168.4.0/22, 192.168.8.0, false",
        "0.0.0.0/0, 8.8.8.8, true",
        "0.0.0.0/0, ::1, false",
        "2001:db8::/33, 2001:db8:7fff::1, true",
        "2001:db8::/33, 2001:db8:8000::1, false",
        "::1, ::1, true",
        "[::1], 0:0:0:0:0:0:0:1, true",
    })
    void aNetworkContainsItsAddresses(String range, String address, boolean contained) {
        assertThat(AddressRange.parse(range).contains(AddressRange.address(address)))
                .isEqualTo(contained);
    }

    private static ServletTestServer server(List<String> proxies) throws Exception {
        return new ServletTestServer(
                SaasServlet.builder()
                        .protocol(new EchoAdapter())
                        .trustedProxies(proxies)
                        .build(),
                "/");
    }

    /** Headers are divided by semicolons here, and those inside one are written as a tilde. */
    private static String callerSeenBy(ServletTestServer server, String headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.uri(EchoAdapter.CALLER)).POST(BodyPublishers.noBody());
        for (String header : headers.split(";")) {
            int colon = header.indexOf(':');
            request.header(
                    header.substring(0, colon).strip(),
                    header.substring(colon + 1).strip().replace('~', ';'));
        }
        return CLIENT.send(request.build(), BodyHandlers.ofString()).body();
    }
}
