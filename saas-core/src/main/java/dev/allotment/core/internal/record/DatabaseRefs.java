// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.record;

import dev.allotment.Template;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Spare;
import dev.allotment.spi.backend.StoredTenant;

/** Builds the references by which database servers know the databases of tenants, templates and spares. */
public final class DatabaseRefs {
    private DatabaseRefs() {}

    public static DatabaseRef of(StoredTenant tenant) {
        return new DatabaseRef(tenant.name(), tenant.uuid());
    }

    public static DatabaseRef of(Template template) {
        return new DatabaseRef(template.name(), template.uuid());
    }

    public static DatabaseRef of(Spare spare) {
        return new DatabaseRef(spare.name(), spare.uuid());
    }
}
