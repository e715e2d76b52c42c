// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import dev.allotment.DeletionProof;
import dev.allotment.PlanId;
import dev.allotment.PlanSwitch;
import dev.allotment.Saas;
import dev.allotment.SwitchPlan;
import dev.allotment.Tenant;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The methods of {@code saas_portal.client} that lead a client database through its life. */
final class ClientLife {
    private static final Map<String, String> FIELDS = Map.of(
            "maxDatabasesPerCustomer", "maximum_allowed_dbs_per_partner",
            "maxTrialDatabasesPerCustomer", "maximum_allowed_trial_dbs_per_partner",
            "storageLimitMb", "total_storage_limit",
            "trialHours", "expiration",
            "graceDays", "grace_period");

    private ClientLife() {}

    static StoredModel<Saas, Tenant> methods(StoredModel<Saas, Tenant> clients) {
        return clients.onRecords("suspend", Signature.required("ids"), (caller, tenants, arguments) -> {
                    tenants.forEach(tenant -> caller.view().tenants().suspend(tenant.id()));
                    return true;
                })
                .onRecords("resume", Signature.required("ids"), (caller, tenants, arguments) -> {
                    tenants.forEach(tenant -> caller.view().tenants().resume(tenant.id()));
                    return true;
                })
                .onRecords(
                        "restore_database",
                        Signature.required("ids").optional(Async.NAME),
                        (caller, tenants, arguments) -> Async.each(
                                arguments,
                                tenants,
                                tenant -> caller.view().tenants().restore(tenant.id()),
                                tenant -> caller.view().async().restore(tenant.id())))
                .onRecords(
                        "purge_database",
                        Signature.required("ids").optional(Async.NAME),
                        (caller, tenants, arguments) -> Async.each(
                                arguments,
                                tenants,
                                tenant -> caller.view().tenants().purge(tenant.id()),
                                tenant -> caller.view().async().purge(tenant.id())))
                .onRecords("proof_of_deletion", Signature.required("ids"), ClientLife::proofs)
                .onRecords("extend", Signature.required("ids", "expiration_datetime", "reason"), ClientLife::extend)
                .onRecords(
                        "switch_plan",
                        Signature.required("ids", "plan_id").optional("version", "dry_run", "force", Async.NAME),
                        ClientLife::switchPlan);
    }

    private static Object extend(Caller<Saas> caller, List<Tenant> tenants, Arguments arguments) {
        Instant until = arguments.get("expiration_datetime").instant();
        String reason = arguments.get("reason").text();
        tenants.forEach(tenant -> caller.view().tenants().extend(tenant.id(), until, reason));
        return true;
    }

    /** One for each that is gone. */
    private static Object proofs(Caller<Saas> caller, List<Tenant> tenants, Arguments arguments) {
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

    private static Object switchPlan(Caller<Saas> caller, List<Tenant> tenants, Arguments arguments) {
        PlanId plan = new PlanId(arguments.get("plan_id").id());
        int version = arguments.get("version").integer();
        boolean force = arguments.get("force").flag();
        if (!arguments.get("dry_run").flag()) {
            return Async.each(
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
