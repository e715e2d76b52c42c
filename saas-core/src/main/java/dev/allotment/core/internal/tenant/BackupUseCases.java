// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant;

import dev.allotment.CreatedTenant;
import dev.allotment.OperationKind;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.backup.Backup;
import dev.allotment.backup.BackupDrill;
import dev.allotment.backup.BackupDrills;
import dev.allotment.backup.BackupId;
import dev.allotment.backup.BackupKeysReport;
import dev.allotment.backup.BackupUsage;
import dev.allotment.backup.Backups;
import dev.allotment.backup.ImportBackup;
import dev.allotment.backup.OverdueBackup;
import dev.allotment.backup.RestoreBackup;
import dev.allotment.core.internal.backup.BackupFeature;
import dev.allotment.core.internal.backup.MadeBackup;
import dev.allotment.core.internal.backup.archive.FolderBackupStore;
import dev.allotment.core.internal.backup.archive.ForeignBackup;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.Idempotency;
import dev.allotment.core.internal.base.RequestFingerprint;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.core.internal.plan.CustomerBackupLimit;
import dev.allotment.core.internal.record.PublicViews;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.core.internal.tenant.creation.NewTenant;
import dev.allotment.core.internal.tenant.creation.NewTenants;
import dev.allotment.core.internal.tenant.life.DeletionProofs;
import dev.allotment.core.internal.tenant.restore.RestoreInPlaceSaga;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.backup.BackupStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Makes, restores and deletes backups. An owner who is not an administrator uses those of owned tenants only. */
public final class BackupUseCases implements Backups {
    /** The states of tenants whose present database is backed up. */
    private static final List<TenantState> PRESENT = List.of(TenantState.OPEN, TenantState.SUSPENDED);

    private final CoreContext context;
    private final ServerRegistry serverRegistry;
    private final OperationEngine operations;
    private final BackupFeature backups;
    private final RestoreInPlaceSaga restoreInPlaceSaga;
    private final NewTenants newTenants;
    private final Actor actor;
    private final TenantLookup tenants;

    public BackupUseCases(
            CoreContext context,
            ServerRegistry serverRegistry,
            OperationEngine operations,
            BackupFeature backups,
            RestoreInPlaceSaga restoreInPlaceSaga,
            NewTenants newTenants,
            Actor actor) {
        this.context = context;
        this.serverRegistry = serverRegistry;
        this.operations = operations;
        this.backups = backups;
        this.restoreInPlaceSaga = restoreInPlaceSaga;
        this.newTenants = newTenants;
        this.actor = actor;
        this.tenants = new TenantLookup(context.work(), actor);
    }

    @Override
    public boolean hasStore() {
        return backups.archive().exists();
    }

    @Override
    public List<Backup> list(TenantId tenant) {
        return backups.archive().list(tenants.get(tenant).uuid());
    }

    @Override
    public List<Backup> listNewest(TenantId tenant, int most) {
        return backups.archive().listNewest(tenants.get(tenant).uuid(), most);
    }

    @Override
    public Optional<Backup> find(TenantId tenant, BackupId backup) {
        return backups.archive().backup(tenants.get(tenant).uuid(), backup);
    }

    @Override
    public BackupUsage usage(TenantId tenant) {
        backups.archive().requireUsable();
        StoredTenant found = tenants.get(tenant);
        return context.catalog().transact(tx -> CustomerBackupLimit.usage(tx, found));
    }

    @Override
    public Backup create(TenantId id, @Nullable String idempotencyKey) {
        return make(backingUp(id, idempotencyKey));
    }

    private Backup make(OperationRequest<MadeBackup> request) {
        OperationEngine.Outcome<MadeBackup> outcome = operations.run(request).orElseThrow();
        return outcome.found().map(MadeBackup::backup).orElseGet(() -> MadeBackup.of(outcome.operation()));
    }

