// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.server;

import dev.allotment.core.internal.base.CatalogGuard;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.SecretCipher;
import dev.allotment.core.internal.parameter.InstallationId;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.core.SaasSettings;

/** The database servers: how they are reached, how they are, and which one gets a database. */
public record DatabaseServers(
        ServerRegistry registry, ServerHealth health, SessionBounds sessionBounds, Placement placement) {
    /**
     * The servers of an installation.
     *
     * @param cipher seals the passwords of the servers
     */
    public static DatabaseServers of(
            CoreContext context,
            Backend backend,
            InstallationId installationId,
            SecretCipher cipher,
            CatalogGuard guard,
            SaasSettings settings) {
        ServerRegistry registry = new ServerRegistry(
                context,
                backend,
                installationId,
                new BackendProviders(settings.backends().providers()),
                cipher,
                guard);
        ServerHealth health = new ServerHealth(context, registry);
        SaasSettings.Limits limits = settings.limits();
        return new DatabaseServers(
                registry,
                health,
                new SessionBounds(context, registry, health),
                new Placement(context, health, limits.databasesWarnAt(), limits.databasesMax()));
    }
}
