// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import org.jspecify.annotations.Nullable;

/** The two parts of a database's name: the label that the user chooses, and the suffix from the first dot on. */
final class NameParts {
    private NameParts() {}

    static String label(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    /** Returns the name from the first dot on; empty without a dot. */
    static String suffix(@Nullable String name) {
        int dot = name == null ? -1 : name.indexOf('.');
        return name == null || dot < 0 ? "" : name.substring(dot);
    }
}
