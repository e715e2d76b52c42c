// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.record;

import dev.allotment.Customer;
import dev.allotment.CustomerId;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.TeamRole;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FactorRules;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.parameter.MainParameters;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredInvitation;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.team.InvitationState;
import dev.allotment.team.TeamMember;
import dev.allotment.team.TenantLimit;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Stores the teams of customers in the catalog. */
public final class TeamRows {
    private static final int DEFAULT_LIMIT = 50;

    private TeamRows() {}

    /**
     * Locks the row of a customer, so that all changes of its team wait for each other.
     *
     * @throws SaasException {@code record.missing}
     */
    public static Customer lock(Transaction tx, CustomerId customer) {
        return tx.records(RecordTypes.CUSTOMERS).lock(customer.value()).orElseThrow(() -> missing(customer));
    }

    public static SaasException missing(CustomerId customer) {
        return RecordLookup.missing(RecordTypes.CUSTOMERS, "Customer", customer.value());
    }

    /** The members of a team, those with the oldest membership first. */
    public static List<TeamMember> of(Transaction tx, CustomerId customer) {
        return tx.records(RecordTypes.TEAM_MEMBERS)
                .list(Query.where(Filter.equal(TeamMember.CUSTOMER_ID, customer))
                        .orderBy(TeamMember.ID));
    }

    /** The memberships of an account, the oldest first. */
    public static List<TeamMember> of(Transaction tx, UserId account) {
        return tx.records(RecordTypes.TEAM_MEMBERS)
                .list(Query.where(Filter.equal(TeamMember.USER_ID, account)).orderBy(TeamMember.ID));
    }

    /** The accounts in a team. */
    public static List<UserId> accounts(Transaction tx, CustomerId customer) {
        return tx.records(RecordTypes.TEAM_MEMBERS)
                .values(TeamMember.USER_ID, Query.where(Filter.equal(TeamMember.CUSTOMER_ID, customer)));
    }

    /** Puts a new account into the team of its customer. */
    public static void addMember(Transaction tx, User account, TeamRole role) {
        tx.records(RecordTypes.TEAM_MEMBERS)
                .insert(new TeamMember(
                        0, account.customerId(), account.id(), role, TenantLimit.ALL, account.createdAt()));
    }

    /** Adds what happened in a team to the audit log. */
    public static void record(
            CoreContext context,
            Transaction tx,
            Actor actor,
            EventType type,
            CustomerId customer,
            Map<String, String> more) {
        Map<String, String> details = new HashMap<>(more);
        details.put("customer", customer.toString());
        context.events().add(tx, actor, type, null, null, details);
    }

    /** The other owners whose accounts are active, the one with the oldest membership first. */
    public static List<TeamMember> otherOwners(Transaction tx, TeamMember member) {
        List<TeamMember> owners = of(tx, member.customerId()).stream()
                .filter(each -> each.owner() && each.id() != member.id())
                .toList();
        List<UserId> active = tx.records(RecordTypes.USERS)
                .values(
                        User.ID,
                        Query.where(Filter.and(
                                Filter.in(
                                        User.ID,
                                        owners.stream().map(TeamMember::userId).toList()),
                                Filter.equal(User.ACTIVE, true))));
        return owners.stream().filter(each -> active.contains(each.userId())).toList();
    }

    /**
     * Refuses to take the rights of an owner away if there is no other one. The customer must be locked.
     *
     * @throws SaasException {@code team.last-owner}
     */
    public static void requireAnotherOwner(Transaction tx, TeamMember member) {
        if (member.owner() && otherOwners(tx, member).isEmpty()) {
            throw lastOwner(member);
        }
    }

    public static SaasException lastOwner(TeamMember member) {
        return SaasException.conflict(
                ErrorCodes.TEAM_LAST_OWNER,
                "User " + member.userId() + " is the last active owner of customer " + member.customerId()
                        + ". Make another member an owner first.");
    }

    /**
     * Refuses another member or invitation if there is no room in the team. The customer must be locked.
     *
     * @throws SaasException {@code team.full}
     */
    public static void requireRoom(Transaction tx, CustomerId customer, Instant now) {
        int limit = MainParameters.value(tx, Parameter.TEAM_LIMIT)
                .map(Integer::parseInt)
                .orElse(DEFAULT_LIMIT);
        if (limit > 0
                && of(tx, customer).size()
                                + tx.records(RecordTypes.TEAM_INVITATIONS).count(pending(customer, now))
                        >= limit) {
            throw new SaasException(
                    ErrorCategory.CONFLICT,
                    ErrorCodes.TEAM_FULL,
                    "The team of the customer has " + limit + " members and pending invitations, which is the limit."
                            + " Remove a member, or revoke an invitation.",
                    Map.of("limit", Integer.toString(limit)),
                    false,
                    null);
        }
    }

    /** The invitations of a customer that can be accepted. */
    public static Filter<StoredInvitation> pending(CustomerId customer, Instant now) {
        return Filter.and(
                Filter.equal(StoredInvitation.CUSTOMER_ID, customer),
                Filter.equal(StoredInvitation.STATE, InvitationState.PENDING),
                Filter.compare(StoredInvitation.EXPIRES_AT, Filter.Operator.GREATER, now));
    }

    /** Deletes the team of a customer that is deleted. */
    public static void deleteOf(Transaction tx, CustomerId customer) {
        tx.records(RecordTypes.TEAM_MEMBERS).deleteAll(Filter.equal(TeamMember.CUSTOMER_ID, customer));
        tx.records(RecordTypes.TEAM_INVITATIONS).deleteAll(Filter.equal(StoredInvitation.CUSTOMER_ID, customer));
        FactorRules.remove(tx, customer);
        IdentityRows.deleteOf(tx, customer);
    }

    /**
     * Gives an account that has left its customer another one to act for: that of its oldest membership. Without any,
     * it keeps the customer, in which it has no rights.
     */
    public static void settle(Transaction tx, UserId account) {
        List<TeamMember> teams = of(tx, account);
        tx.records(RecordTypes.USERS)
                .lock(account.value())
                .filter(user -> !teams.isEmpty()
                        && teams.stream().noneMatch(each -> each.customerId().equals(user.customerId())))
                .ifPresent(user -> tx.records(RecordTypes.USERS)
                        .update(user.toBuilder()
                                .customerId(teams.get(0).customerId())
                                .build()));
    }
}
