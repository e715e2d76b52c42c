// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import org.jspecify.annotations.Nullable;

/**
 * What a server stores of the catalog that changes its databases.
 *
 * @param epoch grows with each decision of an administrator that a catalog is the original: of two marks, the later
 *     decision counts
 * @param place where the catalog is
 */
public record CatalogMark(long epoch, String place) {
    /** Reads the text of a mark; null if it is none. */
    public static @Nullable CatalogMark parse(@Nullable String text) {
        int space = text == null ? -1 : text.indexOf(' ');
        if (text == null || space < 1) {
            return null;
        }
        try {
            return new CatalogMark(Long.parseLong(text.substring(0, space)), text.substring(space + 1));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Returns the text that a server stores. */
    public String text() {
        return epoch + " " + place;
    }
}
