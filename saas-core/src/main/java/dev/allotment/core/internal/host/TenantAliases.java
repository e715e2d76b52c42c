// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.host;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.TenantAlias;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.Optional;

/** The aliases of tenants within one catalog transaction. */
public final class TenantAliases {
    private TenantAliases() {}

    static Optional<TenantAlias> find(Transaction tx, String host) {
        return tx.records(RecordTypes.ALIASES).list(Query.where(Filter.equal(TenantAlias.HOST, host))).stream()
                .findFirst();
    }

    /** Removes the aliases of a tenant that is gone. */
    public static void forget(Transaction tx, StoredTenant tenant) {
        Records<TenantAlias> aliases = tx.records(RecordTypes.ALIASES);
        for (TenantAlias alias : aliases.list(Query.where(Filter.equal(TenantAlias.TENANT_ID, tenant.id())))) {
            ReservedNames.release(tx, alias.host(), tenant.uuid(), null);
            aliases.delete(alias.id());
        }
    }
}
