// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup;

import dev.allotment.AddonStatus;
import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.TenantId;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.backup.Backup;
import dev.allotment.backup.BackupContent;
import dev.allotment.backup.BackupId;
import dev.allotment.backup.BackupUsage;
import dev.allotment.core.internal.backup.archive.BackupArchive;
import dev.allotment.core.internal.backup.archive.BackupName;
import dev.allotment.core.internal.backup.archive.MadeBy;
import dev.allotment.core.internal.backup.archive.Manifest;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.operation.InputCodec;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.plan.CustomerBackupLimit;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseSource;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.backend.Transfer;
import dev.allotment.spi.backend.TransferFormat;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes a backup of a tenant: stores its content, reads it back, lists it, and deletes those that it replaces. Each run
 * writes its own file, so a run that was taken over cannot disturb the one that took over.
 */
public final class MakeBackupSaga implements Saga<MadeBackup> {
    /**
     * @param schedule the one by which the backup is made; null: a caller requested it
     * @param sourceServer the server that the tenant is read from; null: its own
     * @param account the owner that requested it; null: an administrator
     */
    record Input(
            @Nullable String schedule,
            @Nullable ServerId sourceServer,
            @Nullable UserId account) {}

    static final InputCodec<Input> INPUT = InputCodec.of(Input.class);

    private static final String LISTED = "listed";
    private static final int MOST_DOUBTS = 50;
    private static final Duration OWNERS_PERIOD = Duration.ofDays(1);

    private final CoreContext context;
    private final ServerRegistry serverRegistry;
    private final BackupArchive archive;
    private final DrillTurns drillTurns;
    private final BackupSizes sizes;
    private final int kept;
    private final FailureLog failures;
    private final String programVersion;

    /**
     * @param kept how many backups of a tenant are kept
     * @param programVersion the version of this program
     */
    public MakeBackupSaga(
            CoreContext context,
            ServerRegistry serverRegistry,
            BackupArchive archive,
            DrillTurns drillTurns,
            int kept,
            String programVersion) {
        this.context = context;
        this.serverRegistry = serverRegistry;
        this.archive = archive;
        this.drillTurns = drillTurns;
        this.sizes = new BackupSizes(context, archive);
        this.kept = kept;
        this.failures = new FailureLog("dev.allotment.backups", context.node());
        this.programVersion = programVersion;
    }

    /** The input of an operation that reads the tenant from a source. */
    public Map<String, String> inputFrom(ServerId source) {
        return INPUT.write(new Input(null, source, null));
    }

    /**
     * Adds to the input of an operation that an owner starts it, also if the backup is only a part. Refuses if owners
     * have made as many backups of the locked tenant on this day as are kept, so that they cannot fill the store.
     *
     * @throws SaasException {@code access.not-allowed}
     */
    public void startedBy(Transaction tx, Actor actor, User owner, StoredTenant tenant, StoredOperation.Builder draft) {
        Filter<StoredOperation> recent = Filter.and(
                Filter.equal(StoredOperation.TENANT_ID, tenant.id()),
                Filter.in(StoredOperation.KIND, List.of(OperationKind.BACK_UP_TENANT, OperationKind.RESTORE_IN_PLACE)),
                Filter.notEqual(StoredOperation.STATE, OperationState.FAILED),
                Filter.compare(
                        StoredOperation.CREATED_AT,
                        Filter.Operator.GREATER,
                        context.now().minus(OWNERS_PERIOD)));
        long made = tx.records(RecordTypes.OPERATIONS).list(Query.where(recent)).stream()
                .filter(each -> INPUT.read(each).account() != null)
                .count();
        if (made >= kept) {
            throw actor.refused("make more than " + kept + " backups of \"" + tenant.name()
                    + "\" in 24 hours. Wait, or ask an administrator");
        }
        INPUT.add(draft, new Input(null, null, owner.id()));
    }

