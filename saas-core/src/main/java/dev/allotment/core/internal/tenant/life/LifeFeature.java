// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.life;

import dev.allotment.OperationKind;
import dev.allotment.core.internal.backup.BackupFeature;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.SupportLogins;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.feature.DueWork;
import dev.allotment.core.internal.feature.DueWork.Stage;
import dev.allotment.core.internal.feature.Feature;
import dev.allotment.core.internal.feature.OperationFeature;
import dev.allotment.core.internal.name.DatabaseNames;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.operation.SupersededOperations;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.core.internal.tenant.configuration.TenantMigration;
import java.util.List;
import java.util.Map;

/** The life of a tenant after its creation: its changes, its readings, its name, its end, and its repair. */
public record LifeFeature(
        TenantChanges changes,
        TenantReadings readings,
        TenantDeletion deletion,
        TenantRenaming renaming,
        TenantRepair repair,
        DeleteSaga deleteSaga,
        Map<OperationKind, Saga<?>> sagas,
        DueTenants due)
        implements Feature {
    /** What is done with tenants whose time has come. */
    record DueTenants(TenantChecks checks, DueReadings readings) {}

    /**
     * The tenants of this node.
     *
     * @param unknownChange finds out why a database has a change that the catalog does not know
     */
    public static LifeFeature of(
            CoreContext context,
            DatabaseServers servers,
            OperationFeature operations,
            TenantContent content,
            DatabaseNames names,
            BackupFeature backups,
            TenantMigration migration,
            Runnable unknownChange) {
        OperationEngine engine = operations.engine();
        SupersededOperations superseded = operations.superseded();
        TenantStates states = new TenantStates(context, servers.registry(), content);
        UpdateSaga update = new UpdateSaga(context, content, states);
        RenameSaga rename = new RenameSaga(context, servers.registry(), content, names.coolDown());
        RepairSaga repair = new RepairSaga(context, servers.registry(), content, states);
        RetainSaga retain = new RetainSaga(context, content, states);
        RestoreSaga restore = new RestoreSaga(context, content, states);
        DeleteSaga delete = new DeleteSaga(context, servers, content, names, backups, states);
        TenantChanges changes = new TenantChanges(
                context, engine, superseded, update, migration, new SupportLogins(context, content.databases()));
        TenantReadings readings = new TenantReadings(context, servers, content.databases(), changes, unknownChange);
        TenantDeletion deletion = new TenantDeletion(context, engine, superseded, retain, restore, delete, migration);
        TenantChecks checks =
                new TenantChecks(context, servers.health(), engine, superseded, update, deletion, migration);
        DueReadings dueReadings = new DueReadings(context, servers.health(), readings);
        return new LifeFeature(
                changes,
                readings,
                deletion,
                new TenantRenaming(context, engine, names, rename),
                new TenantRepair(context, engine, repair),
                delete,
                Map.of(
                        OperationKind.SUSPEND_TENANT, update,
                        OperationKind.RESUME_TENANT, update,
                        OperationKind.UPDATE_TENANT, update,
                        OperationKind.RENAME_TENANT, rename,
                        OperationKind.REPAIR_TENANT, repair,
                        OperationKind.RETAIN_TENANT, retain,
                        OperationKind.RESTORE_TENANT, restore,
                        OperationKind.DELETE_TENANT, delete),
                new DueTenants(checks, dueReadings));
    }

    @Override
    public List<DueWork> dueWork() {
        return List.of(
                new DueWork(Stage.TENANTS, "tenants", "Checking tenants", this::checkDue),
                new DueWork(Stage.TENANTS, "usage", "Reading the usage of tenants", due.readings()::readDue));
    }

    /** Checks some tenants that are due, and returns how many were changed. */
    public int checkDue(Actor actor) {
        return due.checks().checkDue(actor);
    }
}
