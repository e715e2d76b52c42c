// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jsonrpc;

import dev.allotment.jsonrpc.request.SessionCookie;
import dev.allotment.odoo.WebCalls;
import dev.allotment.odoo.WebLogin;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.spi.protocol.ProtocolAdapter.Call;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Maps paths to calls of the services. Thread-safe. */
final class Endpoints {
    private static final String CALL_KW = "/web/dataset/call_kw";
    private static final String CALL_BUTTON = "/web/dataset/call_button";

    private final WebCalls services;
    private final Map<String, Endpoint> byPath = new LinkedHashMap<>();

    Endpoints(WebCalls services) {
        this.services = services;
        byPath.put("/jsonrpc", this::service);
        byPath.put("/web/session/authenticate", this::authenticate);
        byPath.put("/web/session/get_session_info", this::sessionInfo);
        byPath.put("/web/session/destroy", this::destroy);
        byPath.put("/web/webclient/version_info", (call, params) -> new Outcome(services.versionInfo()));
        byPath.put("/web/database/list", this::databases);
        byPath.put("/web/session/modules", this::modules);
        byPath.put(CALL_KW, this::callKw);
        byPath.put(CALL_KW + "/*", this::callKw);
        byPath.put(CALL_BUTTON, this::callButton);
        byPath.put(CALL_BUTTON + "/*", this::callButton);
    }

    List<String> paths() {
        return List.copyOf(byPath.keySet());
    }

    @Nullable
    Endpoint find(String path) {
        return byPath.get(
                path.startsWith(CALL_KW + "/") ? CALL_KW : path.startsWith(CALL_BUTTON + "/") ? CALL_BUTTON : path);
    }

    private Outcome service(Call call, Params params) {
        return new Outcome(services.call(
                params.text("service"), params.text("method"), params.list("args"), call.clientAddress()));
    }

    /** Signs in. The new session replaces the one that the caller had. */
    private Outcome authenticate(Call call, Params params) {
        Optional<WebLogin> login =
                services.signIn(params.text("db"), params.text("login"), params.text("password"), call.clientAddress());
        if (login.isEmpty()) {
            return new Outcome(Map.of("uid", false));
        }
        SessionCookie.read(call).forEach(services::signOut);
        String cookie =
                SessionCookie.mayBeSet(call) ? SessionCookie.set(login.get().secret(), call.secure()) : null;
        return new Outcome(login.get().info(), cookie);
    }

    private Outcome sessionInfo(Call call, Params params) {
        return new Outcome(services.sessionInfo(secret(call)));
    }

    private Outcome destroy(Call call, Params params) {
        SessionCookie.read(call).forEach(services::signOut);
        return new Outcome(null, SessionCookie.mayBeSet(call) ? SessionCookie.clear(call.secure()) : null);
    }

    private Outcome databases(Call call, Params params) {
        return new Outcome(services.call("db", "list", List.of(), call.clientAddress()));
    }

    /** Returns the names of the installed add-ons, for users who may read them. */
    private Outcome modules(Call call, Params params) {
        Object installed = services.callKw(
                secret(call),
                "ir.module.module",
                "search_read",
                List.of(List.of(List.of("state", "=", "installed")), List.of("name")),
                Map.of(),
                call.clientAddress());
        List<Object> names = new ArrayList<>();
        for (Object addon : (List<?>) installed) {
            names.add(((Map<?, ?>) addon).get("name"));
        }
        return new Outcome(names);
    }

    /** Calls a method like {@link #callKw}. As in Odoo, only an action is returned, and false for all else. */
    private Outcome callButton(Call call, Params params) {
        Object result = called(CALL_BUTTON, call, params);
        return new Outcome(result instanceof Map ? result : false);
    }

    private Outcome callKw(Call call, Params params) {
        return new Outcome(called(CALL_KW, call, params));
    }

    /**
     * Calls a method of a model. The path may name model and method too. As in Odoo, the call's own parameters have
     * priority.
     */
    private Object called(String prefix, Call call, Params params) {
        String[] path = call.path().substring(prefix.length()).split("/", -1);
        String model = params.text("model", path.length > 1 ? path[1] : null);
        String method = params.text("method", path.length > 2 ? path[2] : null);
        return services.callKw(
                secret(call), model, method, params.list("args"), params.object("kwargs"), call.clientAddress());
    }

    /**
     * Returns the secret of the caller's session. If two cookies contain a valid secret, another site may have
     * planted one to make the caller work in the wrong account. Then both sessions are closed, since the planted one
     * would otherwise stay in the way.
     */
    private String secret(Call call) {
        List<String> secrets = SessionCookie.read(call);
        List<String> valid = secrets.size() < 2
                ? secrets
                : secrets.stream()
                        .filter(secret -> services.session(secret).isPresent())
                        .toList();
        if (valid.size() > 1) {
            valid.forEach(services::signOut);
        }
        if (valid.size() != 1) {
            throw new OdooFault(OdooFault.Kind.SESSION_EXPIRED, "Session expired");
        }
        return valid.get(0);
    }

    /** Answers a call, or throws {@link OdooFault}. */
    @FunctionalInterface
    interface Endpoint {
        Outcome answer(Call call, Params params);
    }

    /**
     * The outcome of a call.
     *
     * @param cookie the value of Set-Cookie; null for none
     */
    record Outcome(@Nullable Object result, @Nullable String cookie) {
        Outcome(Object result) {
            this(result, null);
        }
    }
}
