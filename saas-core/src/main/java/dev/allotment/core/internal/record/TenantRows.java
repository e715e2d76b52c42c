// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.record;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.TenantState;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** Finds and locks tenants in one catalog transaction, and checks their states. */
public final class TenantRows {
    /** The tenants in use. */
    public static final Filter<StoredTenant> LIVE = Filter.in(
            StoredTenant.STATE,
            Stream.of(TenantState.values()).filter(TenantState::live).toList());

    /** The tenants that have or get a database, also soft-deleted ones. */
    public static final Filter<StoredTenant> WITH_DATABASE = Filter.in(
            StoredTenant.STATE,
            Stream.of(TenantState.values()).filter(TenantState::hasDatabase).toList());

    private TenantRows() {}

    public static Optional<StoredTenant> byName(Transaction tx, String name) {
        return tx
                .records(RecordTypes.TENANTS)
                .list(Query.where(Filter.equal(StoredTenant.NAME, name)).and(LIVE))
                .stream()
                .findFirst();
    }

    public static Optional<StoredTenant> byUuid(Transaction tx, UUID uuid) {
        return tx.records(RecordTypes.TENANTS).list(Query.where(Filter.equal(StoredTenant.UUID, uuid))).stream()
                .findFirst();
    }

    public static StoredTenant lock(Transaction tx, long id) {
        return tx.records(RecordTypes.TENANTS)
                .lock(id)
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.TENANTS, "Tenant", id));
    }

    /**
     * Refuses a tenant that is in none of the allowed states.
     *
     * @throws SaasException {@code tenant.state}
     */
    public static void requireState(StoredTenant tenant, String action, TenantState... allowed) {
        if (!List.of(allowed).contains(tenant.state())) {
            throw new SaasException(
                    ErrorCategory.CONFLICT,
                    ErrorCodes.TENANT_STATE,
                    "Database \"" + tenant.name() + "\" cannot be " + action + ": it is " + describe(tenant.state())
                            + ".",
                    Map.of("name", tenant.name(), "state", tenant.state().name()),
                    false,
                    null);
        }
    }

    static String describe(TenantState state) {
        return switch (state) {
            case DRAFT -> "still being made";
            case OPEN -> "open";
            case SUSPENDED -> "suspended";
            case RETAINED, DELETED -> "deleted";
        };
    }
}
