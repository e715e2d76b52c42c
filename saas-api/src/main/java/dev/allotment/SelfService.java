// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What whoever has signed up may do without an administrator: start client databases on published plans, for itself, and
 * rename and delete those that it owns. Everything else about them is refused with {@code record.missing}, as if it were not
 * there.
 *
 * <p>A name is chosen as a label: letters, digits and hyphens, three of them at least. The database is named with it and what
 * follows the first dot of the plan's DB Names template, so that nobody takes a name under somebody else's domain. Labels
 * that mail servers, browsers and certificate authorities believe in, such as {@code www} or {@code postmaster}, are refused.
 */
public interface SelfService {
    /** The published plans, in order of presentation. */
    List<Plan> offers();

    /**
     * Whether a client database could have this name; it is not reserved.
     *
     * @throws SaasException {@code tenant.name-invalid}, {@code tenant.name-taken}, {@code record.missing} for a plan that is
     *     not published
     */
    void checkName(PlanId plan, String label);

    /**
     * Starts a client database, a trial where the plan has hours of trial; as {@link AsyncOperations#create}.
     *
     * @param label null: a name by the plan's DB Names template
     * @param idempotencyKey as in {@link CreateTenant}
     * @throws SaasException as {@link #checkName}, and {@code plan.limit-reached}, {@code server.none}, {@code
     *     template.not-ready}
     */
    Operation start(PlanId plan, @Nullable String label, @Nullable String idempotencyKey);

    /** How far an operation on one of its client databases is. */
    Operation operation(OperationId operation);

    /** As {@link Tenants#rename}; what follows the first dot of the name stays. */
    Tenant rename(TenantId tenant, String label);

    /** As {@link Tenants#delete}. */
    Tenant delete(TenantId tenant);
}
