// SPDX-License-Identifier: Apache-2.0
package dev.allotment.team;

/** What became of an invitation. Only a pending one can be accepted. */
public enum InvitationState {
    /** It can be accepted. */
    PENDING,

    /** An account has accepted it. */
    ACCEPTED,

    /** It was declined by the person who has its secret. */
    DECLINED,

    /** It was revoked, or replaced by another invitation to the same address. */
    REVOKED,

    /** Its time has passed. */
    EXPIRED
}
