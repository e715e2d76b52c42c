// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.restore;

import dev.allotment.EventType;
import dev.allotment.Query;
import dev.allotment.RecordQuota;
import dev.allotment.SaasException;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.backup.BackupId;
import dev.allotment.core.internal.addon.AddonInstaller;
import dev.allotment.core.internal.addon.AddonVersions;
import dev.allotment.core.internal.authentication.ApiKeyUseCases;
import dev.allotment.core.internal.backup.BackupFeature;
import dev.allotment.core.internal.backup.RefusedParts;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.DatabaseRemoval;
import dev.allotment.core.internal.database.DatabaseSetup;
import dev.allotment.core.internal.database.RecordQuotas;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.file.ApplicationFiles;
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.operation.InputCodec;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationMarkers;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.record.SessionRows;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.core.internal.tenant.change.TenantSaga;
import dev.allotment.spi.backend.AppliedOperation;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredApiKey;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.backend.Transfer;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings a tenant back to a backup. The backup is restored as a separate database, with the identity of the operation,
 * while the tenant stays in use. Then its database is closed and put aside under another name, so that neither the
 * application nor another node of the control plane changes it any more. Its state is backed up, and the restored
 * database takes its place in one step. Until then, a failure is undone. The restored database has the marker of the
 * operation, so the marker in the tenant's database says whether that step was done.
 */
public final class RestoreInPlaceSaga extends TenantSaga<RestoreInPlaceSaga.Restored> {
    /** @param files whether the backup has files of the application, which a node may not have registered */
    private record Input(BackupId backup, boolean files) {}

    private static final InputCodec<Input> INPUT = InputCodec.of(Input.class);

    private static final String SAVED = "saved";
    private static final String REPLACED = "replaced";
    private static final String SCHEMA_VERSION = "schemaVersion";

    /**
     * What a run knows.
     *
     * @param schemaVersion of the restored database; null: unknown
     * @param addons the versions of its add-ons; null: not read yet
     */
    record Restored(
            @Nullable String schemaVersion, @Nullable String addons) {
        private static final Restored UNKNOWN = new Restored(null, null);
    }

    private final ServerRegistry serverRegistry;
    private final TenantContent content;
    private final BackupFeature backups;

    public RestoreInPlaceSaga(
            CoreContext context, ServerRegistry serverRegistry, TenantContent content, BackupFeature backups) {
        super(context, content);
        this.serverRegistry = serverRegistry;
        this.content = content;
        this.backups = backups;
    }

    public Map<String, String> input(BackupId backup) {
        return INPUT.write(new Input(backup, content.files().exist()));
    }

    @Override
    public boolean canContinue(StoredOperation operation) {
        return content.files().exist() || !INPUT.read(operation).files();
    }

    /** The database that an operation restores. No tenant has its name or identity, and no application its password. */
    public static DatabaseRef restored(UUID operation) {
        return new DatabaseRef("restored-" + operation.toString().replace("-", ""), operation);
    }

    /** The tenant's database from when its state is backed up until it is replaced. */
    private static DatabaseRef aside(StoredOperation operation, StoredTenant tenant) {
        return aside("replacing", operation, tenant);
    }

    private static DatabaseRef restored(StoredOperation operation) {
        return restored(operation.uuid());
    }

    /** The tenant as if the restored database were its own. */
    private static StoredTenant inRestored(StoredOperation operation, StoredTenant tenant) {
        DatabaseRef restored = restored(operation);
        return tenant.toBuilder().name(restored.name()).uuid(restored.uuid()).build();
    }

    @Override
    public Restored resume() {
        return Restored.UNKNOWN;
    }

    @Override
    public List<Step<Restored>> steps() {
        return List.of(
                Step.<Restored>of("restored", this::restore).lastingLong().undoneBy(this::discard),
                new Step<>("prepared", this::prepare).lastingLong(),
                Step.<Restored>of(SAVED, this::save).lastingLong().undoneBy(this::bringBack),
                Step.of(REPLACED, this::replace),
                new Step<>("opened", this::open));
    }

