// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.portal.web.Form;

/**
 * The content of the sign-up page.
 *
 * @param sentTo the address that the email was sent to; empty if none was requested yet
 */
public record SignUpView(Form form, Step step, String sentTo) {
    /** The step that the visitor has reached. */
    public enum Step {
        /** Sign-up is closed. */
        CLOSED,
        /** Addresses must be confirmed, but no emails can be sent. */
        IMPOSSIBLE,
        /** The visitor enters a password, and the account is created at once. */
        ASK,
        /** The visitor requests an email with a link to choose the password. */
        ASK_FOR_EMAIL,
        /** The link was requested. */
        EMAILED,
        /** The visitor chooses a password. */
        CHOOSE,
        /** The link was used, has expired or never existed. */
        OUT_OF_DATE
    }
}
