// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fuzz;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayInputStream;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** A form that was sent, as a container would present it. */
record FuzzedRequest(String query, String type, String coding, Map<String, String> headers, ByteBuffer body) {
    HttpServletRequest asServletRequest() {
        Body stream = new Body(bytes());
        return (HttpServletRequest) Proxy.newProxyInstance(
                HttpServletRequest.class.getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getMethod" -> "POST";
                    case "getQueryString" -> query;
                    case "getContentType" -> type;
                    case "getContentLengthLong" -> (long) body.capacity();
                    case "getInputStream" -> stream;
                    case "getParameterMap" -> Map.of();
                    case "getAttribute", "setAttribute" -> null;
                    case "getHeader" ->
                        header((String) arguments[0]).stream().findFirst().orElse(null);
                    case "getHeaders" -> Collections.enumeration(header((String) arguments[0]));
                    default -> throw new AssertionError("An unexpected call: " + method);
                });
    }

    private byte[] bytes() {
        byte[] bytes = new byte[body.capacity()];
        body.get(0, bytes);
        return bytes;
    }

    private List<String> header(String name) {
        String value = switch (name) {
            case "Content-Encoding" -> coding;
            case "Content-Type" -> type;
            default -> headers.getOrDefault(name, "");
        };
        return value.isEmpty() ? List.of() : List.of(value);
    }

    private static final class Body extends ServletInputStream {
        private final ByteArrayInputStream in;

        Body(byte[] bytes) {
            in = new ByteArrayInputStream(bytes);
        }

        @Override
        public int read() {
            return in.read();
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            return in.read(buffer, offset, length);
        }

        @Override
        public boolean isFinished() {
            return in.available() == 0;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new AssertionError("The body is read by the thread of the request");
        }
    }
}
