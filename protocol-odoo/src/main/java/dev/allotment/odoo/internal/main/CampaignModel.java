// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.fleet.CampaignStatus;
import dev.allotment.fleet.Campaigns;
import dev.allotment.fleet.TenantVersions;
import dev.allotment.odoo.internal.model.ModelTable;
import dev.allotment.odoo.internal.model.StoredModel;
import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.odoo.internal.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** {@code saas_portal.campaign}: operations that bring many tenants to one state. */
final class CampaignModel {
    static final String NAME = "saas_portal.campaign";

    private static final int DEFAULT_FAILURES = 100;

    private CampaignModel() {}

    static StoredModel<Saas, CampaignStatus> model() {
        StoredModel<Saas, CampaignStatus> model = new StoredModel<>(CampaignFields.all());
        return model.creatingOnce(CampaignModel::start)
                .method(
                        "count",
                        MethodSignature.required("vals"),
                        (caller, arguments) -> count(caller.view(), model.table(), arguments.get("vals")))
                .method(
                        "versions",
                        MethodSignature.none(),
                        (caller, arguments) ->
                                versions(caller.view().campaigns().versions()))
                .onRecord(
                        "failures",
                        MethodSignature.required("ids").optional("limit"),
                        (caller, status, arguments) -> failures(caller.view(), status, arguments.get("limit")))
                .onRecord("pause", MethodSignature.required("ids"), changing(Campaigns::pause))
                .onRecord("resume", MethodSignature.required("ids"), changing(Campaigns::resume))
                .onRecord("retry", MethodSignature.required("ids"), changing(Campaigns::retry))
                .onRecord(
                        "cancel",
                        MethodSignature.required("ids"),
                        (caller, status, arguments) -> OperationModel.fields(caller.view()
                                .operations()
                                .cancel(status.operation().id())));
    }

    private static long start(
            Saas saas, UnaryOperator<CampaignStatus> change, Map<String, Object> values, @Nullable String key) {
        return saas.campaigns().start(CampaignFields.campaign(values, key)).id().value();
    }

    private static StoredModel.RecordBody<Saas, CampaignStatus> changing(
            BiFunction<Campaigns, OperationId, Operation> change) {
        return (caller, status, arguments) -> OperationModel.fields(
                change.apply(caller.view().campaigns(), status.operation().id()));
    }

    private static Object count(Saas saas, ModelTable<Saas, CampaignStatus> table, Value given) {
        Map<String, Object> values = given.struct();
        // Refuses names of other fields.
        table.change(values);
        return saas.campaigns().count(CampaignFields.campaign(values, null));
    }

    private static Object failures(Saas saas, CampaignStatus status, Value limit) {
        List<Operation> failures =
                saas.campaigns().failures(status.operation().id(), limit.absent() ? DEFAULT_FAILURES : limit.integer());
        Map<TenantId, String> names = new HashMap<>();
        saas.tenants()
                .list(Query.where(Filter.in(
                        Tenant.ID,
                        failures.stream()
                                .map(Operation::tenantId)
                                .filter(Objects::nonNull)
                                .toList())))
                .forEach(tenant -> names.put(tenant.id(), tenant.name()));
        List<Object> structs = new ArrayList<>();
        for (Operation failure : failures) {
            TenantId tenant = Objects.requireNonNull(failure.tenantId());
            Map<String, Object> struct = new LinkedHashMap<>();
            struct.put("client_id", tenant.value());
            struct.put("name", names.getOrDefault(tenant, ""));
            struct.put("operation_id", failure.id().value());
            struct.put("error_code", Objects.requireNonNullElse(failure.errorCode(), ""));
            struct.put("error", Objects.requireNonNullElse(failure.errorMessage(), ""));
            structs.add(struct);
        }
        return structs;
    }

    private static Map<String, Object> versions(TenantVersions versions) {
        List<Object> addons = new ArrayList<>();
        new TreeMap<>(versions.addons())
                .forEach((name, counts) -> new TreeMap<>(counts).forEach((version, clients) -> {
                    Map<String, Object> struct = new LinkedHashMap<>();
                    struct.put("name", name);
                    struct.put("version", version);
                    struct.put(
                            "latest",
                            Objects.requireNonNullElse(versions.addonVersions().get(name), false));
                    struct.put("clients", clients);
                    addons.add(struct);
                }));
        List<Object> schemas = new ArrayList<>();
        new TreeMap<>(versions.schemas())
                .forEach((version, clients) ->
                        schemas.add(Map.of("version", version.isEmpty() ? false : version, "clients", clients)));
        Map<String, Object> struct = new LinkedHashMap<>();
        struct.put("schema_version", Objects.requireNonNullElse(versions.schemaVersion(), false));
        struct.put("schemas", schemas);
        struct.put("addons", addons);
        struct.put("unknown_addons", versions.unknownAddons());
        return struct;
    }
}
