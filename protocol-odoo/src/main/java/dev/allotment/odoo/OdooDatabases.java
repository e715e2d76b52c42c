// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import dev.allotment.ErrorCodes;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.TenantDatabase;
import java.time.Clock;

/** Finds databases by their names. */
final class OdooDatabases {
    private final Saas saas;
    private final MainDatabase main;
    private final Models<TenantDatabase> clientModels = ClientDatabase.models();

    OdooDatabases(Saas saas, OdooSettings settings, Clock clock) {
        this.saas = saas;
        main = new MainDatabase(saas, settings, clock);
    }

    /**
     * The database of this name.
     *
     * @throws OdooFault USER_ERROR
     */
    OdooDatabase get(String name) {
        if (name.equals(saas.mainDatabase())) {
            return main;
        }
        if (name.indexOf('\0') >= 0) {
            throw Faults.unknownDatabase(name);
        }
        try {
            return new ClientDatabase(saas.database(name), clientModels);
        } catch (SaasException error) {
            throw error.code().equals(ErrorCodes.DATABASE_UNKNOWN) ? Faults.unknownDatabase(name) : error;
        }
    }
}
