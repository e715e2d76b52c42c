// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.model.OdooDatabase;
import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.odoo.internal.value.OdooArguments;
import dev.allotment.odoo.internal.value.PythonText;
import dev.allotment.odoo.internal.value.Value;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Implements the service {@code object}: calls methods of models and checks the password or API key on each call. */
final class ObjectService {
    private static final MethodSignature CALL = MethodSignature.required("db", "uid", "password", "model", "method");
    private static final MethodSignature EXECUTE_KW = MethodSignature.required(
                    "db", "uid", "password", "model", "method", "args")
            .optional("kwargs");

    /** Accepts at most 18 digits, so that every match fits into 64 bits. */
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,18}");

    /** Number of parameters of {@code execute} that precede those of the method. */
    private static final int OWN_PARAMETERS = 5;

    private final OdooDatabases databases;

    ObjectService(OdooDatabases databases) {
        this.databases = databases;
    }

    Object call(String method, List<?> params, @Nullable String clientAddress) {
        if (method.equals("execute_kw")) {
            OdooArguments call = EXECUTE_KW.bind(method, params, Map.of());
            Value args = call.get("args");
            if (!(args.raw() instanceof List<?> list)) {
                throw args.wrong("a list");
            }
            return run(call, list, call.get("kwargs").struct(), clientAddress);
        }
        if (method.equals("execute")) {
            int own = Math.min(OWN_PARAMETERS, params.size());
            OdooArguments call = CALL.bind(method, params.subList(0, own), Map.of());
            return run(call, params.subList(own, params.size()), Map.of(), clientAddress);
        }
        throw OdooFault.request(
                "Service object has no method " + PythonText.abbreviated(method) + "; it has execute_kw and execute.");
    }

    private Object run(OdooArguments call, List<?> args, Map<String, ?> kwargs, @Nullable String clientAddress) {
        String model = call.get("model").text();
        String method = call.get("method").text();
        OdooDatabase database = databases.get(call.get("db").text());
        long uid = uid(call.get("uid"));
        Value password = call.get("password");
        if (password.absent()) {
            throw OdooFault.accessDenied();
        }
        return database.call(uid, password.text(), model, method, args, kwargs, clientAddress);
    }

    /** Reads a number, also one written as text. False, which a failed authentication returned, is refused. */
    private static long uid(Value value) {
        Object raw = value.raw();
        long uid;
        if (raw == null || raw instanceof Boolean) {
            throw OdooFault.accessDenied();
        } else if (raw instanceof Integer || raw instanceof Long) {
            uid = ((Number) raw).longValue();
        } else if (raw instanceof String text && NUMBER.matcher(text.strip()).matches()) {
            uid = Long.parseLong(text.strip());
        } else {
            throw value.wrong("a number");
        }
        if (uid <= 0) {
            throw OdooFault.accessDenied();
        }
        return uid;
    }
}
