// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.allotment.servlet.TrustedProxies;
import dev.allotment.servlet.request.Refusal;
import dev.allotment.servlet.request.RequestCookies;
import dev.allotment.servlet.request.RequestParameters;
import dev.allotment.spi.protocol.ClientNetwork;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Any query, form, cookie, coding and forwarding header. */
class RequestFuzzTest {
    private static final TrustedProxies PROXIES = TrustedProxies.of(List.of("192.0.2.1", "10.0.0.0/8", "fd00::/8"));
    private static final String[] TYPES = {
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=utf-8",
        "application/x-www-form-urlencoded;charset=nope",
        "multipart/form-data; boundary=x",
        ""
    };

    @FuzzTest(maxDuration = "10m")
    void anyRequestIsReadOrRefused(FuzzedDataProvider data) {
        String name = data.consumeString(10);
        String cookie = data.consumeAsciiString(100);
        String forwarded = data.consumeAsciiString(100);
        FuzzedRequest request = new FuzzedRequest(
                data.consumeAsciiString(100),
                data.consumeBoolean() ? data.pickValue(TYPES) : data.consumeAsciiString(60),
                data.consumeBoolean() ? data.pickValue(new String[] {"gzip", "identity", "br"}) : "",
                Map.of("Cookie", cookie),
                ByteBuffer.wrap(data.consumeRemainingAsBytes()));
        try {
            RequestParameters parameters = RequestParameters.of(request.asServletRequest());
            assertThat(parameters.all(name)).doesNotContainNull();
            assertThat(parameters.first(name)).isNotNull();
        } catch (Refusal refusal) {
            assertThat(refusal.status()).isIn(400, 413, 415);
            assertThat(refusal.text()).isNotEmpty();
        }
        assertThat(RequestCookies.values(request.asServletRequest(), "session_id"))
                .noneMatch(each -> each.contains(";"));
        String address =
                PROXIES.caller("10.0.0.1", false, header -> List.of(forwarded)).address();
        assertThat(ClientNetwork.of(address)).isNotEmpty();
        assertThat(ClientNetwork.of(forwarded)).isNotNull();
        assertThat(readBack(name, cookie)).isEqualTo(cookie.replace("\0", ""));
    }

    /** A field that was written as browsers do is read unchanged. */
    private static String readBack(String name, String value) {
        String field = "x" + URLEncoder.encode(name.replace("\0", ""), StandardCharsets.UTF_8);
        String form = field + "=" + URLEncoder.encode(value.replace("\0", ""), StandardCharsets.UTF_8);
        return RequestParameters.of(new FuzzedRequest(
                                "", TYPES[0], "", Map.of(), ByteBuffer.wrap(form.getBytes(StandardCharsets.US_ASCII)))
                        .asServletRequest())
                .first("x"
                        + new String(name.replace("\0", "").getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
    }
}
