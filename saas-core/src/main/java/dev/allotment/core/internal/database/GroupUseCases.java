// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.database;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.access.Group;
import dev.allotment.access.GroupId;
import dev.allotment.access.Groups;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.core.internal.base.MemberActor;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.base.UnitOfWork;
import dev.allotment.core.internal.record.MemberRows;
import dev.allotment.spi.backend.Membership;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Optional;

/** Reads the groups inside one tenant database; every member may see them. */
public final class GroupUseCases extends RecordLookup<GroupId, Group> implements Groups {
    private final MemberActor actor;

    GroupUseCases(UnitOfWork work, MemberActor actor) {
        super(work, RecordTypes.GROUPS, "Group");
        this.actor = actor;
    }

    @Override
    protected long number(GroupId id) {
        return id.value();
    }

    @Override
    protected Filter<Group> visible(Transaction tx) {
        return Filter.all();
    }

    @Override
    public Optional<Group> findByXmlId(String xmlId) {
        return work().transact(tx -> MemberRows.group(tx, xmlId));
    }

    @Override
    public List<MemberId> members(GroupId group) {
        return work().transact(tx -> tx
                .records(RecordTypes.MEMBERSHIPS)
                .list(Query.where(Filter.equal(Membership.GROUP_ID, group)).orderBy(Membership.MEMBER_ID))
                .stream()
                .map(Membership::memberId)
                .filter(this::visible)
                .toList());
    }

    /** Outsiders see only themselves. */
    private boolean visible(MemberId id) {
        Member member = actor.member();
        return member == null || !member.share() || member.id().equals(id);
    }
}
