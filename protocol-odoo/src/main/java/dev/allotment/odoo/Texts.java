// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import org.jspecify.annotations.Nullable;

/** Texts that a record must have, and a caller may leave out: the rules of the record then say what is missing. */
final class Texts {
    private Texts() {}

    static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    static String or(@Nullable String text, String otherwise) {
        return text == null || text.isEmpty() ? otherwise : text;
    }
}