    @Override
    public Map<String, String> result(Restored found) {
        return found.schemaVersion() == null ? Map.of() : Map.of(SCHEMA_VERSION, found.schemaVersion());
    }

    private Databases databases(StoredOperation operation, StoredTenant tenant) {
        return serverRegistry.databases(tenant.serverId(), operation);
    }

    /**
     * Whether the restored database is the tenant's. An older catalog that was restored may bring back an operation
     * that has finished, and the tenant has changed since.
     */
    private boolean isReplaced(StoredOperation operation, StoredTenant tenant) {
        Databases databases = serverRegistry.databases(tenant.serverId());
        return databases.<Boolean>transact(present(databases, tenant), tx -> OperationMarkers.has(tx, operation));
    }

    private void restore(StoredOperation operation) {
        StoredTenant tenant = tenant(operation);
        if (!isReplaced(operation, tenant)) {
            Transfer transfer = Abilities.transfer(databases(operation, tenant));
            backups.archive()
                    .read(
                            operation,
                            tenant.uuid(),
                            INPUT.read(operation).backup(),
                            operation.uuid(),
                            transfer.transferFormat(),
                            content -> transfer.receive(
                                    restored(operation),
                                    content,
                                    new RefusedParts(context, operation, tenant.id(), tenant.name())));
        }
    }

    /** Brings the restored database up to date while the tenant is in use. */
    private Restored prepare(StoredOperation operation, Restored found) {
        StoredTenant tenant = tenant(operation);
        if (isReplaced(operation, tenant)) {
            return found;
        }
        Map<String, String> addons = AddonVersions.parse(tenantDatabases.transact(tenant, AddonVersions::read));
        List<RecordQuota> quotas = tenantDatabases.transact(tenant, RecordQuotas::all);
        AddonInstaller installer = content.addons().on(tenant.serverId());
        StoredTenant target = inRestored(operation, tenant);
        tenantDatabases.configure(target, tx -> {
            // The present quotas may only fit the present tables.
            RecordQuotas.replace(tx, List.of());
            installer.updateOlderThan(tx, addons);
            return null;
        });
        Restored migrated = content.migrations().version() == null
                ? found
                : new Restored(
                        content.migrations().migrateClosed(operation, tenant.serverId(), restored(operation)), null);
        if (!quotas.isEmpty()) {
            tenantDatabases.configure(target, tx -> {
                RecordQuotas.replace(tx, quotas);
                return null;
            });
        }
        return migrated;
    }

    /** From here on, nothing changes that would be in no backup: renaming ends every transaction in the database. */
    private void save(StoredOperation operation) {
        StoredTenant tenant = tenant(operation);
        if (!isReplaced(operation, tenant)) {
            DatabaseRef aside = aside(operation, tenant);
            putAside(databases(operation, tenant), tenant, aside);
            backups.making().makeAsPart(operation, aside);
        }
    }

    /** Gives the tenant's database its own name again, and opens it if the tenant is open. */
    private void takeBack(StoredOperation operation, StoredTenant tenant) {
        giveNameBack(databases(operation, tenant), tenant, aside(operation, tenant));
        if (tenant.state() == TenantState.OPEN) {
            tenantDatabases.reopen(operation, tenant);
        }
    }

    private void replace(StoredOperation operation) {
        StoredTenant tenant = tenant(operation);
        Databases databases = databases(operation, tenant);
        if (isReplaced(operation, tenant)) {
            DatabaseRemoval.drop(databases, restored(operation));
            content.files().replace(tenant.uuid(), operation.uuid());
            return;
        }
        DatabaseRef aside = aside(operation, tenant);
        putAside(databases, tenant, aside);
        carryOver(operation, tenant, databases, aside);
        if (serverRegistry.hasLogins(tenant.serverId())) {
            databases.login(restored(operation), content.secrets().password(tenant));
        }
        endSessions(operation);
        Abilities.transfer(databases).replace(aside, restored(operation));
        content.files().replace(tenant.uuid(), operation.uuid());
    }

