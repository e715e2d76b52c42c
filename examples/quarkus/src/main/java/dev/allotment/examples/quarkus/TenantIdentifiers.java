// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.quarkus;

import dev.allotment.tenant.TenantDataSources;
import io.quarkus.hibernate.orm.PersistenceUnitExtension;
import io.quarkus.hibernate.orm.runtime.tenant.TenantResolver;
import jakarta.enterprise.context.ApplicationScoped;

/** A session belongs to the tenant for which the thread works when the session is opened. */
@ApplicationScoped
@PersistenceUnitExtension
class TenantIdentifiers implements TenantResolver {
    private final TenantDataSources sources;

    TenantIdentifiers(TenantDataSources sources) {
        this.sources = sources;
    }

    /** Hibernate uses this for a connection without a session, such as one to read metadata. There is none. */
    @Override
    public String getDefaultTenantId() {
        return "none";
    }

    @Override
    public String resolveTenantId() {
        return sources.currentTenant().get().uuid().toString();
    }
}