    private static MadeBy madeBy(StoredOperation operation) {
        if (operation.kind() != OperationKind.BACK_UP_TENANT) {
            return MadeBy.SAFETY;
        }
        Input input = INPUT.read(operation);
        if (input.schedule() != null) {
            return MadeBy.SCHEDULE;
        }
        if (input.sourceServer() != null) {
            return MadeBy.SOURCE;
        }
        if (operation.campaign() != null) {
            return MadeBy.CAMPAIGN;
        }
        return input.account() != null ? MadeBy.OWNER : MadeBy.ADMINISTRATOR;
    }

    /** Makes a backup as {@link #makeAsPart(StoredOperation, DatabaseRef)}, of a database that has its own name. */
    void makeAsPart(StoredOperation operation) {
        makeAsPart(operation, DatabaseRefs.of(OperationTargets.tenant(context.catalog(), operation)));
    }

    /**
     * Makes a backup as a part of another operation, whose identity it has. May be repeated.
     *
     * @param database the tenant's, under its present name
     * @throws SaasException as for an operation that only makes a backup
     */
    public void makeAsPart(StoredOperation operation, DatabaseRef database) {
        MadeBackup written = writeContent(operation, database);
        // Another run may have listed its own content meanwhile. Only that is kept.
        MadeBackup listed = archive.manifest(name(operation))
                .map(MadeBackup::new)
                .orElseGet(() -> list(operation, verify(operation, written)));
        prune(operation, listed);
    }

    /**
     * Deletes the backup that {@link #makeAsPart} made, or what there is of it. An outage of the store is logged: the
     * backup stays until it is replaced, and the maintenance deletes what is not listed.
     */
    public void deletePart(StoredOperation operation) {
        unlessStoreFails(operation, () -> {
            archive.delete(name(operation));
            sizes.record(operation, OperationTargets.tenant(context.catalog(), operation));
        });
    }

    /**
     * Deletes what {@link #makeAsPart} has stored, unless the backup is complete. An outage of the store is logged: the
     * maintenance deletes what is not listed.
     */
    public void deleteUnfinishedPart(StoredOperation operation) {
        BackupName name = name(operation);
        unlessStoreFails(operation, () -> {
            if (!archive.isListed(name)) {
                archive.delete(name);
            }
        });
    }

    /** The store must not keep an operation from ending, for which the tenant would stay busy. */
    private void unlessStoreFails(StoredOperation operation, Runnable deletion) {
        try {
            deletion.run();
        } catch (SaasException e) {
            requireOutage(e);
            failures.warn("The backup of an operation that was undone could not be deleted", operation, e);
        }
    }

    private static void requireOutage(SaasException e) {
        if (!e.code().equals(ErrorCodes.BACKUP_STORE_FAILED)) {
            throw e;
        }
    }

    /** Deletes what a run of {@link #makeAsPart} has stored after another node had taken the operation over. */
    public void withdrawPart(StoredOperation operation) {
        archive.deleteContent(name(operation), operation.fencingToken());
    }

    @Override
    public MadeBackup resume() {
        return MadeBackup.UNKNOWN;
    }

    @Override
    public List<Step<MadeBackup>> steps() {
        return List.of(
                new Step<>("written", this::write).lastingLong().undoneBy(this::deleteUnfinishedPart),
                new Step<>("verified", this::verify).lastingLong(),
                new Step<>(LISTED, this::list),
                new Step<>("pruned", this::prune).lastingLong());
    }

    @Override
    public Map<String, String> result(MadeBackup found) {
        return found.manifest() == null ? Map.of() : found.manifest().parts();
    }

    private static BackupName name(StoredOperation operation, StoredTenant tenant) {
        return BackupName.of(tenant.uuid(), operation.createdAt(), operation.uuid());
    }

    private BackupName name(StoredOperation operation) {
        return name(operation, OperationTargets.tenant(context.catalog(), operation));
    }