    /** Members of the restored database may have other rights, or be other people with the same numbers. */
    private void endSessions(StoredOperation operation) {
        context.catalog().transact(tx -> {
            OperationLeases.requireMine(tx, operation);
            SessionRows.endBeforeReplacement(tx, lockTenant(tx, operation));
            return null;
        });
    }

    /** Writes what the tenant's database has now, and must not be as it was: what is revoked, and what is committed. */
    private void carryOver(StoredOperation operation, StoredTenant tenant, Databases databases, DatabaseRef aside) {
        List<StoredApiKey> keys =
                databases.transact(aside, tx -> tx.records(RecordTypes.API_KEYS).list(Query.all()));
        List<AppliedOperation> markers = databases.transact(aside, OperationMarkers::all);
        User owner = account(tenant);
        tenantDatabases.transact(inRestored(operation, tenant), tx -> {
            content.setup().addMembers(tx, tenant.lang(), tenant.tz(), owner);
            DatabaseSetup.writeParameters(tx, tenant, tenant.state() == TenantState.SUSPENDED);
            ApiKeyUseCases.revokeChanged(tx, keys, context.now());
            OperationMarkers.replace(tx, markers);
            OperationMarkers.add(tx, operation);
            return null;
        });
    }

    private Restored open(StoredOperation operation, Restored found) {
        StoredTenant tenant = tenant(operation);
        endSessions(operation);
        Databases databases = databases(operation, tenant);
        giveNameBack(databases, tenant, aside(operation, tenant));
        String addons = tenantDatabases.transact(tenant, AddonVersions::read);
        if (tenant.state() == TenantState.OPEN) {
            databases.open(DatabaseRefs.of(tenant));
        }
        String version = found.schemaVersion();
        return new Restored(version == null ? operation.result().get(SCHEMA_VERSION) : version, addons);
    }

    @Override
    public Restored finish(Transaction tx, StoredOperation operation, Restored found) {
        StoredTenant tenant = lockTenant(tx, operation);
        tx.records(RecordTypes.TENANTS)
                .update(tenant.toBuilder()
                        .schemaVersion(found.schemaVersion())
                        .addonVersions(found.addons())
                        .build());
        readSoon(tx, operation);
        addEvent(context, tx, operation, tenant);
        return found;
    }

    private static void addEvent(CoreContext context, Transaction tx, StoredOperation operation, StoredTenant tenant) {
        context.events()
                .add(
                        tx,
                        operation,
                        EventType.TENANT_RESTORED_IN_PLACE,
                        tenant.id(),
                        Map.of(
                                "name",
                                tenant.name(),
                                "backup",
                                INPUT.read(operation).backup().toString(),
                                "before",
                                operation.uuid().toString()));
    }

    @Override
    public Ending ending() {
        return Ending.UNDONE
                .undoneIf(this::isUndoable)
                .superseded(RestoreInPlaceSaga::forgetVersions)
                .abandoned(this::abandon);
    }

    /**
     * After the step before it, a run that was considered dead may be replacing the database. Storing the token of this
     * run with the database ends that.
     */
    private boolean isUndoable(StoredOperation operation) {
        StoredTenant tenant = tenant(operation);
        if (operation.step().equals(SAVED)) {
            // An operation that supersedes this one gives the database its name again, which makes this one fail.
            context.catalog().transact(tx -> OperationLeases.requireMine(tx, operation));
            return !isReplacedForGood(operation, tenant);
        }
        return !operation.step().equals(REPLACED);
    }

    private boolean isReplacedForGood(StoredOperation operation, StoredTenant tenant) {
        return unlessMissing(() -> {
            Databases databases = databases(operation, tenant);
            databases.close(present(databases, tenant));
            return isReplaced(operation, tenant);
        });
    }

