// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.portal.web.Form;
import dev.allotment.text.Texts;

/** The rule for passwords that users choose on pages. */
public final class NewPassword {
    private static final int MIN_LENGTH = 8;

    private NewPassword() {}

    /** Counts characters as their user does: one outside of the basic plane is one. */
    public static void check(Texts texts, Form form, String password) {
        if (password.codePointCount(0, password.length()) < MIN_LENGTH) {
            form.refuse("password", texts.text("common.password-too-short", MIN_LENGTH));
        }
    }
}
