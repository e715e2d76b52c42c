// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.web.Form;
import java.util.List;

/**
 * The content of the page that moves a tenant to another database server.
 *
 * @param id of the tenant
 * @param movable whether the tenant is open or suspended
 * @param servers the other servers that accept databases
 */
public record ChangeServerView(long id, String name, boolean movable, List<SelectOption> servers, Form form) {
    public ChangeServerView {
        servers = List.copyOf(servers);
    }
}
