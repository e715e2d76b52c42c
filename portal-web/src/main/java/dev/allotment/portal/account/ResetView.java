// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.portal.web.Form;

/** The content of the page for a forgotten password. */
public record ResetView(Form form, Step step) {
    /** The step that the visitor has reached. */
    public enum Step {
        /** No emails can be sent, so the administrator sets passwords. */
        IMPOSSIBLE,
        /** The visitor enters a login. */
        ASK,
        /** The link was requested. */
        EMAILED,
        /** The visitor chooses a new password. */
        CHOOSE,
        /** The link was used, has expired or never existed. */
        OUT_OF_DATE
    }
}
