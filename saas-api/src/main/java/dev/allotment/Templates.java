// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The databases that tenants are cloned from; for administrators. A template is built on one server, and on others when a
 * database of it is placed there: then there is a record for each, of the same family and generation.
 *
 * <p>What the maintenance finds to be built from something else than its plan says now (language, zone, demo data, a newer
 * version of an add-on) is built anew, as the next generation, to which the plan is set then. Databases made before stay as
 * they are; spares and templates of the generation before are removed.
 */
public interface Templates extends Lookup<TemplateId, Template> {
    /**
     * Builds a template with the plan's language, zone and server and these add-ons (and what they need), and makes it the
     * plan's. The template that the plan had before stays as it is. Survives being killed: see {@link Operation}.
     *
     * @param idempotencyKey a repeated request with the same key returns the first result; null: none
     * @throws SaasException {@code addon.unknown}, {@code server.none}, {@code server.full}, {@code idempotency.mismatch},
     *     {@code operation.in-progress} (the same key is being worked on: repeat)
     */
    Template build(PlanId plan, List<String> addons, @Nullable String idempotencyKey);

    /**
     * As {@link #build(PlanId, List, String)}, without a key.
     *
     * @throws SaasException as there
     */
    default Template build(PlanId plan, List<String> addons) {
        return build(plan, addons, null);
    }

    /**
     * Makes a database that others have made a template, and the plan's. It is known to have no add-ons, and it cannot be built
     * on another server, nor anew: databases of the plan go to this server.
     *
     * @param idempotencyKey as for {@link #build(PlanId, List, String)}
     * @throws SaasException as {@link Tenants#adopt}
     */
    Template adopt(PlanId plan, ServerId server, String name, @Nullable String idempotencyKey);

    /**
     * Drops its databases, on all servers.
     *
     * @throws SaasException {@code template.in-use} while a plan is set to it, {@code template.not-ready} while one is built
     */
    void delete(TemplateId template);

    /** The stock of spare databases, and of what use it was. */
    WarmPoolStatistics spares();
}
