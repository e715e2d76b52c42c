// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Collects what is wrong with the settings of a builder, so that the embedder corrects all of it at once. */
final class Mistakes {
    private final List<String> found = new ArrayList<>();

    /** Notes a mistake unless a value is right. */
    void require(boolean right, String mistake) {
        if (!right) {
            found.add(mistake);
        }
    }

    /** Notes the mistake that a conversion reports, if it does. */
    void during(Supplier<?> conversion) {
        try {
            var unused = conversion.get();
        } catch (IllegalArgumentException e) {
            found.add(String.valueOf(e.getMessage()));
        }
    }

    /** @throws IllegalArgumentException naming every mistake */
    void refuse() {
        if (!found.isEmpty()) {
            throw new IllegalArgumentException(String.join(" ", found));
        }
    }
}
