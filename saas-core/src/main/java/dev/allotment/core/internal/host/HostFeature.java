// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.host;

import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.parameter.MainParameters;
import dev.allotment.hook.DomainVerifier;
import org.jspecify.annotations.Nullable;

/** The addresses of tenants: their hosts, and the additional ones of their owners. */
public record HostFeature(
        CoreContext context,
        TenantHosts tenantHosts,
        @Nullable DomainVerifier domainVerifier) {
    public static HostFeature of(CoreContext context, @Nullable DomainVerifier domainVerifier) {
        return new HostFeature(
                context, new TenantHosts(context, new MainParameters(context.catalog())), domainVerifier);
    }

    public CustomDomainUseCases useCases(Actor actor) {
        return new CustomDomainUseCases(context, domainVerifier, tenantHosts, actor);
    }
}