    /** An administrator decides about the store, so the limits of plans are not for administrators. */
    private void requireRoom(Transaction tx, StoredTenant tenant) {
        if (!actor.administrator()) {
            CustomerBackupLimit.check(tx, tenant);
        }
    }

    @Override
    public Backup createFrom(TenantId id, ServerId source, @Nullable String idempotencyKey) {
        return make(backingUpFrom(id, source, idempotencyKey));
    }

    public OperationRequest<MadeBackup> backingUpFrom(TenantId id, ServerId source, @Nullable String idempotencyKey) {
        actor.requireAdministrator("read tenants from a source");
        StoredOperation.Builder draft = draft(OperationKind.BACK_UP_TENANT, tenants.get(id), idempotencyKey)
                .input(backups.making().inputFrom(source))
                .fingerprint(RequestFingerprint.of(
                        "back up from a source", Map.of("tenant", id.toString(), "source", source.toString())));
        serverRegistry.source(source);
        return request(
                draft,
                id,
                "read from a source",
                List.of(TenantState.OPEN, TenantState.SUSPENDED, TenantState.RETAINED),
                (tx, locked) -> ServerRegistry.lockShared(tx, source),
                backups.making());
    }

    public OperationRequest<MadeBackup> backingUp(TenantId id, @Nullable String idempotencyKey) {
        StoredOperation.Builder draft = draft(OperationKind.BACK_UP_TENANT, id, idempotencyKey)
                .fingerprint(RequestFingerprint.of("back up", Map.of("tenant", id.toString())));
        return request(draft, id, "backed up", PRESENT, this::requireRoom, backups.making());
    }

    @Override
    public Tenant restoreInPlace(TenantId id, BackupId backup, @Nullable String idempotencyKey) {
        operations.run(restoringInPlace(id, backup, idempotencyKey));
        return PublicViews.tenant(actor, tenants.get(id));
    }

    public OperationRequest<?> restoringInPlace(TenantId id, BackupId backup, @Nullable String idempotencyKey) {
        StoredOperation.Builder draft = draft(OperationKind.RESTORE_IN_PLACE, id, idempotencyKey)
                .input(restoreInPlaceSaga.input(backup))
                .fingerprint(RequestFingerprint.of(
                        "restore in place", Map.of("tenant", id.toString(), "backup", backup.toString())));
        return request(
                draft,
                id,
                "restored in place",
                PRESENT,
                (tx, locked) -> {
                    if (!actor.administrator()) {
                        requireRestorable(actor.servingItself(), tx, locked);
                    }
                },
                restoreInPlaceSaga);
    }

    private StoredOperation.Builder draft(OperationKind kind, TenantId id, @Nullable String idempotencyKey) {
        StoredTenant found = tenants.get(id);
        StoredOperation.Builder draft = draft(kind, found, idempotencyKey);
        Abilities.transfer(serverRegistry.databases(found.serverId()));
        return draft;
    }

    private StoredOperation.Builder draft(OperationKind kind, StoredTenant tenant, @Nullable String idempotencyKey) {
        if (tenant.state() != TenantState.DELETED) {
            backups.archive().requireReady(tenant.uuid());
        }
        return operations
                .draft(kind, actor)
                .tenantId(tenant.id())
                .idempotencyKey(idempotencyKey == null ? null : Idempotency.scoped(actor, idempotencyKey));
    }

    /** @param check refuses the locked tenant by an exception */
    private <F> OperationRequest<F> request(
            StoredOperation.Builder draft,
            TenantId id,
            String action,
            List<TenantState> states,
            BiConsumer<? super Transaction, ? super StoredTenant> check,
            Saga<F> saga) {
        return new OperationRequest<>(draft, tx -> {
            StoredTenant tenant = tenants.lock(tx, id);
            TenantRows.requireState(tenant, action, states.toArray(TenantState[]::new));
            check.accept(tx, tenant);
            User owner = actor.user();
            if (owner != null && !actor.administrator()) {
                backups.making().startedBy(tx, actor, owner, tenant, draft);
            }
            return Optional.of(StartedOperation.store(tx, draft, saga));
        });
    }

