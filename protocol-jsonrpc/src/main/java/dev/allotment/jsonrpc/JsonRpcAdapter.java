// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jsonrpc;

import com.fasterxml.jackson.core.JsonFactory;
import dev.allotment.jsonrpc.request.JsonLimits;
import dev.allotment.jsonrpc.request.JsonReader;
import dev.allotment.jsonrpc.request.JsonWriter;
import dev.allotment.jsonrpc.request.MalformedJson;
import dev.allotment.odoo.OdooSettings;
import dev.allotment.odoo.WebCalls;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.spi.protocol.ProtocolAdapter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON-RPC 2.0 for Odoo's clients, with web sessions. Thread-safe.
 *
 * <p>As in Odoo, {@code jsonrpc} and {@code method} of the envelope are ignored: the path decides what is called. A
 * call without an id is answered too, with a null id, since Odoo's clients often send none and wait for the result.
 * Failures are HTTP 200 with an error. Only a body that is not a JSON object is 400.
 */
final class JsonRpcAdapter implements ProtocolAdapter {
    private static final Map<String, String> HEADERS = Map.of(
            "Content-Type", "application/json; charset=utf-8",
            "Cache-Control", "no-store",
            "X-Content-Type-Options", "nosniff");

    private final JsonFactory json;
    private final Endpoints endpoints;

    /** With the default settings. */
    JsonRpcAdapter(WebCalls services) {
        this(services, OdooSettings.defaults());
    }

    JsonRpcAdapter(WebCalls services, OdooSettings settings) {
        json = JsonLimits.factory(settings.mostTextCharacters());
        endpoints = new Endpoints(services);
    }

    @Override
    public String name() {
        return JsonRpcProvider.NAME;
    }

    @Override
    public List<String> paths() {
        return endpoints.paths();
    }

    @Override
    public Answer handle(Call call) {
        Endpoints.Endpoint endpoint = endpoints.find(call.path());
        if (endpoint == null) {
            return refused(404, -32601, "Method not found", "No method has this path.");
        }
        Object document;
        try {
            document = JsonReader.read(json, call.body());
        } catch (MalformedJson e) {
            return refused(400, -32700, "Parse error", e.text());
        }
        if (!(document instanceof Map<?, ?> request)) {
            return refused(400, -32600, "Invalid Request", "A call is one JSON object; batches are not supported.");
        }
        return answer(call, endpoint, request);
    }

    /**
     * Every failure reaches the client as an error. What the client must not see is logged where the fault is made.
     */
    private Answer answer(Call call, Endpoints.Endpoint endpoint, Map<?, ?> request) {
        Object id = request.get("id");
        if (id != null && !(id instanceof String || id instanceof Number)) {
            return failed(null, OdooFault.request("id is neither a number, a string nor null."));
        }
        try {
            Endpoints.Outcome outcome = endpoint.answer(call, Params.of(request));
            Map<String, Object> envelope = envelope(id);
            envelope.put("result", outcome.result());
            return new Answer(200, headers(outcome.cookie()), JsonWriter.write(json, envelope));
        } catch (RuntimeException e) {
            return failed(id, OdooFault.of(e));
        }
    }

    private Answer failed(@Nullable Object id, OdooFault fault) {
        boolean expired = fault.kind() == OdooFault.Kind.SESSION_EXPIRED;
        return error(
                200,
                id,
                expired ? 100 : 200,
                expired ? "Odoo Session Expired" : "Odoo Server Error",
                data(fault.exceptionName(), fault.getMessage(), fault.arguments()),
                fault.failure());
    }

    private Answer refused(int status, int code, String title, String message) {
        return error(
                status,
                null,
                code,
                title,
                data("builtins.ValueError", message, List.of(message)),
                OdooFault.request(message).failure());
    }

    private Answer error(
            int status, @Nullable Object id, int code, String title, Map<String, Object> data, String failure) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("code", code);
        error.put("message", title);
        error.put("data", data);
        Map<String, Object> envelope = envelope(id);
        envelope.put("error", error);
        return new Answer(status, HEADERS, JsonWriter.write(json, envelope)).failed(failure);
    }

    private static Map<String, Object> data(String name, String message, List<Object> arguments) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("name", name);
        data.put("debug", "");
        data.put("message", message);
        data.put("arguments", arguments);
        data.put("context", Map.of());
        return data;
    }

    private static Map<String, @Nullable Object> envelope(@Nullable Object id) {
        Map<String, @Nullable Object> envelope = new LinkedHashMap<>();
        envelope.put("jsonrpc", "2.0");
        envelope.put("id", id);
        return envelope;
    }

    private static Map<String, String> headers(@Nullable String cookie) {
        if (cookie == null) {
            return HEADERS;
        }
        Map<String, String> headers = new HashMap<>(HEADERS);
        headers.put("Set-Cookie", cookie);
        return Map.copyOf(headers);
    }
}