    /** False if the tenant has no database. */
    private static boolean unlessMissing(BooleanSupplier question) {
        try {
            return question.getAsBoolean();
        } catch (SaasException e) {
            if (DatabaseRemoval.isMissing(e)) {
                return false;
            }
            throw e;
        }
    }

    /**
     * The tenant is opened before the restored database is dropped, which may fail. Keeps the backup of the present
     * state only if that has been replaced, which an older catalog may not know.
     */
    private void bringBack(StoredOperation operation) {
        StoredTenant tenant = tenant(operation);
        boolean replaced = isReplacedForGood(operation, tenant);
        if (replaced) {
            content.files().replace(tenant.uuid(), operation.uuid());
        }
        takeBack(operation, tenant);
        if (!replaced) {
            backups.making().deletePart(operation);
        }
    }

    private void discard(StoredOperation operation) {
        DatabaseRemoval.discard(databases(operation, tenant(operation)), restored(operation));
        content.files().delete(operation.uuid());
    }

    /** The node that took over needs the restored database, unless the operation has ended without it. */
    @Override
    public void retractLateEffects(StoredOperation operation, Restored found) {
        StoredTenant tenant = tenant(operation);
        if (OperationLeases.running(context.catalog(), operation).isEmpty()) {
            Databases databases = databases(operation, tenant);
            DatabaseRemoval.discard(databases, restored(operation));
            giveNameBack(databases, tenant, aside(operation, tenant));
            super.retractLateEffects(operation, found);
            // If the database was replaced, the operation that superseded this one gives the tenant the files.
            if (!unlessMissing(() -> isReplaced(operation, tenant))) {
                content.files().delete(operation.uuid());
            }
        }
        backups.making().withdrawPart(operation);
    }

    /** Gives the tenant the files that an operation has restored, if it has the database; otherwise deletes them. */
    public static void settleFiles(ApplicationFiles files, StoredTenant tenant, UUID operation, boolean replaced) {
        if (replaced) {
            files.replace(tenant.uuid(), operation);
        } else {
            files.delete(operation);
        }
    }

    /** Makes the catalog follow a database that was replaced before the operation was superseded. */
    public static void keep(CoreContext context, Transaction tx, StoredOperation operation) {
        StoredTenant tenant = lockTenant(tx, operation);
        SessionRows.endAll(tx, tenant);
        addEvent(context, tx, operation, tenant);
    }

    /** The database may have been replaced if its state before was saved, and has been if that is recorded. */
    private void abandon(Transaction tx, StoredOperation operation) {
        StoredTenant tenant = lockTenant(tx, operation);
        boolean replaced = operation.step().equals(REPLACED);
        if (replaced || operation.step().equals(SAVED)) {
            SessionRows.endAll(tx, tenant);
        }
        if (replaced) {
            addEvent(context, tx, operation, tenant);
        }
        forgetVersions(tx, operation);
        readSoon(tx, operation);
    }

    /** An operation that supersedes this finds out by the marker whether the database was replaced, and keeps that. */
    private static void forgetVersions(Transaction tx, StoredOperation operation) {
        tx.records(RecordTypes.TENANTS)
                .update(lockTenant(tx, operation).toBuilder()
                        .schemaVersion(null)
                        .addonVersions(null)
                        .build());
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        StoredTenant tenant = lockTenant(tx, operation);
        return "The tenant has its state from before or that of the backup. Its database may be closed and have another"
                + " name: " + OperationTargets.describe(tx, tenant.serverId(), aside(operation, tenant))
                + ". It may exist, and belongs to no tenant: "
                + OperationTargets.describe(tx, tenant.serverId(), restored(operation))
                + ". The files of its application may be those of the other state. When the database has its name"
                + " again, resume the tenant to open it.";
    }
}
