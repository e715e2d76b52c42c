// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.web.Form;
import java.util.List;

/**
 * The content of the page of a plan.
 *
 * @param id 0 for a new plan
 * @param version the one that is sold now; 0 for a new plan
 * @param addons of the template for new databases; empty if there is no template
 * @param choices the add-ons that a template can be built with
 * @param build the form that builds a template
 * @param differences where the form differs from the stored plan, if the plan was changed meanwhile
 */
public record PlanView(
        long id,
        int version,
        Form form,
        List<SelectOption> templates,
        List<SelectOption> servers,
        String addons,
        List<AddonChoice> choices,
        Form build,
        List<Difference> differences) {
    public PlanView {
        templates = List.copyOf(templates);
        servers = List.copyOf(servers);
        choices = List.copyOf(choices);
        differences = List.copyOf(differences);
    }

    /** An add-on that a template can be built with. */
    public record AddonChoice(String name, String title, String version, boolean ticked) {}

    /** A field with its stored value, and the one in the form. */
    public record Difference(String field, String stored, String sent) {}
}
