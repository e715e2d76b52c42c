// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.AddonStatus;
import dev.allotment.Addons;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Group;
import dev.allotment.Tenant;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.util.ArrayList;
import java.util.List;

/** The add-ons of one client database. Each change is one transaction in it, all or nothing. */
final class AddonUseCases extends RecordLookup<Long, AddonStatus> implements Addons {
    private final ControlPlane plane;
    private final Tenant tenant;
    private final MemberActor actor;

    AddonUseCases(ControlPlane plane, Tenant tenant, Place place, MemberActor actor) {
        super(place, RecordTypes.ADDONS, "Add-on");
        this.plane = plane;
        this.tenant = tenant;
        this.actor = actor;
    }

    @Override
    long number(Long id) {
        return id;
    }

    @Override
    Filter<AddonStatus> visible(Transaction tx) {
        actor.require(Group.USER, "access 'ir.module.module' records");
        return Filter.all();
    }

    @Override
    public List<String> install(List<String> names) {
        requireRight("install add-ons");
        names.forEach(plane.addons::get);
        Installer installer = plane.installer(tenant.serverId());
        List<String> installed = plane.configure(tenant, tx -> installer.install(tx, names));
        tell(installed, List.of(), List.of());
        return installed;
    }

    @Override
    public List<String> update(List<String> names) {
        requireRight("update add-ons");
        Installer installer = plane.installer(tenant.serverId());
        List<String> installed = new ArrayList<>();
        List<String> updated = plane.configure(tenant, tx -> {
            installed.clear();
            return installer.update(tx, names, installed);
        });
        tell(installed, updated, List.of());
        return updated;
    }

    @Override
    public void uninstall(List<String> names) {
        requireRight("uninstall add-ons");
        Installer installer = plane.installer(tenant.serverId());
        tell(List.of(), List.of(), plane.configure(tenant, tx -> installer.uninstall(tx, names)));
    }

    /** Into the audit log of the catalog, which is another place than the database that was changed. */
    private void tell(List<String> installed, List<String> updated, List<String> uninstalled) {
        if (installed.isEmpty() && updated.isEmpty() && uninstalled.isEmpty()) {
            return;
        }
        plane.catalog.transact(tx -> {
            plane.events.add(
                    tx,
                    actor,
                    EventType.TENANT_CONFIGURED,
                    tenant,
                    Configurator.summary(installed, updated, uninstalled));
            return null;
        });
    }

    @Override
    public void updateList() {
        requireRight("update the list of add-ons");
        plane.addons.refresh();
        place().transact(tx -> {
            AddonRows.updateList(plane.addons, tx);
            return null;
        });
    }

    private void requireRight(String what) {
        actor.require(Group.SYSTEM, what);
    }
}
