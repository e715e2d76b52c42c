// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import java.util.List;

/** The content of the page with the sessions of a user. */
public record SessionsView(List<SessionRow> rows) {
    public SessionsView {
        rows = List.copyOf(rows);
    }
}
