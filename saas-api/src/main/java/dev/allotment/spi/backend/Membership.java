// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.GroupId;
import dev.allotment.MemberId;

/** That a user of a client database is in a group; each pair once. */
public record Membership(long id, GroupId groupId, MemberId memberId) {}
