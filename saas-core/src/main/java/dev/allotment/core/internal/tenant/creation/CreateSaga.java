// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.creation;

import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.OperationKind;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.TemplateId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.backup.BackupId;
import dev.allotment.core.internal.addon.AddonInstaller;
import dev.allotment.core.internal.backup.BackupFeature;
import dev.allotment.core.internal.backup.Dump;
import dev.allotment.core.internal.backup.ForeignBackup;
import dev.allotment.core.internal.backup.RefusedParts;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.base.UnitOfWork;
import dev.allotment.core.internal.database.DatabaseRemoval;
import dev.allotment.core.internal.database.DatabaseSetup;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.name.DatabaseNames;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.operation.FileChanges;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationInputs;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationMarkers;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.parameter.ParameterRows;
import dev.allotment.core.internal.plan.PlanVersions;
import dev.allotment.core.internal.record.AccessTokens;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.record.MemberRows;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.core.internal.spare.SourceChoice;
import dev.allotment.core.internal.tenant.change.SuspensionSchedule;
import dev.allotment.core.internal.tenant.change.TenantSaga;
import dev.allotment.core.internal.usage.UsageRows;
import dev.allotment.spi.backend.AppliedOperation;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.backend.Transfer;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Creates the database of a tenant that has been reserved: empty, from a template, or as a copy. */
public final class CreateSaga extends TenantSaga<NewTenant> {
    private static final Logger LOG = System.getLogger("dev.allotment.operations");

    private final DatabaseServers servers;
    private final TenantContent content;
    private final DatabaseNames databaseNames;
    private final SourceChoice sourceChoice;
    private final BackupFeature backups;
    private final OperationLeases operationLeases;
    private final FailureLog failures;

    public CreateSaga(
            CoreContext context,
            DatabaseServers servers,
            TenantContent content,
            DatabaseNames databaseNames,
            SourceChoice sourceChoice,
            BackupFeature backups,
            OperationEngine operations) {
        super(context, content);
        this.servers = servers;
        this.content = content;
        this.databaseNames = databaseNames;
        this.sourceChoice = sourceChoice;
        this.backups = backups;
        this.operationLeases = operations.leases();
        this.failures = new FailureLog("dev.allotment.tenants", context.node());
    }

    /** The input of an operation that copies or restores a tenant. */
    Map<String, String> copying(Map<String, String> input) {
        return withFiles(content.files(), input);
    }

    @Override
    public boolean canContinue(StoredOperation operation) {
        return hasFiles(content.files(), operation);
    }

    @Override
    public NewTenant resume() {
        return NewTenant.UNKNOWN;
    }

    @Override
    public Set<String> secretInputs() {
        return Set.of(OperationInputs.ADMIN_LOGIN, OperationInputs.ADMIN_HASH);
    }

    @Override
    public List<Step<NewTenant>> steps() {
        return List.of(
                new Step<>("database", this::makeDatabase, CreateSaga::takesLong, CreateSaga::isCopy)
                        .undoneBy(this::undo),
                new Step<>("configured", this::configure, CreateSaga::isCopy, CreateSaga::isCopy),
                new Step<>("migrated", this::migrate, operation -> false, operation -> true),
                new Step<>("opened", this::open));
    }

    /**
     * A claim of a spare is repeated as fast as it would be recorded, and so are the records written into a database
     * that is made from a template. Neutralisers may take long, so they are recorded.
     */
    private static boolean takesLong(StoredOperation operation) {
        return !operation.input().containsKey(OperationInputs.SPARE_NAME);
    }

    /**
     * If a generated name turns out to be that of a foreign database, the next one is taken, as for a reserved name.
     */
    private NewTenant makeDatabase(StoredOperation operation, NewTenant found) {
        NewTenant known = known(operation, found);
        for (int attempt = 1; ; attempt++) {
            try {
                if (ownsSpare(operation, known.tenant())) {
                    Optional<NewTenant> claimed = claim(operation, known);
                    if (claimed.isPresent()) {
                        return claimed.get();
                    }
                    known = known.withTenant(giveUpSpare(operation));
                }
                makeUnderItsName(operation, known);
                return known.opened(false);
            } catch (SaasException e) {
                if (e.code().equals(ErrorCodes.BACKEND_UNAVAILABLE)) {
                    suspect(operation, known.tenant());
                }
                if (!e.code().equals(ErrorCodes.DATABASE_FOREIGN)) {
                    throw e;
                }
                if (!operation.input().containsKey(OperationInputs.GENERATED_NAME) || attempt == UnitOfWork.MAX_RACES) {
                    throw ReservedNames.nameTaken(known.tenant().name());
                }
                known = known.withTenant(takeNextName(operation));
            }
        }
    }

