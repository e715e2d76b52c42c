// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.List;

/** The databases that tenants are cloned from; for administrators. */
public interface Templates extends Lookup<TemplateId, Template> {
    /**
     * Builds a template with the plan's language, zone and server and these add-ons (and what they need), and makes it the
     * plan's. The template that the plan had before stays as it is. Survives being killed: see {@link Operation}.
     *
     * @throws SaasException {@code addon.unknown}, {@code server.none}
     */
    Template build(PlanId plan, List<String> addons);

    /**
     * Drops its database.
     *
     * @throws SaasException {@code template.in-use} while a plan is set to it
     */
    void delete(TemplateId template);
}
