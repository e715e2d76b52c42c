// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.life;

import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.core.internal.backup.BackupFeature;
import dev.allotment.core.internal.backup.archive.BackupArchive;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.EventLog;
import dev.allotment.core.internal.database.DatabaseRemoval;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.file.ApplicationFiles;
import dev.allotment.core.internal.host.TenantDomains;
import dev.allotment.core.internal.name.DatabaseNames;
import dev.allotment.core.internal.name.NameCoolDown;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.operation.InputCodec;
import dev.allotment.core.internal.operation.KnownOperations;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.record.PaymentRows;
import dev.allotment.core.internal.record.PublicViews;
import dev.allotment.core.internal.record.SessionRows;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.core.internal.tenant.change.SuspensionSchedule;
import dev.allotment.core.internal.tenant.change.TenantSaga;
import dev.allotment.core.internal.tenant.move.MoveSaga;
import dev.allotment.core.internal.tenant.restore.RestoreInPlaceSaga;
import dev.allotment.core.internal.usage.UsageRows;
import dev.allotment.fleet.Server;
import dev.allotment.hook.PreDeletionBackup;
import dev.allotment.spi.backend.DatabaseEntry;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.FencingToken;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Removes a tenant's database for good, and proves it. Once started, it only goes forward. */
public final class DeleteSaga implements Saga<DeleteSaga.Verification> {
    /** Who deleted a tenant that was retained, and when; null: the operation itself says it. */
    record Input(@Nullable String requestedBy, @Nullable Instant requestedAt) {}

    static final InputCodec<Input> INPUT = InputCodec.of(Input.class);

    private static final int MAX_BACKUP = 1000;

    /** What was looked for on the server after the drop, and not found, and when. */
    record Verification(String remains, @Nullable Instant at) {
        private static final Verification NONE = new Verification("", null);
    }

    private final CoreContext context;
    private final DatabaseServers servers;
    private final BackupFeature backups;
    private final NameCoolDown nameCoolDown;
    private final TenantStates tenantStates;
    private final ApplicationFiles applicationFiles;

    public DeleteSaga(
            CoreContext context,
            DatabaseServers servers,
            TenantContent content,
            DatabaseNames databaseNames,
            BackupFeature backups,
            TenantStates tenantStates) {
        this.context = context;
        this.servers = servers;
        this.backups = backups;
        this.nameCoolDown = databaseNames.coolDown();
        this.tenantStates = tenantStates;
        this.applicationFiles = content.files();
    }

    @Override
    public Verification resume() {
        return Verification.NONE;
    }

    @Override
    public List<Step<Verification>> steps() {
        return List.of(
                Step.of("closed", this::close),
                Step.<Verification>of("saved", this::save).lastingLong(),
                Step.of("dropped", this::drop),
                new Step<Verification>("files", this::deleteFiles, operation -> applicationFiles.exist()).lastingLong(),
                new Step<Verification>(
                                BackupArchive.ERASED,
                                this::erase,
                                operation -> backups.archive().exists())
                        .lastingLong(),
                new Step<>("verified", this::verify));
    }

    /** Before anything is changed: a restored catalog may not know that the tenant was restored or paid since. */
    private void close(StoredOperation operation) {
        StoredTenant tenant = OperationTargets.tenant(context.catalog(), operation);
        requireKnownChange(tenant, tenant.serverId());
        tenantStates.close(operation);
    }

    private void requireKnownChange(StoredTenant tenant, ServerId server) {
        FencingToken last = servers.registry().databases(server).inventory().stream()
                .filter(each -> each.uuid().equals(tenant.uuid()))
                .map(DatabaseEntry::token)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        if (last != null && !context.catalog().transact(tx -> KnownOperations.contains(tx, last))) {
            throw SaasException.conflict(
                    ErrorCodes.OPERATION_TAKEN_OVER,
                    "Database " + tenant.name() + " was changed by an operation that the catalog does not know, so it"
                            + " is not removed. Restore the tenant, look at it, and delete it again.");
        }
    }

    /** The operations of a kind that may have left a database of the tenant. */
    private static List<StoredOperation> leavers(Transaction tx, StoredTenant tenant, OperationKind kind) {
        return tx.records(RecordTypes.OPERATIONS)
                .list(Query.where(Filter.and(
                        Filter.equal(StoredOperation.TENANT_ID, tenant.id()),
                        Filter.equal(StoredOperation.KIND, kind),
                        OperationTargets.MAY_HAVE_LEFT_DATABASE)));
    }

