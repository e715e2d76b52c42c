// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.model.OdooDatabase;
import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.odoo.internal.value.OdooArguments;
import dev.allotment.odoo.internal.value.PythonText;
import dev.allotment.odoo.internal.value.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Implements the service {@code common}: reports the version and authenticates users. */
final class CommonService {
    private static final MethodSignature LOGIN = MethodSignature.required("db", "login", "password");
    private static final MethodSignature AUTHENTICATE = LOGIN.optional("user_agent_env");

    private final OdooDatabases databases;
    private final OdooSettings settings;

    CommonService(OdooDatabases databases, OdooSettings settings) {
        this.databases = databases;
        this.settings = settings;
    }

    Object call(String method, List<?> params, @Nullable String clientAddress) {
        return switch (method) {
            case "version" -> {
                MethodSignature.none().bind(method, params, Map.of());
                yield version();
            }
            case "authenticate" -> authenticate(AUTHENTICATE.bind(method, params, Map.of()), clientAddress);
            case "login" -> authenticate(LOGIN.bind(method, params, Map.of()), clientAddress);
            default ->
                throw OdooFault.request("Service common has no method " + PythonText.abbreviated(method)
                        + "; it has version, authenticate and login.");
        };
    }

    Map<String, Object> version() {
        Map<String, Object> version = new LinkedHashMap<>();
        version.put("server_version", settings.serverVersion());
        version.put("server_version_info", List.of(settings.major(), settings.minor(), 0, "final", 0, ""));
        version.put("server_serie", settings.serverVersion());
        version.put("protocol_version", 1);
        return version;
    }

    /**
     * Returns the id of the user, or false. An absent login or password counts as wrong and takes as long to check.
     */
    private Object authenticate(OdooArguments arguments, @Nullable String clientAddress) {
        OdooDatabase database = databases.get(arguments.get("db").text());
        String login = textOrEmpty(arguments.get("login"));
        String password = textOrEmpty(arguments.get("password"));
        OptionalLong uid = database.authenticateWithKey(login, password, clientAddress);
        return uid.isPresent() ? (Object) uid.getAsLong() : false;
    }

    private static String textOrEmpty(Value value) {
        return value.absent() ? "" : value.text();
    }
}
