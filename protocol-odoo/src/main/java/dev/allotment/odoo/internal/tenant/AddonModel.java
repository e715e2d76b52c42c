// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.tenant;

import dev.allotment.AddonStatus;
import dev.allotment.Filter;
import dev.allotment.access.TenantDatabase;
import dev.allotment.odoo.internal.model.OdooCaller;
import dev.allotment.odoo.internal.model.StoredModel;
import dev.allotment.odoo.internal.shared.AddonFields;
import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.odoo.internal.value.OdooArguments;
import java.util.List;

/** {@code ir.module.module} of a tenant database: its add-ons and their state. */
final class AddonModel {
    private AddonModel() {}

    static StoredModel<TenantDatabase, AddonStatus> model() {
        MethodSignature onIds = MethodSignature.required("ids").withContextByPosition();
        return new StoredModel<>(AddonFields.of(TenantDatabase::addons))
                .onRecords("button_immediate_install", onIds, AddonModel::install)
                .onRecords("button_immediate_upgrade", onIds, AddonModel::upgrade)
                .onRecords("button_immediate_uninstall", onIds, AddonModel::uninstall)
                // In Odoo these methods only mark add-ons for a later run. Here they act at once, since there is no
                // such run.
                .onRecords("button_install", onIds, AddonModel::install)
                .onRecords("button_upgrade", onIds, AddonModel::upgrade)
                .onRecords("button_uninstall", onIds, AddonModel::uninstall)
                .method(
                        "update_list",
                        MethodSignature.none().withContextByPosition(),
                        (caller, arguments) -> updateList(caller));
    }

    private static Object install(
            OdooCaller<TenantDatabase> caller, List<AddonStatus> addons, OdooArguments arguments) {
        caller.view().addons().install(names(addons));
        return true;
    }

    private static Object upgrade(
            OdooCaller<TenantDatabase> caller, List<AddonStatus> addons, OdooArguments arguments) {
        caller.view().addons().update(names(addons));
        return true;
    }

    private static Object uninstall(
            OdooCaller<TenantDatabase> caller, List<AddonStatus> addons, OdooArguments arguments) {
        caller.view().addons().uninstall(names(addons));
        return true;
    }

    /**
     * Returns the same pair as Odoo: how many add-ons were updated, which is not counted here, and how many are new.
     */
    private static Object updateList(OdooCaller<TenantDatabase> caller) {
        long before = caller.view().addons().count(Filter.all());
        caller.view().addons().refresh();
        return List.of(0, Math.max(0, caller.view().addons().count(Filter.all()) - before));
    }

    private static List<String> names(List<AddonStatus> addons) {
        return addons.stream().map(AddonStatus::name).toList();
    }
}
