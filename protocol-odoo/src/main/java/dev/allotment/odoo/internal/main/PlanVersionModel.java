// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.PlanVersion;
import dev.allotment.Saas;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.model.StoredModel;

/**
 * {@code saas_portal.plan.version}: the terms under which plans were and are sold. Changing a plan creates a version.
 */
final class PlanVersionModel {
    static final String NAME = "saas_portal.plan.version";

    private PlanVersionModel() {}

    static StoredModel<Saas, PlanVersion> model() {
        ModelTableBuilder<Saas, PlanVersion> fields = new ModelTableBuilder<Saas, PlanVersion>(
                        NAME, saas -> saas.plans().versions(), PlanVersion::id)
                .named(version -> version.planId() + "/" + version.number())
                .ordered("planId", "number")
                .reference(
                        "plan_id",
                        "Plan",
                        PlanModel.NAME,
                        "planId",
                        version -> version.planId().value())
                .integer("number", "Number", "number", PlanVersion::number)
                .text("addons", "Add-ons", "addons", version -> String.join(",", version.addons()))
                .integer("max_users", "Max users", "maxUsers", PlanVersion::maxUsers)
                .integer(
                        "total_storage_limit",
                        "Total storage limit (MB)",
                        "storageLimitMb",
                        PlanVersion::storageLimitMb)
                .flag(
                        "block_on_expiration",
                        "Block clients on expiration",
                        "blockOnExpiration",
                        PlanVersion::blockOnExpiration)
                .flag(
                        "block_on_storage_exceed",
                        "Block clients on storage exceed",
                        "blockOnStorageExceed",
                        PlanVersion::blockOnStorageExceed)
                .integer("expiration", "Expiration (hours)", "trialHours", PlanVersion::trialHours)
                .integer("grace_period", "Grace period (days)", "graceDays", PlanVersion::graceDays)
                .integer(
                        "maximum_allowed_dbs_per_partner",
                        "Maximum databases per customer",
                        "maxDatabasesPerCustomer",
                        PlanVersion::maxDatabasesPerCustomer)
                .integer(
                        "maximum_allowed_trial_dbs_per_partner",
                        "Maximum trial databases per customer",
                        "maxTrialDatabasesPerCustomer",
                        PlanVersion::maxTrialDatabasesPerCustomer)
                .instant("create_date", "Created on", "createdAt", PlanVersion::createdAt);
        return new StoredModel<>(fields);
    }
}