    private StoredTenant takeNextName(StoredOperation operation) {
        return context.work().orAgain(tx -> {
            // The node that took over may have created the tenant's database by now, under the name that it found.
            OperationLeases.requireMine(tx, operation);
            StoredTenant draft = TenantRows.lock(tx, OperationTargets.tenantId(operation));
            Plan plan = PlanVersions.plan(tx, Objects.requireNonNull(draft.planId()));
            Set<String> reserved = databaseNames.refusedOn(tx, draft.serverId());
            String name = DatabaseNames.reserveNext(tx, plan, reserved, draft.name(), draft.uuid(), context.now());
            StoredTenant renamed = draft.toBuilder().name(name).build();
            tx.records(RecordTypes.TENANTS).update(renamed);
            return renamed;
        });
    }

    /** Whether the tenant has the identity of a spare. */
    private static boolean ownsSpare(StoredOperation operation, StoredTenant tenant) {
        return operation.input().containsKey(OperationInputs.SPARE_NAME)
                && tenant.uuid()
                        .toString()
                        .equals(operation
                                .input()
                                .getOrDefault(
                                        OperationInputs.SPARE_UUID,
                                        tenant.uuid().toString()));
    }

    /** Thrown if a spare has the owner of another operation. */
    private static final class SpareUsed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Claims the spare, and writes the owner into it. A claimed spare is open from the start, since it has no password
     * yet.
     *
     * @return empty if the server has no such spare, for any reason
     */
    private Optional<NewTenant> claim(StoredOperation operation, NewTenant known) {
        long start = context.tick();
        StoredTenant tenant = known.tenant();
        User owning = account(known);
        DatabaseRef spare = new DatabaseRef(spareName(operation), tenant.uuid());
        Databases databases = servers.registry().databases(tenant.serverId(), operation);
        Supplier<Optional<MemberId>> claiming = () -> Abilities.<Optional<MemberId>>claim(
                databases, spare, tenant.name(), tx -> fillBeforeLast(tx, databases, operation, tenant, owning));
        try {
            NewTenant claimed = known.ownedBy(orAgain(claiming)).opened(true);
            sourceChoice.statistics().hit(context.tick() - start);
            return Optional.of(claimed);
        } catch (SpareUsed e) {
            // An operation that the catalog does not know has started to use it, and has not claimed it.
            discardSpare(operation, databases, tenant);
            return Optional.empty();
        } catch (SaasException e) {
            if (e.code().equals(ErrorCodes.DATABASE_UNKNOWN)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static String spareName(StoredOperation operation) {
        return operation.input().getOrDefault(OperationInputs.SPARE_NAME, "");
    }

    private static Optional<MemberId> orAgain(Supplier<Optional<MemberId>> filling) {
        try {
            return filling.get();
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.RECORD_DUPLICATE)) {
                throw e;
            }
            // A stalled run has committed the same meanwhile; its marker is there now.
            return filling.get();
        }
    }

    /**
     * Gives the tenant another identity, and the template is copied. A database of the spare's identity, if there is
     * one, belongs to the operation that claimed it: an older catalog was restored, and lists what a tenant has.
     */
    private StoredTenant giveUpSpare(StoredOperation operation) {
        StoredTenant renewed = context.work().orAgain(tx -> {
            OperationLeases.requireMine(tx, operation);
            StoredTenant draft = TenantRows.lock(tx, OperationTargets.tenantId(operation));
            StoredTenant other =
                    draft.toBuilder().uuid(context.secrets().uuid()).build();
            ReservedNames.release(tx, draft.name(), draft.uuid(), null);
            ReservedNames.reserve(tx, draft.name(), other.uuid(), context.now());
            tx.records(RecordTypes.TENANTS).update(other);
            return other;
        });
        LOG.log(
                Level.WARNING,
                () -> "Spare " + operation.input().get(OperationInputs.SPARE_NAME) + " does not exist on server "
                        + renewed.serverId() + " any more, or another operation has claimed it. Tenant "
                        + renewed.id() + " is made from its template instead (operation " + operation.id() + ")");
        return renewed;
    }

    private void makeUnderItsName(StoredOperation operation, NewTenant known) {
        StoredTenant tenant = known.tenant();
        Databases databases = servers.registry().databases(tenant.serverId(), operation);
        DatabaseRef target = DatabaseRefs.of(tenant);
        String sourceName = operation.input().get(OperationInputs.SOURCE_NAME);
        requireServer(tenant);
        RefusedParts refused = new RefusedParts(context, operation, tenant.id(), tenant.name());
        if (isDump(operation)) {
            restoreDump(
                    operation, known, content -> Abilities.transfer(databases).receive(target, content, refused));
            return;
        }
        if (isRestored(operation)) {
            Transfer transfer = Abilities.transfer(databases);
            UUID source = UUID.fromString(operation.input().getOrDefault(OperationInputs.SOURCE_UUID, ""));
            BackupId backup = OperationTargets.backup(operation);
            if (isImported(operation)) {
                ForeignBackup foreign = known.foreign() instanceof ForeignBackup given ? given : null;
                backups.archive().copyFrom(foreign, tenant.uuid(), operation, transfer.transferFormat());
                operationLeases.progress(operation);
                source = tenant.uuid();
                backup = new BackupId(operation.uuid());
            }
            backups.archive()
                    .read(
                            operation,
                            source,
                            backup,
                            tenant.uuid(),
                            transfer.transferFormat(),
                            content -> transfer.receive(target, content, refused));
            return;
        }
        if (sourceName == null) {
            databases.create(target);
            return;
        }
        String unfinished = operation.input().get(OperationInputs.UNFINISHED_TEMPLATE);
        if (unfinished != null) {
            sourceChoice.copies().makeReady(new TemplateId(Long.parseLong(unfinished)));
        }
        if (operation.kind() == OperationKind.CREATE_TENANT) {
            sourceChoice.statistics().miss();
        }
        UUID source = UUID.fromString(operation.input().getOrDefault(OperationInputs.SOURCE_UUID, ""));
        copy(operation, tenant, new DatabaseRef(sourceName, source), target);
        if (isCopy(operation) && content.files().exist()) {
            content.files().copy(source, tenant.uuid(), () -> requireMine(operation));
            context.catalog().transact(tx -> {
                FileChanges.requireNone(tx, source, operation.id());
                return null;
            });
        }
    }

    private void restoreDump(StoredOperation operation, NewTenant known, Consumer<? super InputStream> receiver) {
        if (!(known.foreign() instanceof Dump dump)) {
            throw SaasException.unavailable(
                    ErrorCodes.BACKEND_UNAVAILABLE,
                    "The node that was restoring the dump has ended, and no other node has it. Restore it again.",
                    null);
        }
        backups.dumps().restore(operation, dump, known.tenant().uuid(), receiver);
    }

    private void requireMine(StoredOperation operation) {
        context.catalog().transact(tx -> OperationLeases.requireMine(tx, operation));
    }

    /**
     * A server that was deleted while the name was being reserved may still be known to this process. With a spare
     * there is no such risk: the spare, and then the tenant, keeps its server from being deleted.
     */
    private void requireServer(StoredTenant tenant) {
        long server = tenant.serverId().value();
        if (context.catalog()
                .transact(tx -> tx.records(RecordTypes.SERVERS).find(server))
                .isEmpty()) {
            throw SaasException.conflict(
                    ErrorCodes.SERVER_NONE,
                    "The chosen database server has been deleted meanwhile; try again with another one.");
        }
    }

    /** The tenant that is copied may have been renamed meanwhile. */
    private void copy(StoredOperation operation, StoredTenant tenant, DatabaseRef source, DatabaseRef target) {
        try {
            copyAs(operation, tenant, source, target);
        } catch (SaasException e) {
            DatabaseRef renamed = isCopy(operation) && DatabaseRemoval.isMissing(e)
                    ? servers.registry()
                            .databases(sourceServer(operation, tenant))
                            .find(source.uuid())
                    : null;
            if (renamed == null || renamed.equals(source)) {
                throw e;
            }
            copyAs(operation, tenant, renamed, target);
        }
    }

    private void copyAs(StoredOperation operation, StoredTenant tenant, DatabaseRef source, DatabaseRef target) {
        ServerId from = sourceServer(operation, tenant);
        Databases databases = servers.registry().databases(tenant.serverId(), operation);
        if (from.equals(tenant.serverId())) {
            databases.copy(source, target);
        } else {
            Transfer receiving = Abilities.transfer(databases);
            Abilities.transfer(servers.registry().databases(from))
                    .send(
                            source,
                            content ->
                                    receiving.receive(target, backups.archive().own(operation, content)));
        }
    }

    private static ServerId sourceServer(StoredOperation operation, StoredTenant tenant) {
        String id = operation.input().get(OperationInputs.SOURCE_SERVER);
        return id == null ? tenant.serverId() : new ServerId(Long.parseLong(id));
    }

    /** The server that is down, of two. */
    private void suspect(StoredOperation operation, StoredTenant tenant) {
        ServerId target = tenant.serverId();
        ServerId source = sourceServer(operation, tenant);
        if (source.equals(target)) {
            servers.health().suspect(target);
        } else {
            servers.health().ask(source);
            servers.health().ask(target);
        }
    }

    private NewTenant configure(StoredOperation operation, NewTenant found) {
        NewTenant known = known(operation, found);
        if (known.open()) {
            // A spare gets its owner when it is claimed.
            return known;
        }
        if (isCopy(operation)) {
            // Neutralisers are written for the present tables.
            known = migrated(operation, known);
        }
        StoredTenant target = known.tenant();
        User owning = account(known);
        Databases databases = servers.registry().databases(target.serverId(), operation);
        Supplier<Optional<MemberId>> filling = () -> isCopy(operation)
                ? configureCopy(operation, target, owning)
                : databases.<Optional<MemberId>>transact(
                        DatabaseRefs.of(target), tx -> fillBeforeLast(tx, databases, operation, target, owning));
        return known.ownedBy(
                orAgain(() -> content.setup().first(operation, databases, DatabaseRefs.of(target), filling)));
    }

    /** Leaves the disk to the transaction that finishes the operation in the catalog, if that stores this one, too. */
    private Optional<MemberId> fillBeforeLast(
            DatabaseTransaction tx,
            Databases databases,
            StoredOperation operation,
            StoredTenant target,
            @Nullable User owning) {
        if (Abilities.sharesLogWithCatalog(databases)) {
            tx.deferDurability();
        }
        return configure(tx, operation, target, owning, each -> {});
    }

    private Optional<MemberId> configureCopy(StoredOperation operation, StoredTenant target, @Nullable User owning) {
        AddonInstaller installer = content.addons().on(target.serverId());
        return tenantDatabases.configure(
                target,
                tx -> configure(tx, operation, target, owning, each -> {
                    if (!operation.input().containsKey(OperationInputs.UNCHANGED)) {
                        content.neutralisation().apply(each, operation, target, installer);
                    }
                }));
    }

    private Optional<MemberId> configure(
            DatabaseTransaction tx,
            StoredOperation operation,
            StoredTenant target,
            @Nullable User owning,
            Consumer<DatabaseTransaction> more) {
        boolean spare = ownsSpare(operation, target);
        if (spare) {
            // It may not be claimed yet, so another operation could be filling it, too.
            tx.records(RecordTypes.MEMBERS).lock(Member.ADMINISTRATOR.value());
        }
        List<Member> known = DatabaseSetup.known(tx, owning);
        // A spare has no markers.
        if (!spare || !DatabaseSetup.isUntouched(known)) {
            List<AppliedOperation> marks = OperationMarkers.all(tx);
            if (OperationMarkers.has(marks, operation)) {
                return MemberRows.owner(tx).map(Member::id);
            }
            if (spare) {
                throw new SpareUsed();
            }
            OperationMarkers.remove(tx, marks);
        }
        if (isImported(operation) || isDump(operation)) {
            known = DatabaseSetup.withoutOwner(tx, known);
        }
        Member made = fill(tx, operation, target, owning, known);
        more.accept(tx);
        OperationMarkers.add(tx, operation);
        return Optional.ofNullable(made).map(Member::id);
    }

    /** Whether the database has the content of another one. */
    private static boolean isCopy(StoredOperation operation) {
        return operation.kind() == OperationKind.DUPLICATE_TENANT || isRestored(operation);
    }

    private static boolean isRestored(StoredOperation operation) {
        return operation.kind() == OperationKind.RESTORE_BACKUP;
    }

    private static boolean isImported(StoredOperation operation) {
        return operation.input().containsKey(OperationInputs.IMPORTED);
    }

    private static boolean isDump(StoredOperation operation) {
        return operation.input().containsKey(OperationInputs.DUMP);
    }

    /** If a new version of an add-on has a faulty script, the tenant is opened with the version of its template. */
    private void updateAddons(StoredOperation operation, StoredTenant target, List<String> addons) {
        AddonInstaller installer = content.addons().on(target.serverId());
        try {
            tenantDatabases.configure(target, tx -> installer.update(tx, addons, new ArrayList<>()));
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.ADDON_FAILED)) {
                throw e;
            }
            failures.warn("The add-ons of a new tenant could not be updated from those of its template", operation, e);
        }
    }

    /** Brings what an older template or spare had up to date, before the application is admitted. */
    private NewTenant migrate(StoredOperation operation, NewTenant found) {
        NewTenant known = known(operation, found);
        StoredTenant target = known.tenant();
        String addons = operation.input().get(OperationInputs.OUTDATED_ADDONS);
        if (addons != null) {
            updateAddons(operation, target, List.of(addons.split(",")));
        }
        return migrated(operation, known);
    }

    private NewTenant migrated(StoredOperation operation, NewTenant known) {
        StoredTenant target = known.tenant();
        if (!content.migrations().isOutdated(target.schemaVersion())) {
            return known;
        }
        String version = content.migrations().migrateClosed(operation, target.serverId(), DatabaseRefs.of(target));
        return known.withTenant(target.toBuilder().schemaVersion(version).build())
                .opened(false);
    }

    private NewTenant open(StoredOperation operation, NewTenant found) {
        NewTenant known = known(operation, found);
        StoredTenant target = known.tenant();
        if (!known.open()) {
            servers.registry().databases(target.serverId(), operation).open(DatabaseRefs.of(target));
        }
        if (isImported(operation)) {
            deleteCopy(operation, target);
        }
        return isCopy(operation) ? known.neutralisedBy(neutralisers(target)) : known;
    }

    private String neutralisers(StoredTenant target) {
        return tenantDatabases.transact(
                target,
                tx -> ParameterRows.find(tx, Parameter.NEUTRALISED)
                        .map(Parameter::value)
                        .orElse(""));
    }

    private @Nullable User account(NewTenant known) {
        UserId ownerId = known.tenant().ownerId();
        return known.account() != null || ownerId == null
                ? known.account()
                : context.catalog()
                        .transact(tx -> tx.records(RecordTypes.USERS)
                                .find(ownerId.value())
                                .orElse(null));
    }

    private @Nullable Member fill(
            DatabaseTransaction tx,
            StoredOperation operation,
            StoredTenant target,
            @Nullable User owning,
            List<Member> known) {
        Member made = content.setup().addMembers(tx, target.lang(), target.tz(), owning, known);
        DatabaseSetup.writeParameters(tx, target, false);
        String login = operation.input().get(OperationInputs.ADMIN_LOGIN);
        if (login != null) {
            DatabaseSetup.setAdministrator(tx, login, operation.input().get(OperationInputs.ADMIN_HASH));
        }
        return made;
    }

    @Override
    public NewTenant finish(Transaction tx, StoredOperation operation, NewTenant found) {
        StoredTenant made = lockTenant(tx, operation);
        int users = made.ownerId() == null ? 0 : 1;
        StoredTenant open = SuspensionSchedule.scheduled(
                tx,
                made.toBuilder()
                        .state(TenantState.OPEN)
                        .schemaVersion(found.tenant().schemaVersion())
                        .usersCount(Math.max(users, made.usersCount()))
                        .build(),
                context.now());
        tx.records(RecordTypes.TENANTS).update(open);
        UsageRows.first(tx, open, context.now());
        addEvent(tx, operation, made, found);
        if (found.token() != null && found.owner() != null) {
            AccessTokens.insert(tx, context.now(), found.token(), made.id(), found.owner());
        }
        return found.withTenant(open);
    }

    private void addEvent(Transaction tx, StoredOperation operation, StoredTenant made, NewTenant found) {
        Map<String, String> input = operation.input();
        if (!isCopy(operation)) {
            Map<String, String> details = Map.of(
                    "name",
                    made.name(),
                    "plan",
                    String.valueOf(made.planId()),
                    "notify",
                    input.getOrDefault(OperationInputs.NOTIFY, "false"));
            context.events().add(tx, operation, EventType.TENANT_CREATED, made.id(), details);
            return;
        }
        Map<String, String> details = new HashMap<>(Map.of(
                "name",
                made.name(),
                "source",
                input.getOrDefault(OperationInputs.SOURCE_UUID, ""),
                "server",
                made.serverId().toString(),
                "neutralised",
                found.neutralised()));
        if (isDump(operation)) {
            details.put("dump", "true");
        } else if (isRestored(operation)) {
            details.put("backup", OperationTargets.backup(operation).toString());
            if (isImported(operation)) {
                details.put("imported", "true");
            }
        } else {
            details.put("sourceServer", sourceServer(operation, made).toString());
        }
        if (made.previewOf() != null) {
            details.put("expiresAt", String.valueOf(made.expiresAt()));
        }
        EventType type = isRestored(operation) ? EventType.BACKUP_RESTORED : EventType.TENANT_DUPLICATED;
        context.events().add(tx, operation, type, made.id(), details);
    }

    @Override
    public Ending ending() {
        return Ending.UNDONE.undoneWith((tx, operation) -> discardDraft(tx, operation, servers.placement()));
    }

    private void undo(StoredOperation operation) {
        StoredTenant tenant = tenant(operation);
        Databases databases = servers.registry().databases(tenant.serverId(), operation);
        if (ownsSpare(operation, tenant)) {
            discardSpare(operation, databases, tenant);
        } else {
            DatabaseRemoval.discard(databases, DatabaseRefs.of(tenant));
        }
        if (isCopy(operation)) {
            discardFiles(operation, tenant);
        }
    }

    /** Deletes what a copy has outside of its database. */
    private void discardFiles(StoredOperation operation, StoredTenant copy) {
        content.files().delete(copy.uuid());
        if (isImported(operation)) {
            backups.archive().deleteAll(copy.uuid());
        }
    }

    private static void discardSpare(StoredOperation operation, Databases databases, StoredTenant tenant) {
        DatabaseRemoval.discard(databases, DatabaseRefs.of(tenant));
        DatabaseRemoval.dropUnderItsName(databases, new DatabaseRef(spareName(operation), tenant.uuid()));
    }

    @Override
    public void retractLateEffects(StoredOperation operation, NewTenant found) {
        if (found.isKnown()) {
            reconciliation.reconcile(operation, found.tenant().serverId(), DatabaseRefs.of(found.tenant()));
            if (isCopy(operation) && isUndone(found.tenant())) {
                discardFiles(operation, found.tenant());
            }
        }
    }

    /** The tenant is complete, so an outage of the store must not undo it. Then the copy is listed as its backup. */
    private void deleteCopy(StoredOperation operation, StoredTenant target) {
        try {
            backups.archive().deleteCopy(target.uuid(), operation);
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.BACKUP_STORE_FAILED)) {
                throw e;
            }
            failures.warn("The copy of a backup that was imported could not be deleted", operation, e);
        }
    }

    private boolean isUndone(StoredTenant draft) {
        return context.catalog()
                .transact(tx -> TenantRows.byUuid(tx, draft.uuid()))
                .isEmpty();
    }

    private NewTenant known(StoredOperation operation, NewTenant found) {
        return found.isKnown() ? found : found.withTenant(tenant(operation));
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "The tenant was not created. This database may exist without a tenant: " + describe(tx, operation)
                + (operation.input().containsKey(OperationInputs.SPARE_NAME)
                        ? ", which may still have the name of the spare \"" + spareName(operation) + "\"."
                        : ".")
                + (operation.input().containsKey(OperationInputs.FILES)
                        ? " So may files of the application under the UUID of this database."
                        : "")
                + (isImported(operation)
                        ? " So may a copy of the backup: the folder in the store of the backups that is named after the"
                                + " UUID of this database."
                        : "");
    }
}
