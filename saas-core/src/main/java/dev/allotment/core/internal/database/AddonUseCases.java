// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.database;

import dev.allotment.AddonStatus;
import dev.allotment.Addons;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.access.Group;
import dev.allotment.core.internal.addon.AddonInstaller;
import dev.allotment.core.internal.addon.AddonInstallers;
import dev.allotment.core.internal.addon.AddonRegistry;
import dev.allotment.core.internal.addon.AddonRows;
import dev.allotment.core.internal.addon.AddonVersions;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.MemberActor;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.base.UnitOfWork;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.ArrayList;
import java.util.List;

/** Manages the add-ons of one tenant database. Each change is one transaction in it, all or nothing. */
public final class AddonUseCases extends RecordLookup<Long, AddonStatus> implements Addons {
    private final CoreContext context;
    private final TenantDatabases tenantDatabases;
    private final AddonRegistry addonRegistry;
    private final AddonInstallers addonInstallers;
    private final StoredTenant tenant;
    private final MemberActor actor;

    AddonUseCases(
            CoreContext context,
            TenantDatabases tenantDatabases,
            AddonRegistry addonRegistry,
            AddonInstallers addonInstallers,
            StoredTenant tenant,
            UnitOfWork work,
            MemberActor actor) {
        super(work, RecordTypes.ADDONS, "Add-on");
        this.context = context;
        this.tenantDatabases = tenantDatabases;
        this.addonRegistry = addonRegistry;
        this.addonInstallers = addonInstallers;
        this.tenant = tenant;
        this.actor = actor;
    }

    @Override
    protected long number(Long id) {
        return id;
    }

    @Override
    protected Filter<AddonStatus> visible(Transaction tx) {
        actor.require(Group.USER, "access 'ir.module.module' records");
        return Filter.all();
    }

    @Override
    public List<String> install(List<String> names) {
        requireRight("install add-ons");
        names.forEach(addonRegistry::get);
        AddonInstaller installer = addonInstallers.on(tenant.serverId());
        List<String> installed = tenantDatabases.configure(tenant, tx -> {
            actor.requireSelf(tx);
            return installer.install(tx, names);
        });
        recordChanges(installed, List.of(), List.of());
        return installed;
    }

    @Override
    public List<String> update(List<String> names) {
        requireRight("update add-ons");
        AddonInstaller installer = addonInstallers.on(tenant.serverId());
        List<String> installed = new ArrayList<>();
        List<String> updated = tenantDatabases.configure(tenant, tx -> {
            actor.requireSelf(tx);
            installed.clear();
            return installer.update(tx, names, installed);
        });
        recordChanges(installed, updated, List.of());
        return updated;
    }

    @Override
    public void uninstall(List<String> names) {
        requireRight("uninstall add-ons");
        AddonInstaller installer = addonInstallers.on(tenant.serverId());
        List<String> uninstalled = tenantDatabases.configure(tenant, tx -> {
            actor.requireSelf(tx);
            return installer.uninstall(tx, names);
        });
        recordChanges(List.of(), List.of(), uninstalled);
    }

    /** Writes to the audit log of the catalog, which is not the database that was changed. */
    private void recordChanges(List<String> installed, List<String> updated, List<String> uninstalled) {
        if (installed.isEmpty() && updated.isEmpty() && uninstalled.isEmpty()) {
            return;
        }
        context.catalog().transact(tx -> {
            AddonVersions.forget(tx, tenant.id().value());
            context.events()
                    .add(
                            tx,
                            actor,
                            EventType.TENANT_CONFIGURED,
                            tenant,
                            AddonInstaller.summary(installed, updated, uninstalled));
            return null;
        });
    }

    @Override
    public void refresh() {
        requireRight("update the list of add-ons");
        addonRegistry.refresh();
        work().transact(tx -> {
            AddonRows.refresh(addonRegistry, tx);
            return null;
        });
    }

    private void requireRight(String what) {
        actor.require(Group.SYSTEM, what);
    }
}
