// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import dev.allotment.CustomerId;
import dev.allotment.DuplicateTenant;
import dev.allotment.Saas;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** {@code saas_portal.client}: the client databases. They are made by {@code create_new_database} of a plan. */
final class ClientModel {
    static final String NAME = "saas_portal.client";

    private ClientModel() {}

    static StoredModel<Saas, Tenant> model(Clock clock) {
        return ClientLife.methods(new StoredModel<>(ClientFields.all(clock)))
                .updating((saas, id, change, values) -> saas.tenants().update(new TenantId(id), change))
                .onRecord(
                        "rename_database",
                        Signature.required("ids", "new_dbname").optional(Async.NAME),
                        ClientModel::rename)
                .onRecord(
                        "duplicate_database",
                        Signature.required("ids")
                                .optional(
                                        "dbname",
                                        "partner_id",
                                        "expiration",
                                        "target_server",
                                        "idempotency_key",
                                        Async.NAME),
                        ClientModel::duplicate)
                .onRecords(
                        "delete_database",
                        Signature.required("ids").optional(Async.NAME),
                        (caller, tenants, arguments) -> Async.each(
                                arguments,
                                tenants,
                                tenant -> caller.view().tenants().delete(tenant.id()),
                                tenant -> caller.view().async().delete(tenant.id())))
                .onRecords("upgrade", Signature.required("ids").optional("payload", Async.NAME), ClientModel::upgrade)
                .onRecords("sync_client", Signature.required("ids"), (caller, tenants, arguments) -> {
                    tenants.forEach(tenant -> caller.view().tenants().sync(tenant.id()));
                    return true;
                })
                .onRecord("report_file_storage", Signature.required("ids", "bytes"), (caller, tenant, arguments) -> {
                    caller.view()
                            .tenants()
                            .reportFileStorage(
                                    tenant.id(), arguments.get("bytes").wholeNumber());
                    return true;
                })
                .onRecords("send_params_to_client_db", Signature.required("ids"), (caller, tenants, arguments) -> {
                    tenants.forEach(tenant -> caller.view().tenants().sendParameters(tenant.id()));
                    return true;
                });
    }

    private static Object duplicate(Caller<Saas> caller, Tenant tenant, Arguments arguments) {
        Long customer = arguments.get("partner_id").reference();
        Long server = arguments.get("target_server").reference();
        int hours = arguments.get("expiration").integer();
        DuplicateTenant wish = DuplicateTenant.of(tenant.id())
                .named(arguments.get("dbname").optionalText())
                .forCustomer(customer == null ? null : new CustomerId(customer))
                .expiringInHours(hours == 0 ? null : (Integer) hours)
                .onServer(server == null ? null : new ServerId(server))
                .withIdempotencyKey(arguments.get("idempotency_key").optionalText());
        return NewDatabase.of(
                caller.view(),
                arguments,
                () -> caller.view().tenants().duplicate(wish),
                () -> caller.view().async().duplicate(wish));
    }

    private static Object rename(Caller<Saas> caller, Tenant tenant, Arguments arguments) {
        String name = arguments.get("new_dbname").text();
        return Async.one(
                arguments,
                () -> caller.view().tenants().rename(tenant.id(), name),
                () -> caller.view().async().rename(tenant.id(), name));
    }

    /** One after the other; each is applied whole or not at all. */
    private static Object upgrade(Caller<Saas> caller, List<Tenant> tenants, Arguments arguments) {
        List<Object> results = new ArrayList<>();
        if (arguments.get("payload").absent()) {
            return results;
        }
        UpgradePayload payload = UpgradePayload.of(arguments.get("payload"));
        boolean async = arguments.get(Async.NAME).flag();
        tenants.forEach(tenant -> results.add(
                async
                        ? caller.view()
                                .async()
                                .configure(tenant.id(), payload.upgrade())
                                .id()
                                .value()
                        : payload.told(caller.view().configuration().apply(tenant.id(), payload.upgrade()))));
        return results;
    }
}
