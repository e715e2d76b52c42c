// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.identity;

import dev.allotment.portal.web.Form;
import java.util.List;

/**
 * The content of the page with the identity providers of a team, or those for everyone.
 *
 * @param path of the page
 * @param mailDomains whether the visitor sees the mail domains of the team
 * @param callback the address to be registered at the provider
 * @param roles with which new people can get an account; none for everyone's providers
 * @param form for a new provider
 */
public record ProvidersView(
        String path,
        boolean forEveryone,
        boolean available,
        boolean mailDomains,
        String callback,
        List<Row> rows,
        List<RoleChoice> roles,
        Form form) {
    public ProvidersView {
        rows = List.copyOf(rows);
        roles = List.copyOf(roles);
    }

    /** A provider. */
    public record Row(long id, String name, String issuer, boolean active) {}
}