    /** The servers that may have a database of the tenant: its own, and those of its moves that still exist. */
    private List<ServerId> servers(StoredTenant tenant) {
        return context.catalog()
                .transact(tx -> Stream.concat(
                                Stream.of(tenant.serverId()),
                                leavers(tx, tenant, OperationKind.MOVE_TENANT).stream()
                                        .flatMap(each -> MoveSaga.servers(each).stream())
                                        .filter(each -> tx.records(RecordTypes.SERVERS)
                                                .find(each.value())
                                                .isPresent()))
                        .distinct()
                        .toList());
    }

    /** What these servers may have: the tenant's database, and those that its failed restores in place restored. */
    private List<DatabaseRef> databases(StoredTenant tenant) {
        return context.catalog()
                .transact(tx -> Stream.concat(
                                Stream.of(DatabaseRefs.of(tenant)),
                                leavers(tx, tenant, OperationKind.RESTORE_IN_PLACE).stream()
                                        .map(each -> RestoreInPlaceSaga.restored(each.uuid())))
                        .toList());
    }

    private void save(StoredOperation operation) {
        PreDeletionBackup backup = backups.beforeDeletion();
        StoredTenant tenant = OperationTargets.tenant(context.catalog(), operation);
        DatabaseRef database = servers.registry().databases(tenant.serverId()).find(tenant.uuid());
        if (backup == null || database == null) {
            return;
        }
        String description = backup.save(PublicViews.tenant(Actor.HOST, tenant).toBuilder()
                .name(database.name())
                .build());
        if (description.length() > MAX_BACKUP || !TextRules.isStorable(description)) {
            throw SaasException.internal(
                    ErrorCodes.OPERATION_FAILED,
                    "A pre-deletion backup may describe itself in at most " + MAX_BACKUP + " characters, found "
                            + description.length() + ".",
                    null);
        }
        context.catalog().transact(tx -> {
            Map<String, String> details = Map.of("name", tenant.name(), DeletionProofs.BACKUP, description);
            context.events().add(tx, operation, EventType.TENANT_BACKED_UP, tenant.id(), details);
            return null;
        });
    }

    private void drop(StoredOperation operation) {
        StoredTenant tenant = OperationTargets.tenant(context.catalog(), operation);
        backups.drills().end(tenant.uuid());
        List<ServerId> servers = servers(tenant);
        // One that is down must not keep the tenant open, so these are asked only now.
        servers.stream()
                .filter(each -> !each.equals(tenant.serverId()))
                .forEach(each -> requireKnownChange(tenant, each));
        List<DatabaseRef> databases = databases(tenant);
        for (ServerId server : servers) {
            databases.forEach(each -> drop(this.servers.registry().databases(server, operation), each));
        }
    }

    /** Those of the tenant, and what its failed restores in place may have left. */
    private Verification deleteFiles(StoredOperation operation, Verification found) {
        if (applicationFiles.exist()) {
            StoredTenant tenant = OperationTargets.tenant(context.catalog(), operation);
            databases(tenant).forEach(each -> applicationFiles.delete(each.uuid()));
        }
        return found;
    }

    private static void drop(Databases databases, DatabaseRef database) {
        DatabaseRemoval.drop(databases, database);
        // An operation that was abandoned, or a person, may have renamed it.
        DatabaseRef renamed = databases.find(database.uuid());
        if (renamed != null) {
            DatabaseRemoval.drop(databases, renamed);
        }
    }

    /** Queries the servers again: that the drop reported no error is no proof. */
    private Verification verify(StoredOperation operation, Verification found) {
        StoredTenant tenant = OperationTargets.tenant(context.catalog(), operation);
        List<DatabaseRef> databases = databases(tenant);
        servers(tenant).forEach(server -> databases.forEach(each -> requireGone(each, server)));
        // A node that was stalled may have written a key since.
        erase(operation, found);
        return new Verification(
                servers.registry().databases(tenant.serverId()).remains(DatabaseRefs.of(tenant)).keySet().stream()
                        .sorted()
                        .collect(Collectors.joining(",")),
                context.now());
    }

