// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import dev.allotment.tenant.CurrentTenant;
import org.hibernate.context.spi.CurrentTenantIdentifierResolver;

/** Gives Hibernate the identity of the tenant that the thread works for. Thread-safe. */
final class TenantIdentifierResolver implements CurrentTenantIdentifierResolver<String> {
    /** Hibernate opens no session without an identifier, and Spring Data opens some while it starts. */
    static final String NONE = "none";

    private final CurrentTenant current;

    TenantIdentifierResolver(CurrentTenant current) {
        this.current = current;
    }

    static String identifier(CurrentTenant current) {
        return current.find().map(tenant -> tenant.uuid().toString()).orElse(NONE);
    }

    @Override
    public String resolveCurrentTenantIdentifier() {
        return identifier(current);
    }

    @Override
    public boolean validateExistingCurrentSessions() {
        return true;
    }
}
