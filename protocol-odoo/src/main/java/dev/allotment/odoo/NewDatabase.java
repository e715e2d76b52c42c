// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import dev.allotment.CreatedTenant;
import dev.allotment.Tenant;
import java.util.LinkedHashMap;
import java.util.Map;

/** How a new client database is told. */
final class NewDatabase {
    private NewDatabase() {}

    /** The way in is told twice, under the names that clients of different age look for; false where it has no owner. */
    static Map<String, Object> told(CreatedTenant created) {
        Tenant tenant = created.tenant();
        Object url = created.entry() == null ? false : created.entry().url().toString();
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("url", url);
        told.put("id", tenant.id().value());
        told.put("client_id", tenant.uuid().toString());
        told.put("auth_url", url);
        return told;
    }
}
