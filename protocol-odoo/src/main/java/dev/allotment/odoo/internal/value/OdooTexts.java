// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.value;

import org.jspecify.annotations.Nullable;

/** Replaces texts that a caller left out. The rules of the record then report what is missing. */
public final class OdooTexts {
    private OdooTexts() {}

    public static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    public static String or(@Nullable String text, String otherwise) {
        return text == null || text.isEmpty() ? otherwise : text;
    }
}
