// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.Tenant;
import dev.allotment.spi.RecordTypes;
import dev.allotment.spi.Transaction;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What the catalog copies from inside a client database. */
final class TenantFacts {
    private static final List<String> KEYS =
            List.of(Parameter.MAX_USERS, Parameter.TOTAL_STORAGE_LIMIT, Parameter.SUSPENDED);

    private TenantFacts() {}

    static Map<String, String> settings(Transaction tx) {
        return tx.records(RecordTypes.PARAMETERS).list(Query.where(Filter.in("key", KEYS))).stream()
                .collect(Collectors.toMap(Parameter::key, Parameter::value));
    }

    static Tenant.Builder limits(Tenant tenant, Map<String, String> settings) {
        Tenant.Builder changed = tenant.toBuilder();
        String users = settings.get(Parameter.MAX_USERS);
        String storage = settings.get(Parameter.TOTAL_STORAGE_LIMIT);
        if (users != null) {
            changed.maxUsers(Numbers.limit(users));
        }
        if (storage != null) {
            changed.totalStorageLimit(Numbers.limit(storage));
        }
        return changed;
    }
}
