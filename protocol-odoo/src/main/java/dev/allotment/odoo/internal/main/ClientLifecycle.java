// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.DeletionProof;
import dev.allotment.PlanId;
import dev.allotment.PlanSwitch;
import dev.allotment.Saas;
import dev.allotment.SwitchPlan;
import dev.allotment.Tenant;
import dev.allotment.odoo.internal.model.OdooCaller;
import dev.allotment.odoo.internal.model.StoredModel;
import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.odoo.internal.value.OdooArguments;
import dev.allotment.odoo.internal.value.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** The methods of {@code saas_portal.client} that suspend, resume, restore, purge, extend and switch plans. */
final class ClientLifecycle {
    private static final Map<String, String> FIELDS = Map.of(
            "maxDatabasesPerCustomer", "maximum_allowed_dbs_per_partner",
            "maxTrialDatabasesPerCustomer", "maximum_allowed_trial_dbs_per_partner",
            "storageLimitMb", "total_storage_limit",
            "trialHours", "expiration",
            "graceDays", "grace_period");

    private ClientLifecycle() {}

    static StoredModel<Saas, Tenant> methods(StoredModel<Saas, Tenant> clients) {
        return clients.onRecords("suspend", MethodSignature.required("ids"), (caller, tenants, arguments) -> {
                    tenants.forEach(tenant -> caller.view().tenants().suspend(tenant.id()));
                    return true;
                })
                .onRecords("resume", MethodSignature.required("ids"), (caller, tenants, arguments) -> {
                    tenants.forEach(tenant -> caller.view().tenants().resume(tenant.id()));
                    return true;
                })
                .onRecords(
                        "restore_database",
                        MethodSignature.required("ids").optional(AsyncCalls.NAME),
                        (caller, tenants, arguments) -> AsyncCalls.each(
                                arguments,
                                tenants,
                                tenant -> caller.view().tenants().restore(tenant.id()),
                                tenant -> caller.view().async().restore(tenant.id())))
                .onRecords(
                        "purge_database",
                        MethodSignature.required("ids").optional(AsyncCalls.NAME),
                        (caller, tenants, arguments) -> AsyncCalls.each(
                                arguments,
                                tenants,
                                tenant -> caller.view().tenants().purge(tenant.id()),
                                tenant -> caller.view().async().purge(tenant.id())))
                .onRecords("proof_of_deletion", MethodSignature.required("ids"), ClientLifecycle::proofs)
                .onRecords(
                        "extend",
                        MethodSignature.required("ids", "expiration_datetime", "reason"),
                        ClientLifecycle::extend)
                .onRecords(
                        "switch_plan",
                        MethodSignature.required("ids", "plan_id")
                                .optional("version", "dry_run", "force", AsyncCalls.NAME),
                        ClientLifecycle::switchPlan);
    }

    private static Object extend(OdooCaller<Saas> caller, List<Tenant> tenants, OdooArguments arguments) {
        Instant until = arguments.get("expiration_datetime").instant();
        String reason = arguments.get("reason").text();
        tenants.forEach(tenant -> caller.view().tenants().extend(tenant.id(), until, reason));
        return true;
    }

    /** Returns one proof for each tenant whose database was deleted. */
    private static Object proofs(OdooCaller<Saas> caller, List<Tenant> tenants, OdooArguments arguments) {
        List<Object> proofs = new ArrayList<>();
        tenants.forEach(tenant ->
                caller.view().tenants().proofOfDeletion(tenant.id()).ifPresent(proof -> proofs.add(fields(proof))));
        return proofs;
    }

    private static Map<String, Object> fields(DeletionProof proof) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", proof.tenant().value());
        fields.put("client_id", proof.uuid().toString());
        fields.put("name", proof.name());
        fields.put("server", proof.server());
        fields.put("requested_by", proof.requestedBy());
        fields.put("requested_at", Timestamps.format(proof.requestedAt()));
        fields.put("verified_at", Timestamps.format(proof.verifiedAt()));
        fields.put("verified", proof.verified());
        fields.put("backup", Objects.requireNonNullElse(proof.backup(), false));
        fields.put("event", proof.event().toString());
        return fields;
    }

    private static Object switchPlan(OdooCaller<Saas> caller, List<Tenant> tenants, OdooArguments arguments) {
        PlanId plan = new PlanId(arguments.get("plan_id").id());
        int version = arguments.get("version").integer();
        boolean force = arguments.get("force").flag();
        if (!arguments.get("dry_run").flag()) {
            Function<Tenant, SwitchPlan> command = tenant -> SwitchPlan.builder(tenant.id(), plan)
                    .version(version)
                    .force(force)
                    .build();
            return AsyncCalls.each(
                    arguments,
                    tenants,
                    tenant -> caller.view().tenants().switchPlan(command.apply(tenant)),
                    tenant -> caller.view().async().switchPlan(command.apply(tenant)));
        }
        List<Object> previews = new ArrayList<>();
        tenants.forEach(tenant ->
                previews.add(fields(tenant, caller.view().tenants().previewSwitch(tenant.id(), plan, version))));
        return previews;
    }

    private static Map<String, Object> fields(Tenant tenant, PlanSwitch preview) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", tenant.id().value());
        fields.put("plan_id", preview.plan().value());
        fields.put("version", preview.version());
        List<Object> changes = new ArrayList<>();
        preview.changes()
                .forEach(
                        each -> changes.add(Map.of("field", name(each.field()), "from", each.from(), "to", each.to())));
        fields.put("changes", changes);
        List<Object> exceeded = new ArrayList<>();
        preview.exceeded()
                .forEach(each -> exceeded.add(
                        Map.of("field", name(each.field()), "limit", each.limit(), "found", each.found())));
        fields.put("exceeded", exceeded);
        fields.put("install", preview.addonsToInstall());
        fields.put("remove", preview.addonsToRemove());
        fields.put("needs_force", preview.needsForce());
        return fields;
    }

    /** Returns the wire name of a field. */
    private static String name(String field) {
        String same = field.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
        return Objects.requireNonNullElse(FIELDS.get(field), same);
    }
}
