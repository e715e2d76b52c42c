// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.identity;

import dev.allotment.portal.web.Form;
import java.util.List;

/**
 * The content of the page with the identity providers of a team, or those for everyone.
 *
 * @param path of the page
 * @param callback the address to be registered at the provider
 * @param form for a new provider
 */
public record ProvidersView(
        String path, boolean forEveryone, boolean available, String callback, List<Row> rows, Form form) {
    public ProvidersView {
        rows = List.copyOf(rows);
    }

    /** A provider. */
    public record Row(long id, String name, String issuer, boolean active) {}
}
