// SPDX-License-Identifier: Apache-2.0
package dev.allotment.access;

import static dev.allotment.AllowedFor.Keys.READ_ONLY;

import dev.allotment.AllowedFor;
import dev.allotment.Lookup;
import java.util.List;
import java.util.Optional;

/** The groups of access rights inside one tenant database. */
@AllowedFor(READ_ONLY)
public interface Groups extends Lookup<GroupId, Group> {
    /** Returns the group with an XML id such as {@code base.group_user}; empty if there is none. */
    @AllowedFor(READ_ONLY)
    Optional<Group> findByXmlId(String xmlId);

    /** Returns the members of a group, in the order of their ids. */
    @AllowedFor(READ_ONLY)
    List<MemberId> members(GroupId group);
}
