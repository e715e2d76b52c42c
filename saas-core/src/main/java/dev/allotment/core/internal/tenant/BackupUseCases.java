// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant;

import dev.allotment.Backup;
import dev.allotment.BackupId;
import dev.allotment.Backups;
import dev.allotment.CreatedTenant;
import dev.allotment.OperationKind;
import dev.allotment.RestoreBackup;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.core.internal.backup.BackupArchive;
import dev.allotment.core.internal.backup.DeleteBackupSaga;
import dev.allotment.core.internal.backup.MadeBackup;
import dev.allotment.core.internal.backup.MakeBackupSaga;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.Idempotency;
import dev.allotment.core.internal.base.RequestFingerprint;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationRunner;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes, restores and deletes backups. An owner who is not an administrator uses those of owned tenants only. */
public final class BackupUseCases implements Backups {
    private final CoreContext context;
    private final ServerRegistry serverRegistry;
    private final OperationLeases operationLeases;
    private final OperationRunner operationRunner;
    private final BackupArchive archive;
    private final MakeBackupSaga makeBackupSaga;
    private final DeleteBackupSaga deleteBackupSaga;
    private final NewTenants newTenants;
    private final Actor actor;
    private final TenantLookup tenants;

    public BackupUseCases(
            CoreContext context,
            ServerRegistry serverRegistry,
            OperationLeases operationLeases,
            OperationRunner operationRunner,
            BackupArchive archive,
            MakeBackupSaga makeBackupSaga,
            DeleteBackupSaga deleteBackupSaga,
            NewTenants newTenants,
            Actor actor) {
        this.context = context;
        this.serverRegistry = serverRegistry;
        this.operationLeases = operationLeases;
        this.operationRunner = operationRunner;
        this.archive = archive;
        this.makeBackupSaga = makeBackupSaga;
        this.deleteBackupSaga = deleteBackupSaga;
        this.newTenants = newTenants;
        this.actor = actor;
        this.tenants = new TenantLookup(context.work(), actor);
    }

    @Override
    public List<Backup> list(TenantId tenant) {
        return archive.list(tenants.owned(tenant).uuid());
    }

    private record Reservation(StoredOperation operation, boolean repeated) {}

    @Override
    public Backup create(TenantId id, @Nullable String idempotencyKey) {
        StoredTenant found = tenants.owned(id);
        String key = idempotencyKey == null ? null : Idempotency.scoped(actor, idempotencyKey);
        StoredOperation.Builder draft = operationLeases
                .draft(OperationKind.BACK_UP_TENANT, actor)
                .tenantId(id)
                .idempotencyKey(key)
                .fingerprint(RequestFingerprint.of("back up", Map.of("tenant", id.toString())));
        archive.requireReady(found.uuid());
        serverRegistry.databases(found.serverId()).transferFormat();
        return operationLeases.during(draft, () -> {
            Reservation reservation = context.work()
                    .orAgain(tx -> Idempotency.earlier(tx, draft, key)
                            .map(earlier -> new Reservation(earlier, true))
                            .orElseGet(() -> {
                                StoredTenant tenant = tenants.lock(tx, id);
                                TenantRows.requireState(tenant, "backed up", TenantState.OPEN, TenantState.SUSPENDED);
                                User owner = actor.user();
                                if (owner != null && !actor.administrator()) {
                                    draft.input(makeBackupSaga.ownersInput(tx, actor, owner, tenant));
                                }
                                return new Reservation(OperationLeases.start(tx, draft.build()), false);
                            }));
            return reservation.repeated()
                    ? MadeBackup.of(reservation.operation())
                    : operationRunner
                            .run(new StartedOperation<>(reservation.operation(), makeBackupSaga))
                            .backup();
        });
    }

    @Override
    public CreatedTenant restore(RestoreBackup command) {
        StoredTenant source = tenants.owned(command.tenant());
        if (actor.administrator()) {
            return newTenants.restore(actor, command, (tx, locked) -> {});
        }
        if (command.server() != null) {
            throw actor.refused("choose the database server of a restored tenant");
        }
        String label = command.name();
        Actor serving = actor.servingItself();
        return newTenants.restore(
                serving,
                label == null
                        ? command
                        : command.toBuilder()
                                .name(SelfServiceUseCases.named(source.name(), label))
                                .build(),
                (tx, locked) -> requireRestorable(serving, tx, locked));
    }

    /** The restored tenant is open, so an owner must not get it from one that an administrator has closed. */
    private void requireRestorable(Actor serving, Transaction tx, StoredTenant source) {
        if (!tenants.isOwned(source)) {
            throw tenants.missing(source.id());
        }
        TenantRows.requireState(source, "restored from a backup", TenantState.OPEN, TenantState.RETAINED);
        if (source.state() == TenantState.RETAINED) {
            DeletionProofs.requireDeletedByOwner(serving, tx, source);
        }
        SelfServiceUseCases.planOf(serving, tx, source);
    }

    @Override
    public void delete(TenantId id, BackupId backup) {
        actor.requireAdministrator("delete backups");
        StoredTenant found = tenants.get(id);
        if (!archive.has(found.uuid(), backup)) {
            return;
        }
        StoredOperation.Builder draft = operationLeases
                .draft(OperationKind.DELETE_BACKUP, actor)
                .tenantId(id)
                .input(DeleteBackupSaga.input(backup));
        operationLeases.during(draft, () -> {
            StoredOperation started = context.work().orAgain(tx -> {
                tenants.lock(tx, id);
                return OperationLeases.start(tx, draft.build());
            });
            return operationRunner.run(new StartedOperation<>(started, deleteBackupSaga));
        });
    }
}
