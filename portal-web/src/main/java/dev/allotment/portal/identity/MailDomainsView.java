// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.identity;

import dev.allotment.portal.web.Form;
import java.util.List;

/**
 * The content of the page with the mail domains of a team.
 *
 * @param form for a new domain
 */
public record MailDomainsView(List<Row> rows, Form form) {
    public MailDomainsView {
        rows = List.copyOf(rows);
    }

    /**
     * A domain.
     *
     * @param name as in DNS, since other scripts have characters that look like those of another domain
     * @param readable the name with these characters; empty if it has none
     */
    public record Row(long id, String name, String readable, MailDomainView.State state) {}
}
