// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.odoo.internal.model.Model;
import dev.allotment.odoo.internal.model.ModelTable;
import dev.allotment.odoo.internal.model.OdooCaller;
import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.odoo.internal.value.OdooArguments;
import dev.allotment.odoo.internal.value.Value;
import java.util.List;

/** {@code saas.config}: the configuration of tenant databases. */
final class ConfigModel {
    private ConfigModel() {}

    static Model<Saas> model(ModelTable<Saas, Tenant> clients) {
        return new Model<Saas>("saas.config")
                .method(
                        "do_upgrade_database",
                        MethodSignature.required("payload", "database_record")
                                .withAlias("client_id", "database_record")
                                .optional(AsyncCalls.NAME),
                        (caller, arguments) -> upgrade(clients, caller, arguments));
    }

    private static Object upgrade(ModelTable<Saas, Tenant> clients, OdooCaller<Saas> caller, OdooArguments arguments) {
        UpgradePayload payload = UpgradePayload.of(arguments.get("payload"));
        Value client = arguments.get("database_record");
        List<Long> ids = client.ids();
        if (ids.size() != 1) {
            throw client.wrong("the id of one tenant database");
        }
        Tenant tenant = clients.require(caller, ids, "read").get(0);
        if (arguments.get(AsyncCalls.NAME).flag()) {
            return caller.view()
                    .async()
                    .configure(tenant.id(), payload.change())
                    .id()
                    .value();
        }
        return payload.resultText(caller.view().configuration().apply(tenant.id(), payload.change()));
    }
}
