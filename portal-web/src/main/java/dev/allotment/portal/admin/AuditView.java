// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.web.ListControls;
import dev.allotment.portal.web.Moment;
import java.util.List;

/** The content of the audit log. */
public record AuditView(List<Row> rows, ListControls list) {
    public AuditView {
        rows = List.copyOf(rows);
    }

    /**
     * An event.
     *
     * @param link the address of the page about the subject; empty if there is none
     */
    public record Row(
            Moment at, String what, String actor, String clientAddress, String about, String link, String details) {}
}
