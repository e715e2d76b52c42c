// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.CreatedTenant;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.odoo.internal.value.OdooArguments;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How a new client database is told. */
final class NewDatabase {
    private NewDatabase() {}

    /** Makes it, or with {@code async} begins that. */
    static Map<String, Object> of(
            Saas view, OdooArguments arguments, Supplier<CreatedTenant> make, Supplier<Operation> later) {
        return arguments.get(AsyncCalls.NAME).flag() ? begun(view, later.get()) : told(make.get());
    }

    /** The way in is told twice, under the names that clients of different age look for; false where it has no owner. */
    private static Map<String, Object> told(CreatedTenant created) {
        Tenant tenant = created.tenant();
        Object url = created.signInLink() == null ? false : created.signInLink().url().toString();
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("url", url);
        told.put("id", tenant.id().value());
        told.put("client_id", tenant.uuid().toString());
        told.put("auth_url", url);
        return told;
    }

    /**
     * What is known of one that is made later; its way in once it is done, for whoever asks again with the same key. Where it
     * could not be made, and is gone by now, the operation tells why.
     */
    private static Map<String, Object> begun(Saas view, Operation operation) {
        TenantId id = operation.tenantId();
        Optional<Tenant> tenant = id == null ? Optional.empty() : view.tenants().find(id);
        Map<String, Object> told =
                tenant.map(each -> told(view, operation, each)).orElseGet(() -> gone(id));
        told.put("operation_id", operation.id().value());
        return told;
    }

    private static Map<String, Object> told(Saas view, Operation operation, Tenant tenant) {
        boolean open = operation.state() == OperationState.DONE
                && tenant.state() == TenantState.OPEN
                && tenant.ownerId() != null;
        return told(
                new CreatedTenant(tenant, operation.id(), open ? view.access().issue(tenant.id()) : null));
    }

    private static Map<String, Object> gone(@Nullable TenantId id) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("url", false);
        told.put("id", id == null ? 0L : id.value());
        told.put("client_id", false);
        told.put("auth_url", false);
        return told;
    }
}
