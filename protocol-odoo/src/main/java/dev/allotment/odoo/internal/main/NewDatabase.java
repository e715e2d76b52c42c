// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.CreatedTenant;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Saas;
import dev.allotment.SignInLink;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.odoo.internal.value.OdooArguments;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The answer of methods that create a tenant database. */
final class NewDatabase {
    private NewDatabase() {}

    /** Creates the database, or only starts to with {@code async}, and returns the answer. */
    static Map<String, Object> of(
            Saas view, OdooArguments arguments, Supplier<CreatedTenant> create, Supplier<Operation> start) {
        return arguments.get(AsyncCalls.NAME).flag() ? started(view, start.get()) : answer(create.get());
    }

    /** The link as the clients of Odoo's portal expect it: with the name of the database in a state that is JSON. */
    private static String url(SignInLink link, Tenant tenant) {
        String state = "{\"d\":\"" + tenant.name() + "\",\"p\":1,\"a\":1}";
        return link.url() + "&state=" + URLEncoder.encode(state, StandardCharsets.UTF_8);
    }

    /**
     * Returns the answer for a created database. The sign-in link appears under two names, since old and new clients
     * look for different ones. It is false if the tenant has no owner.
     */
    private static Map<String, Object> answer(CreatedTenant created) {
        Tenant tenant = created.tenant();
        Object url = created.signInLink() == null ? false : url(created.signInLink(), created.tenant());
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("url", url);
        answer.put("id", tenant.id().value());
        answer.put("client_id", tenant.uuid().toString());
        answer.put("auth_url", url);
        return answer;
    }

    /**
     * Returns the answer for a creation that was started. If a caller repeats it with the same key after the creation
     * finished, the answer contains a sign-in link. If the creation failed and the tenant is gone, the operation says
     * why.
     */
    private static Map<String, Object> started(Saas view, Operation operation) {
        TenantId id = operation.tenantId();
        Optional<Tenant> tenant = id == null ? Optional.empty() : view.tenants().find(id);
        Map<String, Object> answer =
                tenant.map(each -> answer(view, operation, each)).orElseGet(() -> gone(id));
        answer.put("operation_id", operation.id().value());
        return answer;
    }

    private static Map<String, Object> answer(Saas view, Operation operation, Tenant tenant) {
        boolean open = operation.state() == OperationState.DONE
                && tenant.state() == TenantState.OPEN
                && tenant.ownerId() != null;
        return answer(
                new CreatedTenant(tenant, operation.id(), open ? view.access().issue(tenant.id()) : null));
    }

    private static Map<String, Object> gone(@Nullable TenantId id) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("url", false);
        answer.put("id", id == null ? 0L : id.value());
        answer.put("client_id", false);
        answer.put("auth_url", false);
        return answer;
    }
}
