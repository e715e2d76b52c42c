// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.guides;

import dev.allotment.tenant.CurrentTenant;
import org.hibernate.context.spi.CurrentTenantIdentifierResolver;

/** A session belongs to the tenant for which the thread works when it opens the session. */
final class TenantIdentifiers implements CurrentTenantIdentifierResolver<String> {
    private final CurrentTenant current;

    TenantIdentifiers(CurrentTenant current) {
        this.current = current;
    }

    @Override
    public String resolveCurrentTenantIdentifier() {
        return current.get().uuid().toString();
    }

    @Override
    public boolean validateExistingCurrentSessions() {
        return true;
    }
}
