// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RequestBodyTest {
    private final AtomicLong nanos = new AtomicLong();
    private final RequestBody bodies = new RequestBody(10_000_000, nanos::get);

    @Test
    void aBodyThatDripsIsRefusedAfterAWhile() {
        Refusal refusal =
                catchThrowableOfType(Refusal.class, () -> bodies.read(dripping(100, TimeUnit.SECONDS.toNanos(1))));

        assertThat(refusal.status()).isEqualTo(408);
        assertThat(nanos.get()).isEqualTo(TimeUnit.SECONDS.toNanos(16));
    }

    @Test
    void aBodyOnASlowLineIsRead() throws Exception {
        assertThat(bodies.read(dripping(1_000_000, TimeUnit.SECONDS.toNanos(1) / 10_000)))
                .hasSize(1_000_000);
    }

    @Test
    void aBodyThatTakesTooLongInAllIsRefused() {
        Refusal refusal = catchThrowableOfType(
                Refusal.class, () -> bodies.read(dripping(9_000_000, TimeUnit.SECONDS.toNanos(1) / 10_000)));

        assertThat(refusal.status()).isEqualTo(408);
    }

    /** A request whose body comes byte by byte, with a pause before each. */
    private HttpServletRequest dripping(int size, long pauseNanos) {
        ServletInputStream body = new ServletInputStream() {
            private int left = size;

            @Override
            public int read() {
                nanos.addAndGet(pauseNanos);
                return left-- > 0 ? 'x' : -1;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                if (length == 0) {
                    return 0;
                }
                int value = read();
                buffer[offset] = (byte) value;
                return value < 0 ? -1 : 1;
            }

            @Override
            public boolean isFinished() {
                return left < 0;
            }

            @Override
            public boolean isReady() {
                return true;
            }

            @Override
            public void setReadListener(ReadListener listener) {
                throw new AssertionError("The body is read by the thread of the request");
            }
        };
        return (HttpServletRequest) Proxy.newProxyInstance(
                HttpServletRequest.class.getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getContentLengthLong" -> -1L;
                    case "getHeaders" -> Collections.emptyEnumeration();
                    case "getInputStream" -> body;
                    default -> throw new AssertionError("An unexpected call: " + method);
                });
    }
}