    private static Manifest manifest(StoredOperation operation, MadeBackup found) {
        return found.manifest() == null ? Manifest.of(operation.result()) : found.manifest();
    }

    private MadeBackup write(StoredOperation operation, MadeBackup found) {
        StoredTenant tenant = OperationTargets.tenant(context.catalog(), operation);
        if (madeBy(operation) == MadeBy.SCHEDULE
                && archive.manifest(name(operation, tenant)).isEmpty()) {
            makeRoom(operation, tenant);
        }
        return OperationTargets.sourceServer(operation)
                .map(server -> writeFrom(operation, tenant, server))
                .orElseGet(() -> writeContent(operation, DatabaseRefs.of(tenant)));
    }

    private MadeBackup writeFrom(StoredOperation operation, StoredTenant tenant, ServerId server) {
        DatabaseSource source = serverRegistry.source(server);
        Supplier<DatabaseRef> database = () -> {
            DatabaseRef found = source.find(tenant.uuid());
            if (found == null) {
                throw SaasException.notFound(
                        ErrorCodes.DATABASE_UNKNOWN,
                        "The source has no database of tenant " + tenant.name() + " (" + tenant.uuid()
                                + "): it did not exist at that time, or was on another server.");
            }
            return found;
        };
        return writeContent(
                operation,
                tenant,
                source.transferFormat(),
                Map.of(),
                () -> source.transferDoubts(database.get()),
                receiver -> source.send(database.get(), receiver));
    }

    private MadeBackup writeContent(StoredOperation operation, DatabaseRef database) {
        StoredTenant tenant = OperationTargets.tenant(context.catalog(), operation);
        Databases databases = serverRegistry.databases(tenant.serverId());
        Transfer transfer = Abilities.transfer(databases);
        return writeContent(
                operation,
                tenant,
                transfer.transferFormat(),
                databases.transact(database, MakeBackupSaga::addons),
                () -> transfer.transferDoubts(database),
                receiver -> transfer.send(database, receiver));
    }

    /**
     * @param doubting looks what a restore may lack
     * @param sending passes content on, once
     */
    private MadeBackup writeContent(
            StoredOperation operation,
            StoredTenant tenant,
            TransferFormat format,
            Map<String, String> addons,
            Supplier<List<String>> doubting,
            Consumer<Consumer<InputStream>> sending) {
        BackupName name = name(operation, tenant);
        // An older catalog that was restored may bring back an operation that has finished.
        Optional<Manifest> listed = archive.manifest(name);
        if (listed.isPresent()) {
            return new MadeBackup(listed.get());
        }
        archive.requireReady(tenant.uuid());
        Backup described = describe(operation, tenant, format, addons, doubts(doubting.get()));
        AtomicReference<@Nullable Manifest> written = new AtomicReference<>();
        sending.accept(content -> written.set(archive.write(
                name,
                described,
                INPUT.read(operation).schedule(),
                operation.fencingToken(),
                archive.own(operation, content))));
        return new MadeBackup(Objects.requireNonNull(written.get()));
    }

    private static Map<String, String> addons(DatabaseTransaction tx) {
        return tx.records(RecordTypes.ADDONS).list(Query.where(Filter.equal(AddonStatus.INSTALLED, true))).stream()
                .collect(Collectors.toMap(AddonStatus::name, each -> String.valueOf(each.installedVersion())));
    }

    /** What the tenant's application named, for one line of text each. */
    private static List<String> doubts(List<String> found) {
        List<String> shown = new ArrayList<>();
        found.stream()
                .limit(MOST_DOUBTS)
                .map(each -> each.replaceAll("\\p{Cntrl}", " "))
                .forEach(shown::add);
        if (found.size() > MOST_DOUBTS) {
            shown.add(found.size() - MOST_DOUBTS + " more");
        }
        return shown;
    }

