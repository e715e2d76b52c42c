// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.authentication;

import dev.allotment.core.internal.record.SessionRows;
import dev.allotment.spi.backend.StoredTenant;

/**
 * Where users have their numbers: the main database, or the database that a tenant has until another one replaces it.
 *
 * @param database the UUID of the tenant; empty: the main database
 * @param replacements which database of that tenant, see {@link StoredTenant#replacements}
 */
public record Place(String database, long replacements) {
    /** The main database, which is never replaced. */
    public static final Place MAIN = new Place(SessionRows.MAIN, 0);

    public static Place of(StoredTenant tenant) {
        return new Place(tenant.uuid().toString(), tenant.replacements());
    }
}
