// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.portal.web.Form;

/**
 * What the sign-up page shows.
 *
 * @param sentTo where a letter was sent to, or would have been; empty: nothing was asked for yet
 */
public record SignUpView(Form form, Step step, String sentTo) {
    /** How far somebody is. */
    public enum Step {
        /** Strangers may not sign up. */
        CLOSED,
        /** An address has to be confirmed, and nothing can be sent. */
        IMPOSSIBLE,
        /** With a password, for an account at once. */
        ASK,
        /** For a letter, by which the password is chosen. */
        ASK_FOR_LETTER,
        ASKED,
        CHOOSE,
        /** The link was used, is too old, or never was one. */
        OUT_OF_DATE
    }
}
