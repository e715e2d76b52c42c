// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.web.Form;
import java.util.List;

/**
 * The content of the page that duplicates a tenant.
 *
 * @param id of the tenant
 * @param key the idempotency key of the form
 * @param copyable whether the tenant is open or suspended
 * @param servers the database servers that a copy can be created on
 */
public record DuplicateView(long id, String name, String key, boolean copyable, List<SelectOption> servers, Form form) {
    public DuplicateView {
        servers = List.copyOf(servers);
    }
}
