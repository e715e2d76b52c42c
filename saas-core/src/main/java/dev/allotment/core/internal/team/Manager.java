// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.team;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Permission;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.TeamRole;
import dev.allotment.TenantId;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.Door;
import dev.allotment.core.internal.record.TeamRows;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.team.TeamMember;
import dev.allotment.team.TenantLimit;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who changes a team, read after the customer was locked: of two members that take each other's rights away at the same
 * time, the second one has lost its own.
 *
 * @param member null: the embedder or an administrator, who may do everything
 */
public record Manager(
        Transaction tx,
        Actor actor,
        CustomerId customer,
        @Nullable TeamMember member) {
    /**
     * Locks the customer.
     *
     * @throws SaasException {@code record.missing} if the actor acts for no customer; {@code access.not-allowed}
     */
    public static Manager lock(Transaction tx, Actor actor, @Nullable Permission needed) {
        CustomerId customer = TeamRows.lock(tx, customer(actor)).id();
        if (!actor.portal()) {
            return new Manager(tx, actor, customer, null);
        }
        TeamMember present = Door.present(tx, actor).member();
        if (present == null || (needed != null && !present.may(needed))) {
            throw actor.refused("change the team of this customer");
        }
        return new Manager(tx, actor, customer, present);
    }

    /**
     * The customer whose team the actor reads or changes. For an API key for the tenants of one plan there is none:
     * with a team, it could give itself all tenants of the customer.
     *
     * @throws SaasException {@code record.missing}
     */
    public static CustomerId customer(Actor actor) {
        CustomerId customer = actor.customer();
        if (customer == null || actor.scope().plan() != null) {
            throw TeamRows.missing(Objects.requireNonNullElse(customer, new CustomerId(0)));
        }
        return customer;
    }

    /**
     * Refuses to give or take a role and tenants that go beyond what the manager has.
     *
     * @throws SaasException {@code access.not-allowed}
     */
    public void requireWithin(TeamRole role, TenantLimit tenants) {
        if (member == null) {
            return;
        }
        if (!member.role().covers(role)) {
            throw actor.refused("give or take the role " + role + ", which can do more than yours");
        }
        if (!member.tenants().isAll() && (tenants.isAll() || !seen(member).containsAll(tenants.tenants()))) {
            throw actor.refused("give or take a role for tenants that you cannot see");
        }
    }

    /**
     * Refuses a manager that is limited to some tenants.
     *
     * @throws SaasException {@code access.not-allowed}
     */
    public void requireWhole() {
        if (member != null && !member.tenants().isAll()) {
            throw actor.refused("decide for the whole team: your role applies to some tenants");
        }
    }

    private Set<TenantId> seen(TeamMember limited) {
        Set<TenantId> seen = new HashSet<>(limited.tenants().tenants());
        seen.addAll(tx.records(RecordTypes.TENANTS)
                .values(
                        StoredTenant.ID,
                        Query.where(Filter.and(
                                Filter.equal(StoredTenant.CUSTOMER_ID, customer),
                                Filter.equal(StoredTenant.OWNER_ID, limited.userId())))));
        return seen;
    }

    /**
     * Refuses tenants that the customer does not have.
     *
     * @throws SaasException {@code team.invalid}
     */
    void requireTenants(TenantLimit tenants) {
        List<TenantId> named = tenants.tenants();
        long known = tx.records(RecordTypes.TENANTS)
                .count(Filter.and(Filter.equal(StoredTenant.CUSTOMER_ID, customer), Filter.in(StoredTenant.ID, named)));
        if (!tenants.isKnown() || known != named.size()) {
            throw SaasException.invalid(
                    ErrorCodes.TEAM_INVALID,
                    "A role applies to all tenants of the customer, or to some of them that are named; found a tenant"
                            + " that the customer does not have.");
        }
    }
}
