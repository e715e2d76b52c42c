// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Moment;
import java.util.List;

/**
 * The content of the page about the domains of a database.
 *
 * @param back the path of the database's page
 * @param target the host that DNS records have to name
 * @param changeable whether the visitor can add and remove domains now
 * @param why why the visitor cannot; empty if that is possible
 * @param verified whether domains are verified before they are added
 * @param host the domain that is about to be added; empty for none
 * @param instructions what the customer has to do to prove that the domain is theirs; empty for nothing
 */
public record DomainsView(
        String back,
        String target,
        List<Row> rows,
        boolean changeable,
        String why,
        boolean verified,
        String host,
        String instructions,
        Form form) {
    public DomainsView {
        rows = List.copyOf(rows);
    }

    /** Returns the path of this page. */
    public String path() {
        return back + "/domains";
    }

    /**
     * A domain that opens the database.
     *
     * @param host as in DNS, since other scripts have characters that look like those of another domain
     * @param readable the host with these characters; empty if it has none
     */
    public record Row(long id, String host, String readable, String url, Moment since, String addedBy) {}
}
