// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jsonrpc;

import dev.allotment.spi.protocol.ProtocolAdapter;
import dev.allotment.spi.protocol.ProtocolAdapter.Answer;
import dev.allotment.spi.protocol.ProtocolAdapter.Call;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Calls an adapter with bytes. */
final class JsonRpcExchange {
    private final ProtocolAdapter adapter;
    private final Map<String, String> headers = new HashMap<>();
    private boolean secure = true;

    JsonRpcExchange(ProtocolAdapter adapter) {
        this.adapter = adapter;
    }

    static JsonRpcExchange withOneUser() {
        return new JsonRpcExchange(new JsonRpcAdapter(new OneUser()));
    }

    /** Returns the same with a header in every call; its name is in lower case. */
    JsonRpcExchange with(String name, String value) {
        JsonRpcExchange other = new JsonRpcExchange(adapter);
        other.headers.putAll(headers);
        other.headers.put(name, value);
        other.secure = secure;
        return other;
    }

    JsonRpcExchange withoutTls() {
        JsonRpcExchange other = new JsonRpcExchange(adapter);
        other.headers.putAll(headers);
        other.secure = false;
        return other;
    }

    Answer answer(String path, byte[] body) {
        return adapter.handle(new Call(path, headers, body, "192.0.2.7", secure));
    }

    Answer answer(String path, String body) {
        return answer(path, body.getBytes(StandardCharsets.UTF_8));
    }

    String post(String path, String body) {
        return text(answer(path, body));
    }

    static String text(Answer answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }
}
