// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.web.Form;
import java.util.List;

/**
 * The content of the page on which repairs are chosen.
 *
 * @param kind the code of the only kind of differences; empty: all kinds
 * @param summary how many there are, and how many are shown
 * @param consequences what repairing all that is shown does, a sentence for each kind
 * @param suspending whether databases may be suspended, so that their number is required
 */
public record RepairView(
        String kind, String summary, List<String> consequences, boolean suspending, List<Row> rows, Form form) {
    public RepairView {
        consequences = List.copyOf(consequences);
        rows = List.copyOf(rows);
    }

    /**
     * A repair to choose.
     *
     * @param number of the row
     * @param key identifies the difference
     */
    public record Row(
            int number, String key, String kind, String place, String message, String remedy, boolean ticked) {}
}
