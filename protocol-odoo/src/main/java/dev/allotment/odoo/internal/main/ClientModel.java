// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.CustomerId;
import dev.allotment.DuplicateTenant;
import dev.allotment.Saas;
import dev.allotment.ServerId;
import dev.allotment.SwapTenants;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.odoo.internal.model.OdooCaller;
import dev.allotment.odoo.internal.model.StoredModel;
import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.odoo.internal.value.OdooArguments;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** {@code saas_portal.client}: the tenants. The method {@code create_new_database} of a plan creates them. */
final class ClientModel {
    static final String NAME = "saas_portal.client";

    private ClientModel() {}

    static StoredModel<Saas, Tenant> model(Clock clock) {
        return ClientExports.methods(
                        ClientBackups.methods(ClientLifecycle.methods(new StoredModel<>(ClientFields.all(clock)))))
                .creating(ClientCreation::create)
                .updating((saas, id, change, values) -> saas.tenants().update(new TenantId(id), change))
                .onRecord(
                        "rename_database",
                        MethodSignature.required("ids", "new_dbname").optional(AsyncCalls.NAME),
                        ClientModel::rename)
                .onRecord(
                        "duplicate_database",
                        MethodSignature.required("ids")
                                .optional(
                                        "dbname",
                                        "partner_id",
                                        "expiration",
                                        "target_server",
                                        "idempotency_key",
                                        AsyncCalls.NAME,
                                        "preview"),
                        ClientModel::duplicate)
                .onRecords(
                        "move_database",
                        MethodSignature.required("ids", "target_server").optional(AsyncCalls.NAME),
                        ClientModel::move)
                .onRecord(
                        "swap_database",
                        MethodSignature.required("ids", "other_id")
                                .optional("neutralised", "kept_hours", "idempotency_key", AsyncCalls.NAME),
                        ClientModel::swap)
                .onRecords(
                        "delete_database",
                        MethodSignature.required("ids").optional(AsyncCalls.NAME),
                        (caller, tenants, arguments) -> AsyncCalls.each(
                                arguments,
                                tenants,
                                tenant -> caller.view().tenants().delete(tenant.id()),
                                tenant -> caller.view().async().delete(tenant.id())))
                .onRecords(
                        "upgrade",
                        MethodSignature.required("ids").optional("payload", AsyncCalls.NAME),
                        ClientModel::upgrade)
                .onRecords("sync_client", MethodSignature.required("ids"), (caller, tenants, arguments) -> {
                    tenants.forEach(tenant -> caller.view().tenants().sync(tenant.id()));
                    return true;
                })
                .onRecords("load", MethodSignature.required("ids"), LoadText::ofTenants)
                .onRecord(
                        "report_file_storage",
                        MethodSignature.required("ids", "bytes"),
                        (caller, tenant, arguments) -> {
                            caller.view()
                                    .tenants()
                                    .reportFileStorage(
                                            tenant.id(), arguments.get("bytes").wholeNumber());
                            return true;
                        })
                .onRecords(
                        "send_params_to_client_db", MethodSignature.required("ids"), (caller, tenants, arguments) -> {
                            tenants.forEach(tenant -> caller.view().tenants().sendParameters(tenant.id()));
                            return true;
                        });
    }

    private static Object duplicate(OdooCaller<Saas> caller, Tenant tenant, OdooArguments arguments) {
        Long customer = arguments.get("partner_id").reference();
        Long server = arguments.get("target_server").reference();
        int hours = arguments.get("expiration").integer();
        DuplicateTenant.Builder copy = DuplicateTenant.builder(tenant.id())
                .name(arguments.get("dbname").optionalText())
                .customer(customer == null ? null : new CustomerId(customer))
                .expirationHours(hours == 0 ? null : (Integer) hours)
                .server(server == null ? null : new ServerId(server))
                .idempotencyKey(arguments.get("idempotency_key").optionalText());
        DuplicateTenant command =
                arguments.get("preview").flag() ? copy.preview(hours).build() : copy.build();
        return NewDatabase.of(
                caller.view(),
                arguments,
                () -> caller.view().tenants().duplicate(command),
                () -> caller.view().async().duplicate(command));
    }

    private static Object rename(OdooCaller<Saas> caller, Tenant tenant, OdooArguments arguments) {
        String name = arguments.get("new_dbname").text();
        return AsyncCalls.one(
                arguments,
                () -> caller.view().tenants().rename(tenant.id(), name),
                () -> caller.view().async().rename(tenant.id(), name));
    }

    private static Object move(OdooCaller<Saas> caller, List<Tenant> tenants, OdooArguments arguments) {
        ServerId server = new ServerId(arguments.get("target_server").id());
        return AsyncCalls.each(
                arguments,
                tenants,
                tenant -> caller.view().tenants().move(tenant.id(), server),
                tenant -> caller.view().async().move(tenant.id(), server));
    }

    private static Object swap(OdooCaller<Saas> caller, Tenant tenant, OdooArguments arguments) {
        int hours = arguments.get("kept_hours").integer();
        SwapTenants command = SwapTenants.builder(
                        tenant.id(), new TenantId(arguments.get("other_id").id()))
                .neutralised(arguments.get("neutralised").flag())
                .keptHours(hours == 0 ? SwapTenants.KEPT_HOURS : hours)
                .idempotencyKey(arguments.get("idempotency_key").optionalText())
                .build();
        return AsyncCalls.one(
                arguments,
                () -> caller.view().tenants().swap(command),
                () -> caller.view().async().swap(command));
    }

    /** Applies the payload to one tenant after the other. Each tenant gets all of it or nothing. */
    private static Object upgrade(OdooCaller<Saas> caller, List<Tenant> tenants, OdooArguments arguments) {
        List<Object> results = new ArrayList<>();
        if (arguments.get("payload").absent()) {
            return results;
        }
        UpgradePayload payload = UpgradePayload.of(arguments.get("payload"));
        boolean async = arguments.get(AsyncCalls.NAME).flag();
        tenants.forEach(tenant -> results.add(
                async
                        ? caller.view()
                                .async()
                                .configure(tenant.id(), payload.change())
                                .id()
                                .value()
                        : payload.resultText(caller.view().configuration().apply(tenant.id(), payload.change()))));
        return results;
    }
}
