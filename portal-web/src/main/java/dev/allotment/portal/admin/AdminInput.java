// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.ErrorCategory;
import dev.allotment.SaasException;
import dev.allotment.portal.web.Refusals;
import java.util.Arrays;
import java.util.List;

/** Reads what an administrator entered, and says what is wrong with it. */
final class AdminInput {
    private AdminInput() {}

    /** Returns what the administrator can correct; rethrows everything else. */
    static String refusal(SaasException e) {
        if (e.category() == ErrorCategory.UNAVAILABLE
                || e.category() == ErrorCategory.INTERNAL
                || e.category() == ErrorCategory.NOT_ALLOWED) {
            throw e;
        }
        return Refusals.text(e);
    }

    /** Splits names at commas and white space. */
    static List<String> names(String text) {
        return Arrays.stream(text.split("[,\\s]+", -1))
                .filter(each -> !each.isEmpty())
                .distinct()
                .toList();
    }
}
