// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet;

import dev.allotment.spi.protocol.ProtocolAdapter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A protocol whose responses contain the call. */
final class EchoAdapter implements ProtocolAdapter {
    static final String HEADERS = "/echo/headers";
    static final String CALLER = "/echo/caller";
    static final String FAILING = "/echo/failing";
    static final String OVERFLOWING = "/echo/overflowing";

    @Override
    public String name() {
        return "echo";
    }

    @Override
    public List<String> paths() {
        return List.of("/echo", "/echo/below/*", HEADERS, CALLER, FAILING, OVERFLOWING);
    }

    @Override
    public Answer handle(Call call) {
        return switch (call.path()) {
            case HEADERS -> text(new TreeMap<>(call.headers()).toString());
            case CALLER -> text(call.clientAddress() + " " + call.secure());
            case FAILING -> throw new IllegalStateException("the secret cause");
            case OVERFLOWING -> throw new StackOverflowError("the secret cause");
            default -> text(call.path() + " " + new String(call.body(), StandardCharsets.UTF_8));
        };
    }

    private static Answer text(String text) {
        return new Answer(
                200,
                Map.of("Content-Type", "text/x-echo; charset=utf-8", "X-Own", "kept"),
                text.getBytes(StandardCharsets.UTF_8));
    }
}
