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

/** The methods of {@code saas_portal.client} that lead a client database through its life. */
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

    /** One for each that is gone. */
    private static Object proofs(OdooCaller<Saas> caller, List<Tenant> tenants, OdooArguments arguments) {
        List<Object> told = new ArrayList<>();
        tenants.forEach(tenant ->
                caller.view().tenants().proofOfDeletion(tenant.id()).ifPresent(proof -> told.add(told(proof))));
        return told;
    }

    private static Map<String, Object> told(DeletionProof proof) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("id", proof.tenant().value());
        told.put("client_id", proof.uuid().toString());
        told.put("name", proof.name());
        told.put("server", proof.server());
        told.put("requested_by", proof.requestedBy());
        told.put("requested_at", Timestamps.format(proof.requestedAt()));
        told.put("verified_at", Timestamps.format(proof.verifiedAt()));
        told.put("verified", proof.verified());
        told.put("backup", Objects.requireNonNullElse(proof.backup(), false));
        told.put("event", proof.event().toString());
        return told;
    }

    private static Object switchPlan(OdooCaller<Saas> caller, List<Tenant> tenants, OdooArguments arguments) {
        PlanId plan = new PlanId(arguments.get("plan_id").id());
        int version = arguments.get("version").integer();
        boolean force = arguments.get("force").flag();
        if (!arguments.get("dry_run").flag()) {
            return AsyncCalls.each(
                    arguments,
                    tenants,
                    tenant -> caller.view().tenants().switchPlan(new SwitchPlan(tenant.id(), plan, version, force)),
                    tenant -> caller.view().async().switchPlan(new SwitchPlan(tenant.id(), plan, version, force)));
        }
        List<Object> told = new ArrayList<>();
        tenants.forEach(tenant ->
                told.add(told(tenant, caller.view().tenants().previewSwitch(tenant.id(), plan, version))));
        return told;
    }

    private static Map<String, Object> told(Tenant tenant, PlanSwitch preview) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("id", tenant.id().value());
        told.put("plan_id", preview.plan().value());
        told.put("version", preview.version());
        List<Object> changes = new ArrayList<>();
        preview.changes()
                .forEach(
                        each -> changes.add(Map.of("field", name(each.field()), "from", each.from(), "to", each.to())));
        told.put("changes", changes);
        List<Object> exceeded = new ArrayList<>();
        preview.exceeded()
                .forEach(each -> exceeded.add(
                        Map.of("field", name(each.field()), "limit", each.limit(), "found", each.found())));
        told.put("exceeded", exceeded);
        told.put("install", preview.addonsToInstall());
        told.put("remove", preview.addonsToRemove());
        told.put("needs_force", preview.needsForce());
        return told;
    }

    /** As the field is called on the wire. */
    private static String name(String field) {
        String same = field.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
        return Objects.requireNonNullElse(FIELDS.get(field), same);
    }
}
