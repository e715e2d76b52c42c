// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import dev.allotment.spi.protocol.ProtocolAdapter.Answer;
import dev.allotment.spi.protocol.ProtocolAdapter.Call;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;

/** Documents for tests. */
final class Documents {
    static final String OBJECT = "/xmlrpc/2/object";
    static final String OLD_OBJECT = "/xmlrpc/object";

    private Documents() {}

    /** Returns a call of {@code m} with one parameter. */
    static String withValue(String value) {
        return "<methodCall><methodName>m</methodName><params><param>" + value + "</param></params></methodCall>";
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Call call(String path, byte[] body) {
        return new Call(path, Map.of(), body, "192.0.2.7", true);
    }

    static String text(Answer answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    /** Returns a file next to this class. */
    static byte[] sample(String name) {
        try (InputStream in = Documents.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
