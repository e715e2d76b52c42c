// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.RecordField;
import dev.allotment.access.GroupId;
import dev.allotment.access.MemberId;

/**
 * The membership of a member in a group. Each pair exists once.
 *
 * @param id 0 before it is stored
 */
public record Membership(long id, GroupId groupId, MemberId memberId) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<Membership, Long> ID = RecordField.of("id");

    /** The field {@code groupId}, for filters and sort keys. */
    public static final RecordField<Membership, GroupId> GROUP_ID = RecordField.of("groupId");

    /** The field {@code memberId}, for filters and sort keys. */
    public static final RecordField<Membership, MemberId> MEMBER_ID = RecordField.of("memberId");
}
