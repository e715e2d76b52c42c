// SPDX-License-Identifier: Apache-2.0
package dev.allotment.team;

import org.jspecify.annotations.Nullable;

/**
 * What became of a request to invite a person: an invitation with its secrets, or the member that the person is
 * already. Exactly one of the two is there. Immutable. The secrets are never printed.
 *
 * @param member null: the person is invited. Else nothing was sent
 * @param invitation null: the person is a member already
 * @param secret for {@link Teams#accept}; the person who invites may see it; null without an invitation
 * @param emailedSecret the same, and also for {@link Teams#signUp}: it shows that its holder reads the emails of {@link
 *     Invitation#email}. Send it there, and show it to no one; null without an invitation
 */
public record SentInvitation(
        @Nullable Teammate member,
        @Nullable Invitation invitation,
        @Nullable String secret,
        @Nullable String emailedSecret) {
    /** Returns the member or the invitation, without the secrets. */
    @Override
    public String toString() {
        return "SentInvitation[member=" + member + ", invitation=" + invitation + "]";
    }
}