    @Override
    public CreatedTenant restore(RestoreBackup command) {
        return newTenants.make(serving(), restoring(command));
    }

    @Override
    public CreatedTenant importBackup(ImportBackup command, BackupStore store, List<String> secretKeys) {
        actor.requireAdministrator("import backups of other installations");
        backups.archive().requireUsable();
        return newTenants.make(
                actor,
                newTenants.importing(
                        actor,
                        command,
                        new ForeignBackup(
                                backups.archive().of(store, secretKeys), command.tenant(), command.backup())));
    }

    @Override
    public CreatedTenant importBackup(ImportBackup command, Path folder, List<String> secretKeys) {
        return importBackup(command, new FolderBackupStore(folder), secretKeys);
    }

    /** An owner is checked against the tenant, and then served with all rights. */
    private Actor serving() {
        return actor.administrator() ? actor : actor.servingItself();
    }

    public OperationRequest<NewTenant> restoring(RestoreBackup command) {
        StoredTenant source = tenants.get(command.tenant());
        if (actor.administrator()) {
            return newTenants.restoring(actor, command, (tx, locked) -> {});
        }
        if (command.server() != null) {
            throw actor.refused("choose the database server of a restored tenant");
        }
        if (!command.neutralise()) {
            throw actor.refused("restore a backup as a tenant that is not neutralised");
        }
        if (command.previewHours() != null) {
            throw actor.refused("restore a backup as a preview copy");
        }
        SelfServiceUseCases.requireCopySeen(actor, source);
        String label = command.name();
        Actor serving = actor.servingItself();
        return newTenants.restoring(
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
        if (!tenants.contains(source)) {
            throw tenants.missing(source.id());
        }
        TenantRows.requireState(source, "restored from a backup", TenantState.OPEN, TenantState.RETAINED);
        if (source.state() == TenantState.RETAINED) {
            DeletionProofs.requireDeletedByOwner(serving, tx, source);
        }
        SelfServiceUseCases.planOf(serving, tx, source);
        SelfServiceUseCases.requireNoDebt(tx, source);
    }

    @Override
    public void delete(TenantId id, BackupId backup) {
        actor.requireAdministrator("delete backups");
        StoredTenant found = tenants.get(id);
        if (!backups.archive().has(found.uuid(), backup)) {
            return;
        }
        StoredOperation.Builder draft = operations
                .draft(OperationKind.DELETE_BACKUP, actor)
                .tenantId(id)
                .input(backups.deleting().input(backup));
        operations.run(new OperationRequest<>(draft, tx -> {
            tenants.lock(tx, id);
            return Optional.of(StartedOperation.store(tx, draft, backups.deleting()));
        }));
    }

    @Override
    public BackupDrill drill(TenantId id, @Nullable BackupId backup) {
        actor.requireAdministrator("restore backups as drills");
        return backups.drills().drill(actor, tenants.get(id), backup);
    }

    public OperationRequest<?> drilling(TenantId id, @Nullable BackupId backup, @Nullable String idempotencyKey) {
        actor.requireAdministrator("restore backups as drills");
        return backups.drills().drilling(actor, tenants.get(id), backup, idempotencyKey);
    }

    @Override
    public List<OverdueBackup> overdue(int most) {
        actor.requireAdministrator("see which backups are overdue");
        return backups.due().overdue(most);
    }

    @Override
    public BackupDrills drills() {
        actor.requireAdministrator("see the results of restore drills");
        return backups.drills().results();
    }

    @Override
    public BackupKeysReport rotateBackupKeys() {
        actor.requireAdministrator("encrypt the keys of backups again");
        return backups.keys().encryptAll(actor);
    }
}
