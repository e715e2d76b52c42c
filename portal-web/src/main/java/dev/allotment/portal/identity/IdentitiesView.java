// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.identity;

import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Moment;
import java.util.List;

/** The content of the page with the identities of a user. */
public record IdentitiesView(List<Row> rows, List<Choice> choices, Form form) {
    public IdentitiesView {
        rows = List.copyOf(rows);
        choices = List.copyOf(choices);
    }

    /** An identity. */
    public record Row(long id, String provider, String email, Moment used) {}

    /** A provider to which the account can be linked. */
    public record Choice(long id, String name) {}
}
