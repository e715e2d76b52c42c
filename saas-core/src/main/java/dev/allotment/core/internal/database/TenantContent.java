// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.database;

import dev.allotment.core.internal.addon.AddonInstallers;
import dev.allotment.core.internal.addon.AddonRegistry;
import dev.allotment.core.internal.addon.EmbedderHooks;
import dev.allotment.core.internal.addon.Neutralisation;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.file.ApplicationFiles;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.parameter.DerivedSecrets;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.spi.core.SaasSettings;

/** What is in the databases of tenants, templates and spares, and in the files of tenants: what reads and writes it. */
public record TenantContent(
        AddonInstallers addons,
        ApplicationFiles files,
        DerivedSecrets secrets,
        Neutralisation neutralisation,
        TenantDatabases databases,
        SchemaMigrations migrations,
        DatabaseSetup setup,
        Reconciliation reconciliation) {
    public static TenantContent of(
            CoreContext context,
            DatabaseServers servers,
            OperationEngine operations,
            AddonRegistry addons,
            SaasSettings settings) {
        EmbedderHooks hooks = EmbedderHooks.of(
                settings.extensions().neutralisers(), settings.application().schema());
        DerivedSecrets secrets = new DerivedSecrets(context);
        return new TenantContent(
                new AddonInstallers(servers.registry(), addons),
                new ApplicationFiles(settings.application().files(), context::tick),
                secrets,
                new Neutralisation(hooks),
                new TenantDatabases(context, servers.registry()),
                new SchemaMigrations(context, servers.registry(), secrets, hooks),
                new DatabaseSetup(context, operations.leases(), addons),
                new Reconciliation(context, servers.registry()));
    }
}
