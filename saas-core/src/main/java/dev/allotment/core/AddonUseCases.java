// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.AddonStatus;
import dev.allotment.Addons;
import dev.allotment.Filter;
import dev.allotment.Group;
import dev.allotment.Tenant;
import dev.allotment.spi.RecordTypes;
import dev.allotment.spi.Transaction;
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
    Filter visible(Transaction tx) {
        actor.require(Group.USER, "access 'ir.module.module' records");
        return Filter.all();
    }

    @Override
    public List<String> install(List<String> names) {
        requireRight("install add-ons");
        names.forEach(plane.addons::get);
        Installer installer = plane.installer(tenant.serverId());
        return plane.configure(tenant, tx -> installer.install(tx, names));
    }

    @Override
    public List<String> update(List<String> names) {
        requireRight("update add-ons");
        Installer installer = plane.installer(tenant.serverId());
        return plane.configure(tenant, tx -> installer.update(tx, names, new ArrayList<>()));
    }

    @Override
    public void uninstall(List<String> names) {
        requireRight("uninstall add-ons");
        Installer installer = plane.installer(tenant.serverId());
        plane.configure(tenant, tx -> installer.uninstall(tx, names));
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
