// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant;

import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.host.TenantHosts;
import dev.allotment.core.internal.name.DatabaseNames;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.tenant.configuration.ConfigurationFeature;
import dev.allotment.core.internal.tenant.creation.NewTenants;
import dev.allotment.core.internal.tenant.life.LifeFeature;
import dev.allotment.core.internal.tenant.move.MoveFeature;

/** What operators and customers do with tenants. */
public record TenantFeature(
        CoreContext context,
        OperationEngine operations,
        TenantHosts hosts,
        DatabaseNames names,
        NewTenants newTenants,
        LifeFeature life,
        ConfigurationFeature configuration,
        MoveFeature move) {
    public TenantUseCases useCases(Actor actor) {
        return new TenantUseCases(context, operations, hosts, newTenants, life, configuration, move, actor);
    }

    public SelfServiceUseCases selfService(Actor actor) {
        return new SelfServiceUseCases(
                context,
                operations,
                names,
                newTenants,
                life.deletion(),
                life.renaming(),
                configuration.planSwitching(),
                actor);
    }
}
