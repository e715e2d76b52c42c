// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.AddonStatus;
import dev.allotment.Saas;
import dev.allotment.odoo.internal.model.FixedLookup;
import dev.allotment.odoo.internal.model.OdooCaller;
import dev.allotment.odoo.internal.model.StoredModel;
import dev.allotment.odoo.internal.shared.AddonFields;
import dev.allotment.odoo.internal.value.Faults;
import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.spi.backend.RecordTypes;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code ir.module.module} of the main database: the parts of Odoo and of Odoo SaaS Tools whose job this server does.
 * They are always installed.
 */
final class MainAddonModel {
    private static final List<List<String>> PARTS = List.of(
            List.of("base", "Base"),
            List.of("web", "Web"),
            List.of("auth_signup", "Signup"),
            List.of("portal", "Customer Portal"),
            List.of("saas_base", "SaaS Base"),
            List.of("saas_portal", "SaaS Portal"),
            List.of("saas_server", "SaaS Server"));

    private MainAddonModel() {}

    /**
     * Creates the model.
     *
     * @param version the version that all parts report
     */
    static StoredModel<Saas, AddonStatus> model(String version) {
        List<AddonStatus> parts = new ArrayList<>();
        for (List<String> part : PARTS) {
            parts.add(new AddonStatus(parts.size() + 1L, part.get(0), part.get(1), true, version, version));
        }
        List<AddonStatus> all = List.copyOf(parts);
        StoredModel<Saas, AddonStatus> model = new StoredModel<>(
                AddonFields.of(saas -> new FixedLookup<>(RecordTypes.ADDONS, all, () -> Administrators.require(saas))));
        MethodSignature onIds = MethodSignature.required("ids").withContextByPosition();
        // They are installed, in the only version there is, so there is nothing to do.
        List.of("button_immediate_install", "button_immediate_upgrade", "button_install", "button_upgrade")
                .forEach(name -> model.onRecords(name, onIds, (caller, named, arguments) -> done(caller, true)));
        List.of("button_immediate_uninstall", "button_uninstall")
                .forEach(name -> model.onRecords(name, onIds, (caller, named, arguments) -> uninstall(caller, named)));
        return model.method(
                "update_list",
                MethodSignature.none().withContextByPosition(),
                (caller, arguments) -> done(caller, List.of(0, 0)));
    }

    private static Object done(OdooCaller<Saas> caller, Object answer) {
        Administrators.require(caller.view());
        return answer;
    }

    private static Object uninstall(OdooCaller<Saas> caller, List<AddonStatus> parts) {
        if (!parts.isEmpty()) {
            throw Faults.userError("Module " + parts.get(0).name()
                    + " is a part of this server and cannot be uninstalled from the main database.");
        }
        return done(caller, true);
    }
}