    private void requireGone(DatabaseRef database, ServerId server) {
        List<String> left = servers.registry().databases(server).remains(database).entrySet().stream()
                .filter(Map.Entry::getValue)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        if (!left.isEmpty()) {
            throw SaasException.internal(
                    ErrorCodes.OPERATION_FAILED,
                    "Database \"" + database.name() + "\" was dropped, but database server " + server + " still has: "
                            + String.join(", ", left) + ".",
                    null);
        }
    }

    private Verification erase(StoredOperation operation, Verification found) {
        if (backups.archive().exists()) {
            backups.archive()
                    .deleteAll(OperationTargets.tenant(context.catalog(), operation)
                            .uuid());
        }
        return found;
    }

    @Override
    public Verification finish(Transaction tx, StoredOperation operation, Verification found) {
        StoredTenant tenant = TenantRows.lock(tx, OperationTargets.tenantId(operation));
        Instant now = context.now();
        ReservedNames.release(tx, tenant.name(), tenant.uuid(), nameCoolDown.until(tenant));
        Instant deletedAt = tenant.deletedAt();
        UsageRows.note(tx, tenant.toBuilder().backupSizeBytes(0).build(), null, now);
        servers.placement().changed(tenant.serverId());
        tx.records(RecordTypes.TENANTS)
                .update(tenant.toBuilder()
                        .state(TenantState.DELETED)
                        .deletedAt(deletedAt == null ? now : deletedAt)
                        .nextCheckAt(null)
                        .retainedUntil(null)
                        .nextSyncAt(null)
                        .backupSizeBytes(0)
                        .build());
        SessionRows.endAll(tx, tenant);
        expirePreviews(tx, operation, tenant);
        TenantDomains.forget(tx, tenant);
        PaymentRows.deleteOf(tx, tenant.id());
        Input input = INPUT.read(operation);
        Map<String, String> details = new HashMap<>(Map.of(
                "name",
                tenant.name(),
                "uuid",
                tenant.uuid().toString(),
                "server",
                server(tx, tenant),
                DeletionProofs.REQUESTED_BY,
                Objects.requireNonNullElse(input.requestedBy(), operation.startedBy()),
                DeletionProofs.REQUESTED_AT,
                Objects.requireNonNullElse(input.requestedAt(), operation.createdAt())
                        .toString(),
                DeletionProofs.VERIFIED,
                found.remains(),
                DeletionProofs.VERIFIED_AT,
                String.valueOf(found.at())));
        DeletionProofs.backup(tx, tenant).ifPresent(backup -> details.put(DeletionProofs.BACKUP, backup));
        if (backups.archive().exists()) {
            details.put("backups", "deleted");
        }
        if (applicationFiles.exist()) {
            details.put("files", "deleted");
        }
        context.events().add(tx, operation, EventType.TENANT_DELETED, tenant.id(), details);
        return found;
    }

    /**
     * The maintenance deletes the preview copies of a tenant that is gone; one that is still being made follows. An
     * administrator keeps the copies that never expire.
     */
    private void expirePreviews(Transaction tx, StoredOperation operation, StoredTenant source) {
        Filter<StoredTenant> previews = Filter.and(Filter.equal(StoredTenant.PREVIEW_OF, source.id()), TenantRows.LIVE);
        for (TenantId id : tx.records(RecordTypes.TENANTS).values(StoredTenant.ID, Query.where(previews))) {
            tx.records(RecordTypes.TENANTS)
                    .lock(id.value())
                    .filter(preview ->
                            preview.state().live() && preview.expiresAt() != null && !preview.expired(context.now()))
                    .ifPresent(preview -> expire(tx, operation, preview));
        }
    }

    private void expire(Transaction tx, StoredOperation operation, StoredTenant preview) {
        StoredTenant expired = preview.toBuilder().expiresAt(context.now()).build();
        tx.records(RecordTypes.TENANTS).update(SuspensionSchedule.scheduled(tx, expired, context.now()));
        Map<String, String> details = EventLog.extension(preview, expired, "its source was deleted for good");
        context.events().add(tx, operation, EventType.TENANT_EXTENDED, preview.id(), details);
    }

    private static String server(Transaction tx, StoredTenant tenant) {
        return tx.records(RecordTypes.SERVERS)
                .find(tenant.serverId().value())
                .map(Server::name)
                .orElseGet(() -> tenant.serverId().toString());
    }

    @Override
    public Ending ending() {
        return Ending.FINISHED;
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "The tenant was not deleted, but it may be closed, removed, or removed in part: "
                + TenantSaga.describe(tx, operation) + ". Purge the tenant again.";
    }
}
