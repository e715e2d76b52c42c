// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import static dev.allotment.AllowedFor.Keys.PROVIDED_SESSION;
import static dev.allotment.AllowedFor.Keys.READ_ONLY;
import static dev.allotment.AllowedFor.Keys.TENANTS;
import static dev.allotment.Permission.CHANGE_TENANTS;
import static dev.allotment.Permission.CREATE_TENANTS;
import static dev.allotment.Permission.DELETE_TENANTS;
import static dev.allotment.Permission.EXPORT;
import static dev.allotment.Permission.SWITCH_PLANS;
import static dev.allotment.Permission.VIEW;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a portal user may do without an administrator: create tenants on published plans, and rename, copy, move to
 * another published plan, and delete those that it owns. Everything else is refused with {@code record.missing}.
 *
 * <p>The user chooses a label: 3 to 63 lower case letters, digits and hyphens. The database name is the label,
 * followed by the part of the plan's name template from the first dot on, so users cannot take names below another
 * domain. Labels that mail servers, browsers and certificate authorities trust, such as {@code www} or {@code
 * postmaster}, are refused.
 */
public interface SelfService {
    /** Returns the published plans, in order of presentation. */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(VIEW)
    List<Plan> offers();

    /**
     * Checks whether a tenant could have this name. The name is not reserved.
     *
     * @throws SaasException {@code tenant.name-invalid}, {@code tenant.name-taken}, {@code record.missing} for a plan
     *     that is not published
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(VIEW)
    void checkName(PlanId plan, String label);

    /**
     * Starts creating a tenant, as {@link AsyncOperations#create} does. It is a trial if the plan has trial hours.
     *
     * @param label null: a name from the plan's name template
     * @param idempotencyKey as in {@link CreateTenant}
     * @throws SaasException as {@link #checkName}, and {@code plan.limit-reached}, {@code server.none}, {@code
     *     server.labels-missing}, {@code template.not-ready}
     */
    @AllowedFor(TENANTS)
    @Needs(CREATE_TENANTS)
    Operation start(PlanId plan, @Nullable String label, @Nullable String idempotencyKey);

    /**
     * Returns an operation on one of the user's own tenants.
     *
     * @throws SaasException {@code record.missing}
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(VIEW)
    Operation operation(OperationId operation);

    /**
     * Renames a tenant, as {@link Tenants#rename} does. The part of the name from the first dot on stays.
     *
     * @throws SaasException as {@link Tenants#rename}
     */
    @AllowedFor(TENANTS)
    @Needs(CHANGE_TENANTS)
    Tenant rename(TenantId tenant, String label);

    /**
     * Starts copying a tenant that is open and on a published plan, as {@link AsyncOperations#duplicate} does. The copy
     * expires when the tenant does, and counts against the limits of the plan.
     *
     * @param label null: a name from the plan's name template
     * @param idempotencyKey as in {@link DuplicateTenant}
     * @throws SaasException as {@link #checkName} and {@link Tenants#duplicate}; {@code record.missing} if the plan is
     *     not published, {@code tenant.state} if the tenant is not open
     */
    @AllowedFor(TENANTS)
    @Needs({CREATE_TENANTS, EXPORT})
    Operation duplicate(TenantId tenant, @Nullable String label, @Nullable String idempotencyKey);

    /**
     * Starts making a preview copy, as {@link #duplicate} does. It is deleted for good when it expires, which is when
     * the tenant does at the latest.
     *
     * @param hours from now until it expires, 1 to {@link DuplicateTenant#MAX_PREVIEW_HOURS}
     * @throws SaasException as {@link #duplicate}; {@code configuration.invalid} for the hours, {@code tenant.state} if
     *     the tenant has expired
     */
    @AllowedFor(TENANTS)
    @Needs({CREATE_TENANTS, EXPORT})
    Operation preview(TenantId tenant, @Nullable String label, int hours, @Nullable String idempotencyKey);

    /**
     * Returns what {@link #switchPlan} would do. Changes nothing.
     *
     * @param plan a published plan, which may be the present one if a newer version of it is sold
     * @throws SaasException as {@link Tenants#previewSwitch}; {@code record.missing} if the plan is not published
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(value = SWITCH_PLANS, operators = VIEW)
    PlanSwitch previewSwitch(TenantId tenant, PlanId plan);

    /**
     * Starts moving a tenant to the version of a published plan that is sold now, as {@link
     * AsyncOperations#switchPlan} does, if that still does what the user has seen. New limits cannot be exceeded.
     *
     * @param version the {@link PlanSwitch#version} that the user has seen
     * @param addonsToRemove the {@link PlanSwitch#addonsToRemove} that the user has seen, in any order; they are
     *     removed with all their data
     * @throws SaasException {@code record.changed} if another version is sold now, or if other add-ons would be
     *     removed; {@code plan.switch-refused} if the tenant exceeds a new limit; {@code tenant.busy}; and as {@link
     *     #previewSwitch}
     */
    @AllowedFor(TENANTS)
    @Needs(SWITCH_PLANS)
    Operation switchPlan(TenantId tenant, PlanId plan, int version, List<String> addonsToRemove);

    /**
     * Deletes a tenant, as {@link Tenants#delete} does.
     *
     * @throws SaasException as {@link Tenants#delete}
     */
    @AllowedFor(TENANTS)
    @NeedsProof
    @Needs(DELETE_TENANTS)
    Tenant delete(TenantId tenant);

    /**
     * Returns why an administrator suspended a tenant, if the administrator gave a reason and lets the owner see it.
     *
     * @throws SaasException {@code record.missing}
     */
    @AllowedFor(PROVIDED_SESSION)
    @Needs(VIEW)
    Optional<String> suspensionReason(TenantId tenant);

    /**
     * Returns which of the user's own soft-deleted tenants {@link #restore} accepts now. Looks at the 100 whose
     * retention ends first, and keeps that order.
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(value = DELETE_TENANTS, operators = VIEW)
    List<Tenant> restorable();

    /**
     * Restores a soft-deleted tenant, as {@link Tenants#restore} does, within the limits of its plan. Accepts
     * only a tenant that its owner deleted. Only an administrator can restore one that an administrator or the control
     * plane deleted, such as an expired trial.
     *
     * @throws SaasException as {@link Tenants#restore}, and {@code access.not-allowed} if the user did not delete it
     */
    @AllowedFor(TENANTS)
    @Needs(DELETE_TENANTS)
    Tenant restore(TenantId tenant);
}
