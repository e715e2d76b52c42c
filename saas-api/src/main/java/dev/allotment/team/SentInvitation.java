// SPDX-License-Identifier: Apache-2.0
package dev.allotment.team;

import org.jspecify.annotations.Nullable;

/**
 * What became of a request to invite a person: an invitation with its secret, or the member that the person is already.
 * Exactly one of the two is there. Immutable. The secret is never printed.
 *
 * @param member null: the person is invited. Else nothing was sent
 * @param invitation null: the person is a member already
 * @param secret for {@link Teams#accept}; send it to {@link Invitation#email} and nowhere else; null without an
 *     invitation
 */
public record SentInvitation(
        @Nullable Teammate member,
        @Nullable Invitation invitation,
        @Nullable String secret) {
    /** Returns the member or the invitation, without the secret. */
    @Override
    public String toString() {
        return "SentInvitation[member=" + member + ", invitation=" + invitation + "]";
    }
}
