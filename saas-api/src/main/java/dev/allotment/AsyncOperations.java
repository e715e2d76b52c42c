// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The actions that take long, begun and not waited for. Each checks its request, takes what the action needs (a name, a place
 * on a plan, the tenant itself) and returns the {@link Operation}; the host's executor does the rest, or where there is none
 * the next {@link Maintenance#run} on any node. {@link Operations} tells how far it is, waits for it, and cancels it: for good
 * as long as it has not begun, whatever it is.
 *
 * <p>Rights, and what is refused at once, are those of the action that waits. What fails later is told by the operation. Where
 * there is nothing to do, the operation that is returned has ended.
 */
public interface AsyncOperations {
    /** As {@link Tenants#create}; {@link Access#issue} gives the way in when it has ended. */
    Operation create(CreateTenant command);

    /** As {@link Tenants#adopt}; {@link Access#issue} gives the way in when it has ended. */
    Operation adopt(AdoptTenant command);

    /** As {@link Tenants#duplicate}; {@link Access#issue} gives the way in when it has ended. */
    Operation duplicate(DuplicateTenant command);

    /** As {@link Tenants#rename}. */
    Operation rename(TenantId tenant, String name);

    /** As {@link Tenants#switchPlan}; what it would do is looked at now. */
    Operation switchPlan(SwitchPlan command);

    /** As {@link Tenants#delete}. */
    Operation delete(TenantId tenant);

    /** As {@link Tenants#purge}. */
    Operation purge(TenantId tenant);

    /** As {@link Tenants#restore}. */
    Operation restore(TenantId tenant);

    /** As {@link Configuration#apply}; the operation's result says what was done. */
    Operation configure(TenantId tenant, ConfigurationChange change);

    /** As {@link Templates#build(PlanId, List, String)}; the operation names the template. */
    Operation buildTemplate(PlanId plan, List<String> addons, @Nullable String idempotencyKey);

    /** As {@link Templates#adopt}; the operation names the template. */
    Operation adoptTemplate(PlanId plan, ServerId server, String name, @Nullable String idempotencyKey);
}
