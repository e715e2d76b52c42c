// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.erasure;

import dev.allotment.CustomerId;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.core.internal.base.Pseudonyms;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.team.TeamMember;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What belongs to a customer. Its accounts and tenants stay in the catalog until the last transaction of the erasure,
 * so each node that continues it finds the same.
 *
 * @param accounts its accounts, without those that are in the team of another customer, too
 * @param tenants its tenants and the preview copies of them, of any state, and deleted tenants that its accounts owned
 */
record ErasedCustomer(CustomerId id, Map<UserId, User> accounts, Map<TenantId, StoredTenant> tenants) {
    static ErasedCustomer of(Transaction tx, CustomerId id) {
        Map<UserId, User> accounts = new LinkedHashMap<>();
        Set<UserId> elsewhere = elsewhere(tx, id);
        tx
                .records(RecordTypes.USERS)
                .list(Query.where(Filter.equal(User.CUSTOMER_ID, id)).orderBy(User.ID))
                .stream()
                .filter(each -> !elsewhere.contains(each.id()))
                .forEach(each -> accounts.put(each.id(), each));
        Map<TenantId, StoredTenant> tenants = new LinkedHashMap<>();
        Filter<StoredTenant> own = Filter.equal(StoredTenant.CUSTOMER_ID, id);
        Filter<StoredTenant> previews = Filter.in(
                StoredTenant.PREVIEW_OF, tx.records(RecordTypes.TENANTS).values(StoredTenant.ID, Query.where(own)));
        Filter<StoredTenant> tombstones = Filter.and(
                Filter.in(StoredTenant.OWNER_ID, accounts.keySet()),
                Filter.equal(StoredTenant.STATE, TenantState.DELETED));
        tx.records(RecordTypes.TENANTS)
                .list(Query.where(Filter.or(own, previews, tombstones)).orderBy(StoredTenant.ID))
                .forEach(each -> tenants.put(each.id(), each));
        return new ErasedCustomer(id, accounts, tenants);
    }

    /** The accounts of a customer that are in the team of another one, which they act for from then on. */
    static Set<UserId> elsewhere(Transaction tx, CustomerId id) {
        List<UserId> home =
                tx.records(RecordTypes.USERS).values(User.ID, Query.where(Filter.equal(User.CUSTOMER_ID, id)));
        return Set.copyOf(tx.records(RecordTypes.TEAM_MEMBERS)
                .values(
                        TeamMember.USER_ID,
                        Query.where(Filter.and(
                                Filter.in(TeamMember.USER_ID, home), Filter.notEqual(TeamMember.CUSTOMER_ID, id)))));
    }

    /** Those of its tenants that have a database. */
    List<StoredTenant> withDatabase() {
        return tenants.values().stream()
                .filter(each -> each.state().hasDatabase())
                .toList();
    }

    /** The row that stays as a tombstone. */
    static StoredTenant anonymous(StoredTenant tenant) {
        return tenant.toBuilder()
                .name(Pseudonyms.tenant(tenant.id()))
                .attributes(Map.of())
                .tags(List.of())
                .build();
    }
}