    private Backup describe(
            StoredOperation operation,
            StoredTenant tenant,
            TransferFormat format,
            Map<String, String> addons,
            List<String> doubts) {
        PlanId plan = tenant.planId();
        String planName = plan == null
                ? null
                : context.catalog()
                        .transact(tx -> tx.records(RecordTypes.PLANS).find(plan.value()))
                        .map(each -> each.name())
                        .orElse(null);
        return new Backup(
                new BackupId(operation.uuid()),
                tenant.uuid(),
                tenant.name(),
                planName,
                operation.createdAt(),
                new BackupContent(0, 0, "", null, doubts),
                format.name(),
                format.version(),
                programVersion,
                addons,
                madeBy(operation).stored());
    }

    private MadeBackup verify(StoredOperation operation, MadeBackup found) {
        Manifest manifest = manifest(operation, found);
        archive.verify(operation, name(operation), manifest);
        return new MadeBackup(manifest);
    }

    private MadeBackup list(StoredOperation operation, MadeBackup found) {
        // A run that took over may have undone the operation, and deleted the content.
        context.catalog().transact(tx -> OperationLeases.requireMine(tx, operation));
        return new MadeBackup(archive.publish(name(operation), manifest(operation, found)));
    }

    private MadeBackup prune(StoredOperation operation, MadeBackup found) {
        StoredTenant tenant = OperationTargets.tenant(context.catalog(), operation);
        Manifest manifest = manifest(operation, found);
        BackupName own = name(operation, tenant);
        archive.deleteOtherContent(own, manifest);
        Map<BackupName, Manifest> manifests = archive.manifests(tenant.uuid());
        retention().replaced(operation, own, manifests).forEach(old -> {
            delete(operation, tenant, old, "retention");
            manifests.remove(old);
        });
        recordSizes(operation, tenant, manifests.values());
        return new MadeBackup(manifest);
    }

    private BackupRetention retention() {
        return new BackupRetention(kept, context.now());
    }

    private void recordSizes(StoredOperation operation, StoredTenant tenant, Collection<Manifest> manifests) {
        sizes.record(operation, tenant, manifests.stream().map(Manifest::backup).toList());
    }

    private void delete(StoredOperation operation, StoredTenant tenant, BackupName old, String reason) {
        context.catalog().transact(tx -> {
            OperationLeases.requireMine(tx, operation);
            Map<String, String> details =
                    Map.of("name", tenant.name(), "backup", old.backup().toString(), "reason", reason);
            context.events().add(tx, operation, EventType.BACKUP_DELETED, tenant.id(), details);
            return null;
        });
        archive.delete(old);
    }

    /**
     * Makes room for a scheduled backup if the limit of the plan is reached: deletes the oldest scheduled ones of the
     * tenant, but neither the newest one nor one of the last days. Otherwise a thief of an owner's session could have
     * good ones deleted by making others. Deletes nothing if that would not make enough room.
     *
     * @throws SaasException {@code backup.limit-reached} if there is still no room
     */
    private void makeRoom(StoredOperation operation, StoredTenant tenant) {
        if (!usage(tenant).limitReached()) {
            return;
        }
        Map<BackupName, Manifest> manifests = archive.manifests(tenant.uuid());
        recordSizes(operation, tenant, manifests.values());
        BackupUsage usage = usage(tenant);
        List<BackupName> inTheWay = retention().inTheWay(usage, manifests);
        if (inTheWay.isEmpty() && usage.limitReached()) {
            throw CustomerBackupLimit.reached(tenant, usage);
        }
        inTheWay.forEach(old -> {
            delete(operation, tenant, old, "limit");
            manifests.remove(old);
        });
        recordSizes(operation, tenant, manifests.values());
    }

    private BackupUsage usage(StoredTenant tenant) {
        return context.catalog()
                .transact(tx -> CustomerBackupLimit.usage(
                        tx,
                        tx.records(RecordTypes.TENANTS)
                                .find(tenant.id().value())
                                .orElse(tenant)));
    }

