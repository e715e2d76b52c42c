// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.web.Form;
import java.util.List;

/**
 * The content of the pages that drop a database without a tenant, or make it a tenant.
 *
 * @param name of the database, or the identity of a login
 * @param action the address of the form
 * @param plans to choose from when it becomes a tenant
 */
public record OrphanView(
        String name, String server, String message, String action, Form form, List<SelectOption> plans) {
    public OrphanView {
        plans = List.copyOf(plans);
    }
}
