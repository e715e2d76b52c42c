// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.List;
import java.util.Optional;

/** The groups of access rights inside one client database. */
public interface Groups extends Lookup<GroupId, Group> {
    /** The group with an XML id such as {@code base.group_user}; empty where there is none. */
    Optional<Group> findByXmlId(String xmlId);

    /** The users in it, by id. */
    List<MemberId> members(GroupId group);
}