    @Override
    public MadeBackup finish(Transaction tx, StoredOperation operation, MadeBackup found) {
        MadeBackup made = new MadeBackup(manifest(operation, found));
        Backup backup = made.backup();
        Map<String, String> details = new HashMap<>(Map.of(
                "name", backup.name(), "backup", backup.id().toString(), "bytes", Long.toString(backup.storedBytes())));
        OperationTargets.sourceServer(operation).ifPresent(source -> details.put("sourceServer", source.toString()));
        context.events().add(tx, operation, EventType.BACKUP_CREATED, operation.tenantId(), details);
        TenantId tenant = operation.tenantId();
        if (tenant != null && madeBy(operation) == MadeBy.SCHEDULE) {
            drillTurns.give(tx, tenant);
        }
        return made;
    }

    @Override
    public Ending ending() {
        return Ending.UNDONE
                .undoneIf(this::isUnlisted)
                .undoneWith(this::planNext)
                .supersededBy(this::supersede);
    }

    /**
     * A backup that is listed is complete, and may be used already. If the store cannot say whether it is, the
     * operation fails all the same: waiting for the store would keep the tenant busy.
     */
    private boolean isUnlisted(StoredOperation operation) {
        if (operation.step().equals(LISTED)) {
            return false;
        }
        try {
            return !archive.isListed(name(operation));
        } catch (SaasException e) {
            requireOutage(e);
            return true;
        }
    }

    private void planNext(Transaction tx, StoredOperation operation) {
        TenantId id = operation.tenantId();
        if (id == null || INPUT.read(operation).schedule() == null) {
            return;
        }
        if (ErrorCodes.BACKUP_LIMIT_REACHED.equals(operation.errorCode())) {
            skipped(tx, operation, id);
        } else {
            Instant retry = context.now().plus(DueBackups.RETRY);
            Records<StoredTenant> tenants = tx.records(RecordTypes.TENANTS);
            tenants.lock(id.value())
                    .filter(tenant -> tenant.nextBackupAt().isAfter(retry))
                    .ifPresent(tenant -> tenants.update(
                            tenant.toBuilder().nextBackupAt(retry).build()));
        }
    }

    /** The next one is made when it would have been made after this one. */
    private void skipped(Transaction tx, StoredOperation operation, TenantId id) {
        tx.records(RecordTypes.TENANTS).find(id.value()).ifPresent(tenant -> {
            String limit =
                    Integer.toString(CustomerBackupLimit.usage(tx, tenant).limitMb());
            Map<String, String> details = Map.of("name", tenant.name(), "limit", limit);
            context.events().add(tx, operation, EventType.BACKUP_SKIPPED, id, details);
        });
    }

    /** The run that took over needs the content that this one has stored, unless it did not get to record it. */
    @Override
    public void retractLateEffects(StoredOperation operation, MadeBackup found) {
        BackupName name = name(operation);
        String content = name.content(operation.fencingToken());
        boolean needed = OperationLeases.running(context.catalog(), operation)
                .map(StoredOperation::result)
                .filter(result ->
                        !result.isEmpty() && Manifest.of(result).content().equals(content))
                .isPresent();
        if (!needed) {
            archive.deleteContent(name, operation.fencingToken());
        }
    }

    /**
     * A backup must not keep a tenant from being suspended or deleted. What it has stored is deleted by the node that
     * runs it, or by the maintenance.
     */
    private Optional<OperationState> supersede(Transaction tx, StoredOperation operation, OperationKind by) {
        if (!operation.step().equals(LISTED)) {
            return Optional.of(OperationState.FAILED);
        }
        finish(tx, operation, MadeBackup.UNKNOWN);
        return Optional.of(OperationState.DONE);
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "No backup has been made, or it is complete and listed. Files that it has left in the store are deleted"
                + " within two days.";
    }
}
