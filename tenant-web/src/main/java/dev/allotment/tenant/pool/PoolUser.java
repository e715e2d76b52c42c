// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.pool;

import dev.allotment.Tenant;
import org.jspecify.annotations.Nullable;

/**
 * Who connects to the database of a tenant.
 *
 * @param looking the session of support that only reads; null: the application of the tenant
 */
public record PoolUser(Tenant tenant, @Nullable Looking looking) {
    /** Returns the application of a tenant. */
    public static PoolUser of(Tenant tenant) {
        return new PoolUser(tenant, null);
    }

    /** Returns the number of the session of support; 0: the application of the tenant. */
    long use() {
        return looking == null ? 0 : looking.use();
    }
}
