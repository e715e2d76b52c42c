// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.portal.web.Form;

/** What the page for a forgotten password shows. */
public record ResetView(Form form, Step step) {
    /** How far somebody is. */
    public enum Step {
        /** Nothing can be sent: the administrator sets passwords. */
        IMPOSSIBLE,
        ASK,
        ASKED,
        CHOOSE,
        /** The link was used, is too old, or never was one. */
        OUT_OF_DATE
    }
}
