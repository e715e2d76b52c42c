// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.record;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.access.Group;
import dev.allotment.access.GroupId;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.core.internal.parameter.ParameterRows;
import dev.allotment.core.internal.rule.LimitNumbers;
import dev.allotment.spi.backend.Membership;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Enforces the rules about members and groups within one transaction in a tenant database. */
public final class MemberRows {
    private MemberRows() {}

    public static Optional<Group> group(Transaction tx, String xmlId) {
        return tx.records(RecordTypes.GROUPS).list(Query.where(Filter.equal(Group.XML_ID, xmlId))).stream()
                .findFirst();
    }

    public static List<Membership> memberships(Transaction tx, MemberId member) {
        return tx.records(RecordTypes.MEMBERSHIPS).list(Query.where(Filter.equal(Membership.MEMBER_ID, member)));
    }

    /** Adds a member to a group; does nothing if it is in the group. */
    public static void add(Transaction tx, GroupId group, MemberId member) {
        Filter<Membership> pair =
                Filter.and(Filter.equal(Membership.GROUP_ID, group), Filter.equal(Membership.MEMBER_ID, member));
        if (tx.records(RecordTypes.MEMBERSHIPS).count(pair) == 0) {
            tx.records(RecordTypes.MEMBERSHIPS).add(new Membership(0, group, member));
        }
    }

    public static Optional<Member> owner(Transaction tx) {
        return tx.records(RecordTypes.MEMBERS).list(Query.where(Filter.equal(Member.OWNER, true))).stream()
                .findFirst();
    }

    /** Counts the active regular members, without an administrator who is not the owner. */
    public static long regular(Transaction tx) {
        return tx.records(RecordTypes.MEMBERS)
                .count(Filter.and(
                        Filter.equal(Member.ACTIVE, true),
                        Filter.equal(Member.SHARE, false),
                        Filter.or(Filter.notEqual(Member.ID, Member.ADMINISTRATOR), Filter.equal(Member.OWNER, true))));
    }

    /** Refuses one regular member too many; callers that add members at the same time wait. */
    public static void checkLimit(Transaction tx) {
        tx.records(RecordTypes.MEMBERS).lock(Member.ADMINISTRATOR.value());
        int limit = ParameterRows.find(tx, Parameter.MAX_USERS)
                .map(each -> LimitNumbers.limit(each.value()))
                .orElse(0);
        if (limit > 0 && regular(tx) >= limit) {
            throw new SaasException(
                    ErrorCategory.CONFLICT,
                    ErrorCodes.USER_LIMIT_REACHED,
                    "Limit of users for this database is " + limit + " reached",
                    Map.of("limit", Integer.toString(limit)),
                    false,
                    null);
        }
    }
}
