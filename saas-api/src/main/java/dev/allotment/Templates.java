// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import static dev.allotment.AllowedFor.Keys.READ_ONLY;
import static dev.allotment.Permission.VIEW_INSTALLATION;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The templates that tenants are cloned from. Requires an administrator.
 *
 * <p>A template is built on one server, and copied to others when a database of it is placed there. Then there is a
 * record for each server, with the same family and version.
 *
 * <p>The maintenance rebuilds a template if its plan says something else by now (language, time zone, demo data) or
 * if an add-on has a newer version. The result is the next template version, which the plan uses from then on.
 * Existing tenants do not change. Spares and templates of the previous version are removed.
 */
@AllowedFor(READ_ONLY)
@Needs(VIEW_INSTALLATION)
public interface Templates extends Lookup<TemplateId, Template> {
    /**
     * Builds a template with the plan's language, time zone and server, and with these add-ons and what they need.
     * The plan uses it from then on; its previous template stays. If the plan is set to a {@linkplain #reserve
     * reserved} template, that one is built. Survives a crash: see {@link Operation}.
     *
     * @param idempotencyKey a repeated request with the same key returns the first result; null: no key
     * @throws SaasException {@code addon.unknown}, {@code server.none}, {@code server.labels-missing}, {@code
     *     server.full}, {@code idempotency.mismatch}, {@code operation.in-progress} (the same key is in progress;
     *     retryable)
     */
    Template build(PlanId plan, List<String> addons, @Nullable String idempotencyKey);

    /**
     * Builds a template without an idempotency key, as {@link #build(PlanId, List, String)} does.
     *
     * @throws SaasException as {@link #build(PlanId, List, String)}
     */
    default Template build(PlanId plan, List<String> addons) {
        return build(plan, addons, null);
    }

    /**
     * Reserves the name of a template that is built later. A plan can be set to it, but no tenant can be created from
     * it before {@link #build(PlanId, List, String)} of that plan has built it, under this name.
     *
     * @throws SaasException {@code tenant.name-invalid}, {@code tenant.name-taken}, {@code server.none}, {@code
     *     server.full}
     */
    Template reserve(String name);

    /**
     * Turns an existing database into a template, which the plan uses from then on. It counts as having no add-ons.
     * It cannot be rebuilt or copied to another server, so tenants of the plan are placed on this server.
     *
     * @param idempotencyKey as for {@link #build(PlanId, List, String)}
     * @throws SaasException as {@link Tenants#adopt}
     */
    Template adopt(PlanId plan, ServerId server, String name, @Nullable String idempotencyKey);

    /**
     * Deletes a template with its databases on all servers.
     *
     * @throws SaasException {@code template.in-use} while a plan uses it, {@code template.not-ready} while it is
     *     being built
     */
    void delete(TemplateId template);

    /**
     * Returns the add-ons that a template can be built with, in the order of their names. Each is described as one that
     * is not installed; its {@link AddonStatus#latestVersion} is the version that a template would get now.
     *
     * @throws SaasException {@code access.not-allowed}
     */
    @AllowedFor(READ_ONLY)
    @Needs(VIEW_INSTALLATION)
    List<AddonStatus> addons();

    /** Returns the state of the warm pool. */
    @AllowedFor(READ_ONLY)
    @Needs(VIEW_INSTALLATION)
    WarmPoolStatistics spares();

    /** Returns the template with this database name; empty if there is none. */
    @AllowedFor(READ_ONLY)
    @Needs(VIEW_INSTALLATION)
    default Optional<Template> findByName(String name) {
        return list(Query.where(Filter.equal(Template.NAME, name))).stream().findFirst();
    }
}
