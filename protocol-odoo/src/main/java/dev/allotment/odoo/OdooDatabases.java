// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import dev.allotment.ErrorCodes;
import dev.allotment.Parameter;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.access.TenantDatabase;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.main.MainOdooDatabase;
import dev.allotment.odoo.internal.model.Models;
import dev.allotment.odoo.internal.model.OdooDatabase;
import dev.allotment.odoo.internal.tenant.TenantOdooDatabase;
import dev.allotment.odoo.internal.value.Faults;
import dev.allotment.spi.protocol.FailureReference;
import java.time.Clock;
import java.util.Optional;
import org.slf4j.MDC;

/** Finds the main database and tenant databases by name. */
final class OdooDatabases {
    private final Saas saas;
    private final MainOdooDatabase main;
    private final Models<TenantDatabase> clientModels;

    OdooDatabases(Saas saas, OdooSettings settings, Clock clock) {
        this.saas = saas;
        clientModels = TenantOdooDatabase.models(
                () -> saas.parameters().value(Parameter.BASE_URL).orElse(""), clock);
        main = new MainOdooDatabase(saas, settings.serverVersion(), clock);
    }

    /**
     * Returns the database with this name.
     *
     * @throws OdooFault USER_ERROR if there is no such database
     */
    OdooDatabase get(String name) {
        return find(name).orElseThrow(() -> Faults.unknownDatabase(name));
    }

    /** Returns the database with this name, if there is one. The lines that the thread then logs name its tenant. */
    Optional<OdooDatabase> find(String name) {
        if (name.equals(saas.mainDatabase())) {
            return Optional.of(main);
        }
        if (name.indexOf('\0') >= 0) {
            return Optional.empty();
        }
        try {
            TenantDatabase database = saas.database(name);
            MDC.put(FailureReference.TENANT_KEY, name);
            return Optional.of(new TenantOdooDatabase(database, clientModels));
        } catch (SaasException error) {
            if (error.code().equals(ErrorCodes.DATABASE_UNKNOWN)) {
                return Optional.empty();
            }
            throw error;
        }
    }
}
