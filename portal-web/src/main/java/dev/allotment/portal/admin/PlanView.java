// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.web.Form;
import java.util.List;

/**
 * One plan, or a new one.
 *
 * @param id 0: a new one
 * @param addons of the template that new databases are copied from; empty: there is none
 * @param build what was typed to build a template
 */
public record PlanView(long id, Form form, List<SelectOption> templates, List<SelectOption> servers, String addons, Form build) {
    public PlanView {
        templates = List.copyOf(templates);
        servers = List.copyOf(servers);
    }
}
