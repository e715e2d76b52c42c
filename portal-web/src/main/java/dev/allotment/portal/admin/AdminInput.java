// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.ErrorCategory;
import dev.allotment.MaintenanceWindow;
import dev.allotment.SaasException;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Refusals;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

    /** The text of a field with a window; empty for none. */
    static String text(@Nullable MaintenanceWindow window) {
        return window == null ? "" : window.range();
    }

    /** Reads a field with a window; null if it is empty, or refused. */
    static @Nullable MaintenanceWindow window(Form form, String field) {
        String text = form.value(field);
        try {
            return text.isEmpty() ? null : MaintenanceWindow.parse(text);
        } catch (SaasException e) {
            form.refuse(field, refusal(e));
            return null;
        }
    }

    /** Splits names at commas and white space. */
    static List<String> names(String text) {
        return Arrays.stream(text.split("[,\\s]+", -1))
                .filter(each -> !each.isEmpty())
                .distinct()
                .toList();
    }
}
