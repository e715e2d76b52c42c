// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.shared;

import dev.allotment.access.ApiKey;
import dev.allotment.access.ApiKeyId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.ApiKeys;
import dev.allotment.access.NewApiKey;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.model.OdooCaller;
import dev.allotment.odoo.internal.model.StoredModel;
import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.odoo.internal.value.OdooArguments;
import dev.allotment.odoo.internal.value.Value;
import java.util.function.Function;

/** {@code res.users.apikeys}: the API keys of accounts or members. */
public final class ApiKeyModel {
    private static final String NAME = "res.users.apikeys";

    /** The only scope that Odoo has. */
    private static final String RPC = "rpc";

    private ApiKeyModel() {}

    /**
     * Creates the model.
     *
     * @param apiKeys the keys of a database
     */
    public static <V> StoredModel<V, ApiKey> model(Function<V, ApiKeys> apiKeys) {
        return new StoredModel<>(new ModelTableBuilder<V, ApiKey>(
                                NAME, apiKeys, key -> key.id().value())
                        .named(ApiKey::name, "name")
                        .ordered("id")
                        .text("name", "Description", "name", ApiKey::name)
                        .reference("user_id", "User", "res.users", "userId", ApiKey::userId)
                        .text("scope", "Scope", "scope", key -> key.scope().value())
                        .instant("create_date", "Creation Date", "createdAt", ApiKey::createdAt)
                        .instant("expiration_date", "Expiration Date", "expiresAt", ApiKey::expiresAt)
                        .instant("last_use_date", "Last use", "lastUsedAt", ApiKey::lastUsedAt))
                .removing((view, id) -> apiKeys.apply(view).revoke(new ApiKeyId(id)))
                .method(
                        "generate",
                        MethodSignature.required("key", "scope", "name", "expiration_date"),
                        (caller, arguments) -> generate(apiKeys, caller, arguments))
                .method("revoke", MethodSignature.required("key"), (caller, arguments) -> {
                    apiKeys.apply(caller.view()).revoke(secret(arguments));
                    return true;
                });
    }

    private static <V> Object generate(Function<V, ApiKeys> apiKeys, OdooCaller<V> caller, OdooArguments arguments) {
        Value scope = arguments.get("scope");
        Value name = arguments.get("name");
        Value end = arguments.get("expiration_date");
        NewApiKey wanted = new NewApiKey(
                name.absent() ? "" : name.text(),
                scope.absent() || scope.text().equals(RPC) ? ApiKeyScope.EVERYTHING : new ApiKeyScope(scope.text()),
                end.absent() ? null : end.instant());
        return apiKeys.apply(caller.view()).create(wanted, secret(arguments)).secret();
    }

    private static String secret(OdooArguments arguments) {
        Value key = arguments.get("key");
        if (key.absent()) {
            throw OdooFault.accessDenied();
        }
        return key.text();
    }
}
