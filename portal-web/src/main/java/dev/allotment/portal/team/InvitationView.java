// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.team;

import dev.allotment.portal.web.Form;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The content of the page of an invitation.
 *
 * @param offer what is offered; null if the invitation has ended
 * @param login with which the visitor has signed in; empty for none
 */
public record InvitationView(Step step, @Nullable Offer offer, String login, Form form) {
    /** Returns what is offered. Only for steps with an offer. */
    public Offer offered() {
        return Objects.requireNonNull(offer, "The invitation has ended");
    }

    /** What the visitor can do. */
    public enum Step {
        /** The invitation was used, revoked, has expired or never existed. */
        ENDED,
        /** It was declined just now. */
        DECLINED,
        /** The visitor has signed in with the address of the invitation. */
        ACCEPT,
        /** The visitor has signed in with another login. */
        ACCEPT_ELSEWHERE,
        /** The visitor wants to accept with another login, and is asked once more. */
        CONFIRM_ELSEWHERE,
        /** There is an account with the address. */
        SIGN_IN,
        /** The visitor may not be the invited person, so this must not show whether there is an account. */
        SIGN_IN_FIRST,
        /** There is none. */
        JOIN
    }

    /**
     * An invitation.
     *
     * @param id which invitation the page shows
     * @param inviter who sent it; empty for the provider
     * @param role such as {@code a member}
     * @param limited whether the role applies to some databases only
     */
    public record Offer(
            long id, String customer, String inviter, String role, String purpose, boolean limited, String email) {}
}
