// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.host;

import dev.allotment.CustomDomain;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.Optional;

/** The custom domains of tenants within one catalog transaction. */
public final class TenantDomains {
    private TenantDomains() {}

    static Optional<CustomDomain> find(Transaction tx, String host) {
        return tx.records(RecordTypes.CUSTOM_DOMAINS).list(Query.where(Filter.equal(CustomDomain.HOST, host))).stream()
                .findFirst();
    }

    /** Removes the custom domains of a tenant that is gone. */
    public static void forget(Transaction tx, StoredTenant tenant) {
        Records<CustomDomain> domains = tx.records(RecordTypes.CUSTOM_DOMAINS);
        for (CustomDomain domain : domains.list(Query.where(Filter.equal(CustomDomain.TENANT_ID, tenant.id())))) {
            ReservedNames.release(tx, domain.host(), tenant.uuid(), null);
            domains.delete(domain.id());
        }
    }
}
